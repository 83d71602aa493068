======== expand.sql
-- Plan drop-column-archived, fingerprint 8431fd8924a7
-- Phase expand. For review; `plan advance drop-column-archived --phase expand` runs it.

-- expand.1: set the default of users.legacy_code
--   why   it applies to new rows; no row is touched
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ALTER COLUMN `legacy_code` SET DEFAULT 'none', ALGORITHM=INSTANT, LOCK=DEFAULT;

======== contract.sql
-- Plan drop-column-archived, fingerprint 8431fd8924a7
-- Phase contract. For review; `plan advance drop-column-archived --phase contract` runs it.

-- contract.1: retire users.legacy_code: make it invisible; refuse statements that write legacy_code of users, by a trigger
--   why   statements that read it from SELECT * or write it by its position fail now, while one statement still undoes it; a client that still writes it is told so before anything is lost; reads go on, and one command undoes it
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ALTER COLUMN `legacy_code` SET INVISIBLE, ALGORITHM=INSTANT, LOCK=DEFAULT;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_551cf232e3_gin` BEFORE INSERT ON `app`.`users` FOR EACH ROW BEGIN /* plan 7ec28b540240b5f498eaf4d5ce5e251f */
  IF NOT ((NEW.`legacy_code` IS NULL OR CONVERT(CONVERT(NEW.`legacy_code` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(('none') USING utf8mb4) USING binary))) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'plan drop-column-archived drops legacy_code: deploy code that does not write it, or roll back';
  END IF;
END;;
DELIMITER ;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_551cf232e3_gup` BEFORE UPDATE ON `app`.`users` FOR EACH ROW BEGIN /* plan fb3a68667fc98c48e6b979f70af24794 */
  IF NOT (CONVERT(NEW.`legacy_code` USING binary) <=> CONVERT(OLD.`legacy_code` USING binary)) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'plan drop-column-archived drops legacy_code: deploy code that does not write it, or roll back';
  END IF;
END;;
DELIMITER ;

-- contract.2: create app.plan_archive_users_e17030eb74 for old values of users
--   why   a table of the ledger with the key of each row: a rollback after the drop takes them from there
--   lock  none
--   takes a moment
CREATE TABLE `app`.`plan_archive_users_e17030eb74` (`id` bigint NOT NULL, `legacy_code` varchar(80) COLLATE utf8mb4_general_ci NULL DEFAULT NULL, PRIMARY KEY (`id`)) ENGINE=InnoDB;

