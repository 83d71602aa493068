======== expand.sql
-- Plan add-generated-column, fingerprint e2f8a1398d1b
-- Phase expand. For review; `plan advance add-generated-column --phase expand` runs it.

-- expand.1: add users.email_length, computed by the server
--   why   it is computed when it is read, so only the catalogue changes
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ADD COLUMN `email_length` int GENERATED ALWAYS AS (char_length(email)) VIRTUAL, ALGORITHM=INSTANT, LOCK=DEFAULT;

======== undo.sql
-- Plan add-generated-column, fingerprint e2f8a1398d1b
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-generated-column` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of expand.1: add users.email_length, computed by the server
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'email_length') AS done) AS found), 'ALTER TABLE `app`.`users` DROP COLUMN `email_length`, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
