======== expand.sql
-- Plan add-nullable-column, fingerprint 6ceb86878537
-- Phase expand. For review; `plan advance add-nullable-column --phase expand` runs it.

-- expand.1: add users.nickname
--   why   nullable and without default, so only the catalogue changes and old code does not notice
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD COLUMN "nickname" text;
COMMIT;

======== undo.sql
-- Plan add-nullable-column, fingerprint 6ceb86878537
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-nullable-column` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of expand.1: add users.nickname
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'nickname' AND NOT attisdropped AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" DROP COLUMN IF EXISTS "nickname";
  ELSE
    RAISE NOTICE 'expand.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
