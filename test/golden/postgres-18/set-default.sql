======== enforce.sql
-- Plan set-default, fingerprint 7d6ac4df7b2a
-- Phase enforce. For review; `plan advance set-default --phase enforce` runs it.

-- enforce.1: give users.full_name another default
--   why   it applies to new rows; no row is touched
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ALTER COLUMN "full_name" SET DEFAULT ('anonymous');
COMMIT;

======== undo.sql
-- Plan set-default, fingerprint 7d6ac4df7b2a
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback set-default` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of enforce.1: give users.full_name another default
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'full_name' AND NOT attisdropped AND atthasdef) AS done) AS found) THEN
    ALTER TABLE "app"."users" ALTER COLUMN "full_name" DROP DEFAULT;
  ELSE
    RAISE NOTICE 'enforce.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
