======== expand.sql
-- Plan add-column-with-default, fingerprint 95799a53c41d
-- Phase expand. For review; `plan advance add-column-with-default --phase expand` runs it.

-- expand.1: add users.status with its default
--   why   the default does not change from row to row, so the server stores it once and touches no row
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD COLUMN "status" varchar(20) DEFAULT ('active') NOT NULL;
COMMIT;

======== undo.sql
-- Plan add-column-with-default, fingerprint 95799a53c41d
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-column-with-default` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of expand.1: add users.status with its default
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'status' AND NOT attisdropped AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" DROP COLUMN IF EXISTS "status";
  ELSE
    RAISE NOTICE 'expand.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
