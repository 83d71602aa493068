======== expand.sql
-- Plan drop-column, fingerprint 5dcb301cd9ed
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
-- Plan drop-column, fingerprint 5dcb301cd9ed
-- Phase contract. For review; `plan advance drop-column --phase contract` runs it.

-- contract.1: refuse statements that write legacy_code of users, by a trigger
--   why   a client that still writes it is told so before anything is lost; reads go on, and one command undoes it
--   lock  SHARE ROW EXCLUSIVE on app.users, a moment; writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
CREATE FUNCTION "app"."!!!plan_sync_users_35b5cae04e"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $plan$
#variable_conflict use_column
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT ((NEW."legacy_code" IS NOT DISTINCT FROM NULL OR NEW."legacy_code" IS NOT DISTINCT FROM ('none')::character varying(80))) THEN
      RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'plan drop-column is about to drop legacy_code of users, and this statement writes it',
        HINT = 'deploy the version that no longer writes legacy_code, everywhere; plan rollback drop-column ends the plan and keeps it',
        SCHEMA = 'app', TABLE = 'users', CONSTRAINT = 'zz_plan_sync_users_35b5cae04e';
    END IF;
  ELSE
    IF NOT (NEW."legacy_code" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."legacy_code" COLLATE pg_catalog."C") THEN
      RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'plan drop-column is about to drop legacy_code of users, and this statement writes it',
        HINT = 'deploy the version that no longer writes legacy_code, everywhere; plan rollback drop-column ends the plan and keeps it',
        SCHEMA = 'app', TABLE = 'users', CONSTRAINT = 'zz_plan_sync_users_35b5cae04e';
    END IF;
  END IF;
  RETURN NEW;
END
$plan$;
CREATE TRIGGER "!!!plan_sync_users_35b5cae04e" BEFORE INSERT OR UPDATE ON "app"."users" FOR EACH ROW EXECUTE FUNCTION "app"."!!!plan_sync_users_35b5cae04e"();
COMMIT;

-- contract.2: remove the trigger that keeps legacy_code of users from being written; drop users.legacy_code
--   why   what it guards is dropped now; the point of no return; without CASCADE, so anything that still depends on it stops this
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
BEGIN;
SET LOCAL lock_timeout = '1s';
DROP TRIGGER "!!!plan_sync_users_35b5cae04e" ON "app"."users";
DROP FUNCTION "app"."!!!plan_sync_users_35b5cae04e"();
ALTER TABLE "app"."users" DROP COLUMN "legacy_code";
COMMIT;

======== undo.sql
-- Plan drop-column, fingerprint 5dcb301cd9ed
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback drop-column` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.2 cannot be undone: this file is of no use after it.

-- undo of contract.1: refuse statements that write legacy_code of users, by a trigger
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT (SELECT count(*) FROM pg_catalog.pg_trigger WHERE tgrelid = to_regclass('"app"."users"') AND tgname IN ('!!!plan_sync_users_35b5cae04e')) = 1 AS done) AS found) THEN
    DROP TRIGGER "!!!plan_sync_users_35b5cae04e" ON "app"."users";
    DROP FUNCTION "app"."!!!plan_sync_users_35b5cae04e"();
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