-- contract.3: copy legacy_code of all rows of users to plan_archive_users_e17030eb74, batch by batch
--   why   one pass along the key, each batch with its ledger row; the old column has no writers any more
--   lock  row locks on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- mark
DO 0;
-- end
SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) ORDER BY `app`.`users`.`id` DESC LIMIT 1;
-- boundary_first
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($2 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT $1, 1;
-- boundary
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($2 AS SIGNED) AND `id` > CAST($3 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT $1, 1;
-- lock_first
-- SELECT COUNT(*) FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) FOR UPDATE NOWAIT;
-- lock
-- SELECT COUNT(*) FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED) FOR UPDATE NOWAIT;
-- batch_first
-- INSERT INTO `app`.`plan_archive_users_e17030eb74` (`id`, `legacy_code`) SELECT `app`.`users`.`id`, `app`.`users`.`legacy_code` FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) ON DUPLICATE KEY UPDATE `app`.`plan_archive_users_e17030eb74`.`legacy_code` = `app`.`users`.`legacy_code`;
-- batch
-- INSERT INTO `app`.`plan_archive_users_e17030eb74` (`id`, `legacy_code`) SELECT `app`.`users`.`id`, `app`.`users`.`legacy_code` FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED) ON DUPLICATE KEY UPDATE `app`.`plan_archive_users_e17030eb74`.`legacy_code` = `app`.`users`.`legacy_code`;
-- triggers
SELECT '' AS name, '' AS `function`, FALSE AS early FROM DUAL WHERE FALSE;
-- before_first
-- INSERT INTO `app`.`plan_archive_users_e17030eb74` (`id`, `legacy_code`) SELECT `app`.`users`.`id`, `app`.`users`.`legacy_code` FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) ON DUPLICATE KEY UPDATE `app`.`plan_archive_users_e17030eb74`.`legacy_code` = `app`.`users`.`legacy_code`;
-- before
-- INSERT INTO `app`.`plan_archive_users_e17030eb74` (`id`, `legacy_code`) SELECT `app`.`users`.`id`, `app`.`users`.`legacy_code` FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED) ON DUPLICATE KEY UPDATE `app`.`plan_archive_users_e17030eb74`.`legacy_code` = `app`.`users`.`legacy_code`;
-- after_first
-- INSERT INTO `app`.`plan_archive_users_e17030eb74` (`id`, `legacy_code`) SELECT `app`.`users`.`id`, `app`.`users`.`legacy_code` FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) ON DUPLICATE KEY UPDATE `app`.`plan_archive_users_e17030eb74`.`legacy_code` = `app`.`users`.`legacy_code`;
-- after
-- INSERT INTO `app`.`plan_archive_users_e17030eb74` (`id`, `legacy_code`) SELECT `app`.`users`.`id`, `app`.`users`.`legacy_code` FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED) ON DUPLICATE KEY UPDATE `app`.`plan_archive_users_e17030eb74`.`legacy_code` = `app`.`users`.`legacy_code`;
-- remaining
SELECT FALSE AS remaining;
-- estimate
SELECT TABLE_ROWS AS `rows` FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users';
-- The same by hand, in batches with a commit each. What stops it may be run again. It does not wait for replicas or for the
-- application, and does not look at what its triggers change. The tool goes on from there: it fills what is still empty.
DROP PROCEDURE IF EXISTS plan_backfill;
DELIMITER ;;
CREATE PROCEDURE plan_backfill()
BEGIN
  DECLARE plan_rows bigint DEFAULT 1000;
  DECLARE plan_last_k0, plan_here_k0, plan_to_k0 longtext DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  DO 0;
  SELECT k0 INTO plan_last_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) ORDER BY `app`.`users`.`id` DESC LIMIT 1) AS found;
  plan_batches: WHILE plan_last_k0 IS NOT NULL DO
    SET plan_to_k0 = NULL;
    START TRANSACTION;
    IF plan_here_k0 IS NULL THEN
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      INSERT INTO `app`.`plan_archive_users_e17030eb74` (`id`, `legacy_code`) SELECT `app`.`users`.`id`, `app`.`users`.`legacy_code` FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_to_k0 AS SIGNED) ON DUPLICATE KEY UPDATE `app`.`plan_archive_users_e17030eb74`.`legacy_code` = `app`.`users`.`legacy_code`;
    ELSE
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      INSERT INTO `app`.`plan_archive_users_e17030eb74` (`id`, `legacy_code`) SELECT `app`.`users`.`id`, `app`.`users`.`legacy_code` FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_to_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED) ON DUPLICATE KEY UPDATE `app`.`plan_archive_users_e17030eb74`.`legacy_code` = `app`.`users`.`legacy_code`;
    END IF;
    COMMIT;
    IF plan_to_k0 = plan_last_k0 THEN LEAVE plan_batches; END IF;
    SET plan_here_k0 = plan_to_k0;
  END WHILE plan_batches;
END;;
DELIMITER ;
CALL plan_backfill();
DROP PROCEDURE plan_backfill;
SET @plan_backfill = NULL;

