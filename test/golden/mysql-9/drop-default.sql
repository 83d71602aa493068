======== contract.sql
-- Plan drop-default, fingerprint d518074d456d
-- Phase contract. For review; `plan advance drop-default --phase contract` runs it.

-- contract.1: take the default of users.last_name away
--   why   it applies to new rows; no row is touched
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ALTER COLUMN `last_name` DROP DEFAULT, ALGORITHM=INSTANT, LOCK=DEFAULT;

======== undo.sql
-- Plan drop-default, fingerprint d518074d456d
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback drop-default` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of contract.1: take the default of users.last_name away
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'last_name' AND NOT (COLUMN_DEFAULT IS NOT NULL AND COLUMN_DEFAULT <> 'NULL' OR EXTRA LIKE '%DEFAULT_GENERATED%')) AS done) AS found), 'ALTER TABLE `app`.`users` ALTER COLUMN `last_name` SET DEFAULT ''unknown'', ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
