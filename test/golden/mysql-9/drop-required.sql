======== contract.sql
-- Plan drop-required, fingerprint a058ed15be0e
-- Phase contract. For review; `plan advance drop-required --phase contract` runs it.

-- contract.1: let users.email be empty
--   why   every version that reads it can take that by now; the way back requires it again
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes one rewrite of app.users
ALTER TABLE `app`.`users` MODIFY COLUMN `email` varchar(100) COLLATE utf8mb4_general_ci NULL, ALGORITHM=INPLACE, LOCK=NONE;

======== undo.sql
-- Plan drop-required, fingerprint a058ed15be0e
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback drop-required` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of contract.1: let users.email be empty
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'email' AND IS_NULLABLE = 'YES') AS done) AS found), 'ALTER TABLE `app`.`users` MODIFY COLUMN `email` varchar(100) COLLATE utf8mb4_general_ci NOT NULL, ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
