======== enforce.sql
-- Plan add-unique, fingerprint 75eb4a8e71c5
-- Phase enforce. For review; `plan advance add-unique --phase enforce` runs it.

-- enforce.1: build unique index users_email_key
--   why   beside running writes to users, and after the backfill, so that batches stay cheap
--   lock  SHARE UPDATE EXCLUSIVE on app.users, during the build; only other schema changes wait
--   takes one index build on app.users
CREATE UNIQUE INDEX CONCURRENTLY "users_email_key" ON "app"."users" ("email");
-- before a new try: DROP INDEX CONCURRENTLY IF EXISTS "app"."users_email_key";

-- enforce.2: make users_email_key a unique constraint
--   why   the index is already there, so only the catalogue changes
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD CONSTRAINT "users_email_key" UNIQUE USING INDEX "users_email_key";
COMMIT;

======== verify.sql
-- Plan add-unique, fingerprint 75eb4a8e71c5
-- Phase verify. For review; `plan advance add-unique --phase verify` runs it.

-- verify.1: prove that users has its sync, indexes and constraints
--   why   an invalid index or a disabled trigger would show only later
--   lock  ACCESS SHARE on app.users, a moment; nobody waits
--   takes a moment
-- check
SELECT 'index users_email_key is valid'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass('"app"."users"') AND c.relname = 'users_email_key' AND i.indisvalid) AS holds;

======== undo.sql
-- Plan add-unique, fingerprint 75eb4a8e71c5
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-unique` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of enforce.2: make users_email_key a unique constraint
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass('"app"."users"') AND conname = 'users_email_key' AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" DROP CONSTRAINT IF EXISTS "users_email_key";
  ELSE
    RAISE NOTICE 'enforce.2 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;

-- undo of enforce.1: build unique index users_email_key
DROP INDEX CONCURRENTLY IF EXISTS "app"."users_email_key";
