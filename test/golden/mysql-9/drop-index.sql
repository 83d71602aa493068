======== contract.sql
-- Plan drop-index, fingerprint 3b572252bc99
-- Phase contract. For review; `plan advance drop-index --phase contract` runs it.

-- contract.1: hide index users_full_name from queries
--   why   it is still kept up, so that one statement brings it back when a query turns out to need it
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ALTER INDEX `users_full_name` INVISIBLE, ALGORITHM=INPLACE, LOCK=NONE;

-- contract.2: drop index users_full_name
--   why   beside running reads and writes, and only once no query needs it
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
ALTER TABLE `app`.`users` DROP INDEX `users_full_name`, ALGORITHM=INPLACE, LOCK=NONE;

======== undo.sql
-- Plan drop-index, fingerprint 3b572252bc99
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback drop-index` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.2 cannot be undone: this file is of no use after it.

-- undo of contract.1: hide index users_full_name from queries
SET @plan_undo = IF((SELECT done FROM (SELECT (EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND INDEX_NAME = 'users_full_name') AND NOT EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND INDEX_NAME = 'users_full_name' AND IS_VISIBLE = 'YES')) AS done) AS found), 'ALTER TABLE `app`.`users` ALTER INDEX `users_full_name` VISIBLE, ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