-- contract.4: prove legacy_code-can-come-back on all rows of users
--   why   one scan for all of them; one row that breaks a rule stops the plan
--   lock  SHARED READ metadata lock on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
-- count
SELECT COUNT(*) AS checked, COALESCE(SUM(COALESCE(NOT ((CONVERT(CONVERT(`legacy_code` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END) USING utf8mb4) USING binary))), FALSE)), 0) AS v0 FROM `app`.`users`;
-- sample_0
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` WHERE COALESCE(NOT ((CONVERT(CONVERT(`legacy_code` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END) USING utf8mb4) USING binary))), FALSE) LIMIT $1;

-- contract.5: remove the trigger that keeps legacy_code of users from being written; drop users.legacy_code
--   why   what it guards is dropped now; a rollback brings back what it held; without CASCADE, so anything that still depends on it stops this
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
--   what it drops is kept: plan rollback brings it back, by the steps of the file restore
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_551cf232e3_gin`;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_551cf232e3_gup`;
ALTER TABLE `app`.`users` DROP COLUMN `legacy_code`, ALGORITHM=INSTANT, LOCK=DEFAULT;
-- its last statements run under: LOCK TABLES `app`.`users` WRITE;

======== restore.sql
-- Plan drop-column-archived, fingerprint 8431fd8924a7
-- What contract has dropped comes back by these steps, first to last; then the file undo goes on.
-- For review; `plan rollback drop-column-archived` runs it, where the drop was done, and says before what each row gets.

-- restore.1: add users.legacy_code, invisible; set the default of users.legacy_code
--   why   nullable and without default, so only the catalogue changes; code that names no columns does not notice; it applies to new rows; no row is touched
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ADD COLUMN `legacy_code` varchar(80) COLLATE utf8mb4_general_ci NULL INVISIBLE AFTER `id`, ALGORITHM=INSTANT, LOCK=DEFAULT;
ALTER TABLE `app`.`users` ALTER COLUMN `legacy_code` SET DEFAULT 'none', ALGORITHM=INSTANT, LOCK=DEFAULT;

-- restore.2: bring back legacy_code of users, batch by batch
--   why   each row gets what was kept of it, unless its new shape has changed since; then the old one is made from that
--   lock  row locks on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- mark
SET @plan_backfill = 'zz_plan_sync_users_551cf232e3';
-- span
SELECT CAST(MIN(`id`) AS CHAR) AS k0, CAST(MAX(`id`) AS CHAR) AS k1 FROM `app`.`users` FORCE INDEX (`PRIMARY`);
-- end
SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) ORDER BY `app`.`users`.`id` DESC LIMIT 1;
-- boundary_first
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($2 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT $1, 1;
-- boundary
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($2 AS SIGNED) AND `id` > CAST($3 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT $1, 1;
-- lock_first
-- SELECT COUNT(*) FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) FOR UPDATE NOWAIT;
-- lock
-- SELECT COUNT(*) FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED) FOR UPDATE NOWAIT;
-- batch_first
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `legacy_code` = (CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END), `changed_at` = `changed_at` WHERE ((`legacy_code` IS NULL) AND NOT ((CONVERT(CONVERT(`legacy_code` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END) USING utf8mb4) USING binary)))) AND `id` <= CAST($1 AS SIGNED);
-- batch
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `legacy_code` = (CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END), `changed_at` = `changed_at` WHERE ((`legacy_code` IS NULL) AND NOT ((CONVERT(CONVERT(`legacy_code` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END) USING utf8mb4) USING binary)))) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- triggers
SELECT TRIGGER_NAME AS name, '' AS `function`, ACTION_TIMING = 'BEFORE' AS early FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND EVENT_MANIPULATION = 'UPDATE' AND LEFT(TRIGGER_NAME, 13) <> 'zz_plan_sync_' ORDER BY ACTION_ORDER;
-- before_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((((`legacy_code` IS NULL) AND NOT ((CONVERT(CONVERT(`legacy_code` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END) USING utf8mb4) USING binary)))) AND TRUE)) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE (((`legacy_code` IS NULL) AND NOT ((CONVERT(CONVERT(`legacy_code` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END) USING utf8mb4) USING binary))))) AND `id` <= CAST($1 AS SIGNED);
-- before
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((((`legacy_code` IS NULL) AND NOT ((CONVERT(CONVERT(`legacy_code` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END) USING utf8mb4) USING binary)))) AND TRUE)) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE (((`legacy_code` IS NULL) AND NOT ((CONVERT(CONVERT(`legacy_code` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END) USING utf8mb4) USING binary))))) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- after_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((((`legacy_code` IS NULL) AND NOT ((CONVERT(CONVERT(`legacy_code` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END) USING utf8mb4) USING binary)))) AND TRUE)) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED);
-- after
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((((`legacy_code` IS NULL) AND NOT ((CONVERT(CONVERT(`legacy_code` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END) USING utf8mb4) USING binary)))) AND TRUE)) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- remaining
SELECT EXISTS (SELECT 1 FROM `app`.`users` WHERE ((((`legacy_code` IS NULL) AND NOT ((CONVERT(CONVERT(`legacy_code` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END) USING utf8mb4) USING binary)))) AND TRUE))) AS remaining;
-- estimate
SELECT TABLE_ROWS AS `rows` FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users';
-- The same by hand, in batches with a commit each. What stops it may be run again. It does not wait for replicas or for the
-- application, and does not look at what its triggers change. The tool goes on from there: it fills what is still empty.
DROP PROCEDURE IF EXISTS plan_backfill;
DELIMITER ;;
CREATE PROCEDURE plan_backfill()
BEGIN
  DECLARE plan_rows bigint DEFAULT 1000;
  DECLARE plan_last_k0, plan_here_k0, plan_to_k0 longtext DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  SET @plan_backfill = 'zz_plan_sync_users_551cf232e3';
  SELECT k0 INTO plan_last_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) ORDER BY `app`.`users`.`id` DESC LIMIT 1) AS found;
  plan_batches: WHILE plan_last_k0 IS NOT NULL DO
    SET plan_to_k0 = NULL;
    START TRANSACTION;
    IF plan_here_k0 IS NULL THEN
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `legacy_code` = (CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END), `changed_at` = `changed_at` WHERE ((`legacy_code` IS NULL) AND NOT ((CONVERT(CONVERT(`legacy_code` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END) USING utf8mb4) USING binary)))) AND `id` <= CAST(plan_to_k0 AS SIGNED);
    ELSE
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `legacy_code` = (CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END), `changed_at` = `changed_at` WHERE ((`legacy_code` IS NULL) AND NOT ((CONVERT(CONVERT(`legacy_code` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END) USING utf8mb4) USING binary)))) AND `id` <= CAST(plan_to_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED);
    END IF;
    COMMIT;
    IF plan_to_k0 = plan_last_k0 THEN LEAVE plan_batches; END IF;
    SET plan_here_k0 = plan_to_k0;
  END WHILE plan_batches;
END;;
DELIMITER ;
CALL plan_backfill();
DROP PROCEDURE plan_backfill;
SET @plan_backfill = NULL;

-- restore.3: make users.legacy_code NOT NULL
--   why   the server writes the table anew while reads and writes go on; it refuses when a value is missing
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes one rewrite of app.users
ALTER TABLE `app`.`users` MODIFY COLUMN `legacy_code` varchar(80) COLLATE utf8mb4_general_ci NOT NULL DEFAULT 'none' INVISIBLE, ALGORITHM=INPLACE, LOCK=NONE;

-- restore.4: refuse statements that write legacy_code of users, by a trigger
--   why   a client that still writes it is told so before anything is lost; reads go on, and one command undoes it
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_551cf232e3_gin` BEFORE INSERT ON `app`.`users` FOR EACH ROW BEGIN /* plan 7ec28b540240b5f498eaf4d5ce5e251f */
  IF NOT ((NEW.`legacy_code` IS NULL OR CONVERT(CONVERT(NEW.`legacy_code` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(('none') USING utf8mb4) USING binary))) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'plan drop-column-archived drops legacy_code: deploy code that does not write it, or roll back';
  END IF;
END;;
DELIMITER ;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_551cf232e3_gup` BEFORE UPDATE ON `app`.`users` FOR EACH ROW BEGIN /* plan fb3a68667fc98c48e6b979f70af24794 */
  IF NOT (CONVERT(NEW.`legacy_code` USING binary) <=> CONVERT(OLD.`legacy_code` USING binary)) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'plan drop-column-archived drops legacy_code: deploy code that does not write it, or roll back';
  END IF;
END;;
DELIMITER ;

-- restore.5: prove legacy_code-can-come-back on all rows of users
--   why   one scan for all of them; one row that breaks a rule stops the plan
--   lock  SHARED READ metadata lock on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
-- count
SELECT COUNT(*) AS checked, COALESCE(SUM(COALESCE(NOT ((CONVERT(CONVERT(`legacy_code` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END) USING utf8mb4) USING binary))), FALSE)), 0) AS v0 FROM `app`.`users`;
-- sample_0
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` WHERE COALESCE(NOT ((CONVERT(CONVERT(`legacy_code` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE WHEN EXISTS (SELECT 1 FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) THEN (SELECT plan_kept.`legacy_code` FROM `app`.`plan_archive_users_e17030eb74` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) ELSE ('none') END) USING utf8mb4) USING binary))), FALSE) LIMIT $1;

======== undo.sql
-- Plan drop-column-archived, fingerprint 8431fd8924a7
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback drop-column-archived` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- What contract.5 drops has to come back first: see the file restore.

-- undo of contract.2: create app.plan_archive_users_e17030eb74 for old values of users
DROP TABLE IF EXISTS `app`.`plan_archive_users_e17030eb74`;

-- undo of contract.1: retire users.legacy_code: make it invisible; refuse statements that write legacy_code of users, by a trigger
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_551cf232e3_gin`;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_551cf232e3_gup`;
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'legacy_code' AND EXTRA LIKE '%INVISIBLE%') AS done) AS found), 'ALTER TABLE `app`.`users` ALTER COLUMN `legacy_code` SET VISIBLE, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of expand.1: set the default of users.legacy_code
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'legacy_code' AND (COLUMN_DEFAULT IS NOT NULL AND COLUMN_DEFAULT <> 'NULL' OR EXTRA LIKE '%DEFAULT_GENERATED%')) AS done) AS found), 'ALTER TABLE `app`.`users` ALTER COLUMN `legacy_code` DROP DEFAULT, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
