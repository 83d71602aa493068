======== expand.sql
-- Plan add-nullable-column, fingerprint 814606744708
-- Phase expand. For review; `plan advance add-nullable-column --phase expand` runs it.

-- expand.1: add users.nickname
--   why   nullable and without default, so only the catalogue changes and old code does not notice
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ADD COLUMN `nickname` text NULL, ALGORITHM=INSTANT, LOCK=DEFAULT;

======== undo.sql
-- Plan add-nullable-column, fingerprint 814606744708
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-nullable-column` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of expand.1: add users.nickname
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'nickname') AS done) AS found), 'ALTER TABLE `app`.`users` DROP COLUMN `nickname`, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
