======== expand.sql
-- Plan drop-column, fingerprint e907a9035cd9
-- Phase expand. For review; `plan advance drop-column --phase expand` runs it.

-- expand.1: set the default of users.legacy_code
--   why   it applies to new rows; no row is touched
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ALTER COLUMN `legacy_code` SET DEFAULT 'none', ALGORITHM=INSTANT, LOCK=DEFAULT;

======== contract.sql
-- Plan drop-column, fingerprint e907a9035cd9
-- Phase contract. For review; `plan advance drop-column --phase contract` runs it.

-- contract.1: retire users.legacy_code: make it invisible; refuse statements that write legacy_code of users, by a trigger
--   why   statements that read it from SELECT * or write it by its position fail now, while one statement still undoes it; a client that still writes it is told so before anything is lost; reads go on, and one command undoes it
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ALTER COLUMN `legacy_code` SET INVISIBLE, ALGORITHM=INSTANT, LOCK=DEFAULT;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_35b5cae04e_gin` BEFORE INSERT ON `app`.`users` FOR EACH ROW BEGIN /* plan a5272608339b3bb6d4d67d1e5bd12ba7 */
  IF NOT ((NEW.`legacy_code` IS NULL OR CONVERT(CONVERT(NEW.`legacy_code` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(('none') USING utf8mb4) USING binary))) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'plan drop-column drops legacy_code: deploy code that does not write it, or roll back';
  END IF;
END;;
DELIMITER ;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_35b5cae04e_gup` BEFORE UPDATE ON `app`.`users` FOR EACH ROW BEGIN /* plan dc537f3f6335ffe22ab96dbd6c6e91ac */
  IF NOT (CONVERT(NEW.`legacy_code` USING binary) <=> CONVERT(OLD.`legacy_code` USING binary)) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'plan drop-column drops legacy_code: deploy code that does not write it, or roll back';
  END IF;
END;;
DELIMITER ;

-- contract.2: remove the trigger that keeps legacy_code of users from being written; drop users.legacy_code
--   why   what it guards is dropped now; the point of no return; without CASCADE, so anything that still depends on it stops this
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_35b5cae04e_gin`;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_35b5cae04e_gup`;
ALTER TABLE `app`.`users` DROP COLUMN `legacy_code`, ALGORITHM=INSTANT, LOCK=DEFAULT;
-- its last statements run under: LOCK TABLES `app`.`users` WRITE;

======== undo.sql
-- Plan drop-column, fingerprint e907a9035cd9
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback drop-column` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.2 cannot be undone: this file is of no use after it.

-- undo of contract.1: retire users.legacy_code: make it invisible; refuse statements that write legacy_code of users, by a trigger
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_35b5cae04e_gin`;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_35b5cae04e_gup`;
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'legacy_code' AND EXTRA LIKE '%INVISIBLE%') AS done) AS found), 'ALTER TABLE `app`.`users` ALTER COLUMN `legacy_code` SET VISIBLE, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of expand.1: set the default of users.legacy_code
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'legacy_code' AND (COLUMN_DEFAULT IS NOT NULL AND COLUMN_DEFAULT <> 'NULL' OR EXTRA LIKE '%DEFAULT_GENERATED%')) AS done) AS found), 'ALTER TABLE `app`.`users` ALTER COLUMN `legacy_code` DROP DEFAULT, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
