======== expand.sql
-- Plan drop-column, fingerprint c9510daf5cfd
-- Phase expand. For review; `plan advance drop-column --phase expand` runs it.

-- expand.1: set the default of users.legacy_code
--   why   it applies to new rows; no row is touched
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ALTER COLUMN `legacy_code` SET DEFAULT 'none', ALGORITHM=INSTANT, LOCK=DEFAULT;

======== contract.sql
-- Plan drop-column, fingerprint c9510daf5cfd
-- Phase contract. For review; `plan advance drop-column --phase contract` runs it.

-- contract.1: retire users.legacy_code: make it invisible
--   why   statements that read it from SELECT * or write it by its position fail now, while one statement still undoes it
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ALTER COLUMN `legacy_code` SET INVISIBLE, ALGORITHM=INSTANT, LOCK=DEFAULT;

-- contract.2: drop users.legacy_code
--   why   the point of no return; without CASCADE, so anything that still depends on it stops this
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
ALTER TABLE `app`.`users` DROP COLUMN `legacy_code`, ALGORITHM=INSTANT, LOCK=DEFAULT;

======== undo.sql
-- Plan drop-column, fingerprint c9510daf5cfd
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback drop-column` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.2 cannot be undone: this file is of no use after it.

-- undo of contract.1: retire users.legacy_code: make it invisible
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'legacy_code' AND EXTRA LIKE '%INVISIBLE%') AS done) AS found), 'ALTER TABLE `app`.`users` ALTER COLUMN `legacy_code` SET VISIBLE, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of expand.1: set the default of users.legacy_code
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'legacy_code' AND (COLUMN_DEFAULT IS NOT NULL AND COLUMN_DEFAULT <> 'NULL' OR EXTRA LIKE '%DEFAULT_GENERATED%')) AS done) AS found), 'ALTER TABLE `app`.`users` ALTER COLUMN `legacy_code` DROP DEFAULT, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
