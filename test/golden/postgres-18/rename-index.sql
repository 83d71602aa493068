======== enforce.sql
-- Plan rename-index, fingerprint 24a4aed9fa6c
-- Phase enforce. For review; `plan advance rename-index --phase enforce` runs it.

-- enforce.1: index users_full_name becomes users_full_name_idx
--   why   only the catalogue changes
--   lock  none
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER INDEX "app"."users_full_name" RENAME TO "users_full_name_idx";
COMMIT;

======== undo.sql
-- Plan rename-index, fingerprint 24a4aed9fa6c
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback rename-index` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of enforce.1: index users_full_name becomes users_full_name_idx
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid WHERE c.relnamespace = pg_catalog.to_regnamespace('"app"') AND c.relname = 'users_full_name_idx' AND true) AS done) AS found) THEN
    ALTER INDEX "app"."users_full_name_idx" RENAME TO "users_full_name";
  ELSE
    RAISE NOTICE 'enforce.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
