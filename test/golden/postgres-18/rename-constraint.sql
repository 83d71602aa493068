======== enforce.sql
-- Plan rename-constraint, fingerprint 33655ae1d0ab
-- Phase enforce. For review; `plan advance rename-constraint --phase enforce` runs it.

-- enforce.1: constraint users_named becomes users_full_name_check
--   why   only the catalogue changes
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" RENAME CONSTRAINT "users_named" TO "users_full_name_check";
COMMIT;

======== undo.sql
-- Plan rename-constraint, fingerprint 33655ae1d0ab
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback rename-constraint` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of enforce.1: constraint users_named becomes users_full_name_check
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass('"app"."users"') AND conname = 'users_full_name_check' AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" RENAME CONSTRAINT "users_full_name_check" TO "users_named";
  ELSE
    RAISE NOTICE 'enforce.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
