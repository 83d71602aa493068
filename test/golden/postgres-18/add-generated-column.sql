======== expand.sql
-- Plan add-generated-column, fingerprint deb14a68fb94
-- Phase expand. For review; `plan advance add-generated-column --phase expand` runs it.

-- expand.1: add users.email_length, computed by the server
--   why   it is computed when it is read, so only the catalogue changes
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD COLUMN "email_length" int GENERATED ALWAYS AS (char_length(email)) VIRTUAL;
COMMIT;

======== undo.sql
-- Plan add-generated-column, fingerprint deb14a68fb94
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-generated-column` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of expand.1: add users.email_length, computed by the server
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'email_length' AND NOT attisdropped AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" DROP COLUMN IF EXISTS "email_length";
  ELSE
    RAISE NOTICE 'expand.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
