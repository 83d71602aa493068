======== expand.sql
-- Plan add-column-with-default, fingerprint 4d76b8263fef
-- Phase expand. For review; `plan advance add-column-with-default --phase expand` runs it.

-- expand.1: add users.status with its default
--   why   the default does not change from row to row, so the server stores it once and touches no row
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ADD COLUMN `status` varchar(20) NOT NULL DEFAULT 'active', ALGORITHM=INSTANT, LOCK=DEFAULT;

======== undo.sql
-- Plan add-column-with-default, fingerprint 4d76b8263fef
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-column-with-default` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of expand.1: add users.status with its default
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'status') AS done) AS found), 'ALTER TABLE `app`.`users` DROP COLUMN `status`, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
