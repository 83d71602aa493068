======== expand.sql
-- Plan add-checked-column, fingerprint 8ede183f94ac
-- Phase expand. For review; `plan advance add-checked-column --phase expand` runs it.

-- expand.1: add users.age
--   why   nullable and without default, so only the catalogue changes and old code does not notice
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD COLUMN "age" integer;
COMMIT;

======== enforce.sql
-- Plan add-checked-column, fingerprint 8ede183f94ac
-- Phase enforce. For review; `plan advance add-checked-column --phase enforce` runs it.

-- enforce.1: add constraint users_age_check, not validated
--   why   new rows are checked from now on; the others are not read yet
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD CONSTRAINT "users_age_check" CHECK (age > 0) NOT VALID;
COMMIT;

-- enforce.2: validate constraint users_age_check
--   why   reads the whole table while reads and writes go on
--   lock  SHARE UPDATE EXCLUSIVE on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
ALTER TABLE "app"."users" VALIDATE CONSTRAINT "users_age_check";

======== verify.sql
-- Plan add-checked-column, fingerprint 8ede183f94ac
-- Phase verify. For review; `plan advance add-checked-column --phase verify` runs it.

-- verify.1: prove that users has its sync, indexes and constraints
--   why   an invalid index or a disabled trigger would show only later
--   lock  ACCESS SHARE on app.users, a moment; nobody waits
--   takes a moment
-- check
SELECT 'constraint users_age_check is validated'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass('"app"."users"') AND conname = 'users_age_check' AND convalidated) AS holds;

======== undo.sql
-- Plan add-checked-column, fingerprint 8ede183f94ac
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-checked-column` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of enforce.1: add constraint users_age_check, not validated
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass('"app"."users"') AND conname = 'users_age_check' AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" DROP CONSTRAINT IF EXISTS "users_age_check";
  ELSE
    RAISE NOTICE 'enforce.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;

-- undo of expand.1: add users.age
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'age' AND NOT attisdropped AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" DROP COLUMN IF EXISTS "age";
  ELSE
    RAISE NOTICE 'expand.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
