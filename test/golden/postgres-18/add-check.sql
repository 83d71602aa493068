======== enforce.sql
-- Plan add-check, fingerprint 59bb8dafbc00
-- Phase enforce. For review; `plan advance add-check --phase enforce` runs it.

-- enforce.1: add constraint users_email_check, not validated
--   why   new rows are checked from now on; the others are not read yet
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD CONSTRAINT "users_email_check" CHECK (email LIKE '%@%') NOT VALID;
COMMIT;

-- enforce.2: validate constraint users_email_check
--   why   reads the whole table while reads and writes go on
--   lock  SHARE UPDATE EXCLUSIVE on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
ALTER TABLE "app"."users" VALIDATE CONSTRAINT "users_email_check";

======== verify.sql
-- Plan add-check, fingerprint 59bb8dafbc00
-- Phase verify. For review; `plan advance add-check --phase verify` runs it.

-- verify.1: prove that users has its sync, indexes and constraints
--   why   an invalid index or a disabled trigger would show only later
--   lock  ACCESS SHARE on app.users, a moment; nobody waits
--   takes a moment
-- check
SELECT 'constraint users_email_check is validated'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass('"app"."users"') AND conname = 'users_email_check' AND convalidated) AS holds;

======== undo.sql
-- Plan add-check, fingerprint 59bb8dafbc00
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-check` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of enforce.1: add constraint users_email_check, not validated
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass('"app"."users"') AND conname = 'users_email_check' AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" DROP CONSTRAINT IF EXISTS "users_email_check";
  ELSE
    RAISE NOTICE 'enforce.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
