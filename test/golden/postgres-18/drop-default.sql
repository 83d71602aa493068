======== contract.sql
-- Plan drop-default, fingerprint 5522a1788567
-- Phase contract. For review; `plan advance drop-default --phase contract` runs it.

-- contract.1: take the default of users.last_name away
--   why   it applies to new rows; no row is touched
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ALTER COLUMN "last_name" DROP DEFAULT;
COMMIT;

======== undo.sql
-- Plan drop-default, fingerprint 5522a1788567
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback drop-default` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of contract.1: take the default of users.last_name away
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'last_name' AND NOT attisdropped AND NOT atthasdef) AS done) AS found) THEN
    ALTER TABLE "app"."users" ALTER COLUMN "last_name" SET DEFAULT 'unknown'::character varying;
  ELSE
    RAISE NOTICE 'contract.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
