======== enforce.sql
-- Plan add-index, fingerprint cf9b04e937fd
-- Phase enforce. For review; `plan advance add-index --phase enforce` runs it.

-- enforce.1: build index email
--   why   beside running writes to users, and after the backfill, so that batches stay cheap
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes one index build on app.users
ALTER TABLE `app`.`users` ADD KEY `email` (`email`), ALGORITHM=INPLACE, LOCK=NONE;

-- enforce.2: build unique index users_by_email
--   why   beside running writes to users, and after the backfill, so that batches stay cheap
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes one index build on app.users
ALTER TABLE `app`.`users` ADD UNIQUE KEY `users_by_email` (`email`, `id`), ALGORITHM=INPLACE, LOCK=NONE;

======== verify.sql
-- Plan add-index, fingerprint cf9b04e937fd
-- Phase verify. For review; `plan advance add-index --phase verify` runs it.

-- verify.1: prove that users has its sync, indexes and constraints
--   why   an invalid index or a disabled trigger would show only later
--   lock  SHARED READ metadata lock on app.users, a moment; only other schema changes wait
--   takes a moment
-- check
SELECT 'index email is there' AS what, EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND INDEX_NAME = 'email') AS holds UNION ALL SELECT 'index users_by_email is there' AS what, EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND INDEX_NAME = 'users_by_email') AS holds;

======== undo.sql
-- Plan add-index, fingerprint cf9b04e937fd
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-index` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of enforce.2: build unique index users_by_email
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND INDEX_NAME = 'users_by_email') AS done) AS found), 'ALTER TABLE `app`.`users` DROP INDEX `users_by_email`, ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of enforce.1: build index email
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND INDEX_NAME = 'email') AS done) AS found), 'ALTER TABLE `app`.`users` DROP INDEX `email`, ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
