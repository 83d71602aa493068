======== enforce.sql
-- Plan rename-index, fingerprint c7eafa391f94
-- Phase enforce. For review; `plan advance rename-index --phase enforce` runs it.

-- enforce.1: index users_full_name becomes users_full_name_idx
--   why   only the catalogue changes
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` RENAME INDEX `users_full_name` TO `users_full_name_idx`, ALGORITHM=INPLACE, LOCK=NONE;

======== undo.sql
-- Plan rename-index, fingerprint c7eafa391f94
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback rename-index` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of enforce.1: index users_full_name becomes users_full_name_idx
SET @plan_undo = IF((SELECT done FROM (SELECT (EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND INDEX_NAME = 'users_full_name_idx') AND NOT EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND INDEX_NAME = 'users_full_name')) AS done) AS found), 'ALTER TABLE `app`.`users` RENAME INDEX `users_full_name_idx` TO `users_full_name`, ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
