======== enforce.sql
-- Plan set-comment, fingerprint 37c3bf73e349
-- Phase enforce. For review; `plan advance set-comment --phase enforce` runs it.

-- enforce.1: comment on users
--   why   only the catalogue changes
--   lock  SHARE UPDATE EXCLUSIVE on app.users, a moment; only other schema changes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
COMMENT ON TABLE "app"."users" IS 'people who can sign in';
COMMIT;

-- enforce.2: comment on users.full_name
--   why   only the catalogue changes
--   lock  SHARE UPDATE EXCLUSIVE on app.users, a moment; only other schema changes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
COMMENT ON COLUMN "app"."users"."full_name" IS 'as they want to be called';
COMMIT;

======== undo.sql
-- Plan set-comment, fingerprint 37c3bf73e349
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback set-comment` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of enforce.2: comment on users.full_name
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'full_name' AND NOT attisdropped AND (SELECT description FROM pg_catalog.pg_description WHERE objoid = attrelid AND classoid = 'pg_catalog.pg_class'::regclass AND objsubid = attnum) IS NOT DISTINCT FROM 'as they want to be called') AS done) AS found) THEN
    COMMENT ON COLUMN "app"."users"."full_name" IS NULL;
  ELSE
    RAISE NOTICE 'enforce.2 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;

-- undo of enforce.1: comment on users
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'ctid' AND NOT attisdropped AND (SELECT description FROM pg_catalog.pg_description WHERE objoid = attrelid AND classoid = 'pg_catalog.pg_class'::regclass AND objsubid = 0) IS NOT DISTINCT FROM 'people who can sign in') AS done) AS found) THEN
    COMMENT ON TABLE "app"."users" IS NULL;
  ELSE
    RAISE NOTICE 'enforce.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
