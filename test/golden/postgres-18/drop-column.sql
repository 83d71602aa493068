======== expand.sql
-- Plan drop-column, fingerprint a9f3841019df
-- Phase expand. For review; `plan advance drop-column --phase expand` runs it.

-- expand.1: set the default of users.legacy_code
--   why   it applies to new rows; no row is touched
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ALTER COLUMN "legacy_code" SET DEFAULT ('none');
COMMIT;

======== contract.sql
-- Plan drop-column, fingerprint a9f3841019df
-- Phase contract. For review; `plan advance drop-column --phase contract` runs it.

-- contract.1: retire users.legacy_code under another name
--   why   clients that still use it fail now, while renaming it back still undoes everything
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" RENAME COLUMN "legacy_code" TO "plan_drop_legacy_code_1b2ce85821";
COMMIT;

-- contract.2: drop users.plan_drop_legacy_code_1b2ce85821
--   why   the point of no return; without CASCADE, so anything that still depends on it stops this
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" DROP COLUMN "plan_drop_legacy_code_1b2ce85821";
COMMIT;

======== undo.sql
-- Plan drop-column, fingerprint a9f3841019df
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback drop-column` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.2 cannot be undone: this file is of no use after it.

-- undo of contract.1: retire users.legacy_code under another name
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'plan_drop_legacy_code_1b2ce85821' AND NOT attisdropped AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" RENAME COLUMN "plan_drop_legacy_code_1b2ce85821" TO "legacy_code";
  ELSE
    RAISE NOTICE 'contract.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;

-- undo of expand.1: set the default of users.legacy_code
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'legacy_code' AND NOT attisdropped AND atthasdef) AS done) AS found) THEN
    ALTER TABLE "app"."users" ALTER COLUMN "legacy_code" DROP DEFAULT;
  ELSE
    RAISE NOTICE 'expand.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
