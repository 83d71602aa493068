======== enforce.sql
-- Plan set-comment, fingerprint 7f82197bde64
-- Phase enforce. For review; `plan advance set-comment --phase enforce` runs it.

-- enforce.1: comment on users
--   why   only the catalogue changes
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` COMMENT = 'people who can sign in', ALGORITHM=INPLACE, LOCK=NONE;

-- enforce.2: comment on users.full_name
--   why   only the catalogue changes
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` MODIFY COLUMN `full_name` varchar(200) DEFAULT NULL COMMENT 'as they want to be called', ALGORITHM=INSTANT, LOCK=DEFAULT;

======== undo.sql
-- Plan set-comment, fingerprint 7f82197bde64
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback set-comment` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of enforce.2: comment on users.full_name
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'full_name' AND BINARY COLUMN_COMMENT = BINARY 'as they want to be called') AS done) AS found), 'ALTER TABLE `app`.`users` MODIFY COLUMN `full_name` varchar(200) DEFAULT NULL, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of enforce.1: comment on users
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND BINARY TABLE_COMMENT = BINARY 'people who can sign in') AS done) AS found), 'ALTER TABLE `app`.`users` COMMENT = '''', ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
