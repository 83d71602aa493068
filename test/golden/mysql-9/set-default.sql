======== enforce.sql
-- Plan set-default, fingerprint b3a1390381a0
-- Phase enforce. For review; `plan advance set-default --phase enforce` runs it.

-- enforce.1: give users.full_name another default
--   why   it applies to new rows; no row is touched
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ALTER COLUMN `full_name` SET DEFAULT 'anonymous', ALGORITHM=INSTANT, LOCK=DEFAULT;

======== undo.sql
-- Plan set-default, fingerprint b3a1390381a0
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback set-default` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of enforce.1: give users.full_name another default
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'full_name' AND (COLUMN_DEFAULT IS NOT NULL AND COLUMN_DEFAULT <> 'NULL' OR EXTRA LIKE '%DEFAULT_GENERATED%')) AS done) AS found), 'ALTER TABLE `app`.`users` ALTER COLUMN `full_name` SET DEFAULT NULL, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
