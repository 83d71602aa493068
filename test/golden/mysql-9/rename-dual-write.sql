======== expand.sql
-- Plan rename-dual-write, fingerprint fcdf38d53a9f
-- Phase expand. For review; `plan advance rename-dual-write --phase expand` runs it.

-- expand.1: add users.family_name
--   why   nullable and without default, so only the catalogue changes and old code does not notice
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ADD COLUMN `family_name` varchar(80) COLLATE utf8mb4_general_ci NULL COMMENT 'as in the passport', ALGORITHM=INSTANT, LOCK=DEFAULT;

======== backfill.sql
-- Plan rename-dual-write, fingerprint fcdf38d53a9f
-- Phase backfill. For review; `plan advance rename-dual-write --phase backfill` runs it.

-- backfill.1: fill family_name of users, batch by batch
--   why   one pass along the key; only rows that nobody has filled yet are written, each batch with its ledger row
--   lock  row locks on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- mark
SET @plan_backfill = 'zz_plan_sync_users_b6595abf27';
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
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `family_name` = (`last_name`), `changed_at` = `changed_at` WHERE (`family_name` IS NULL AND (`last_name` IS NOT NULL)) AND `id` <= CAST($1 AS SIGNED);
-- batch
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `family_name` = (`last_name`), `changed_at` = `changed_at` WHERE (`family_name` IS NULL AND (`last_name` IS NOT NULL)) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- triggers
SELECT TRIGGER_NAME AS name, '' AS `function`, ACTION_TIMING = 'BEFORE' AS early FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND EVENT_MANIPULATION = 'UPDATE' AND LEFT(TRIGGER_NAME, 13) <> 'zz_plan_sync_' ORDER BY ACTION_ORDER;
-- before_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`family_name` IS NULL AND (`last_name` IS NOT NULL)) AND ((`last_name`) IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE ((`family_name` IS NULL AND (`last_name` IS NOT NULL))) AND `id` <= CAST($1 AS SIGNED);
-- before
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`family_name` IS NULL AND (`last_name` IS NOT NULL)) AND ((`last_name`) IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE ((`family_name` IS NULL AND (`last_name` IS NOT NULL))) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- after_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`family_name` IS NULL AND (`last_name` IS NOT NULL)) AND ((`last_name`) IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED);
-- after
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`family_name` IS NULL AND (`last_name` IS NOT NULL)) AND ((`last_name`) IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- remaining
SELECT EXISTS (SELECT 1 FROM `app`.`users` WHERE (((`family_name` IS NULL AND (`last_name` IS NOT NULL)) AND ((`last_name`) IS NOT NULL)))) AS remaining;
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
  SET @plan_backfill = 'zz_plan_sync_users_b6595abf27';
  SELECT k0 INTO plan_last_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) ORDER BY `app`.`users`.`id` DESC LIMIT 1) AS found;
  plan_batches: WHILE plan_last_k0 IS NOT NULL DO
    SET plan_to_k0 = NULL;
    START TRANSACTION;
    IF plan_here_k0 IS NULL THEN
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `family_name` = (`last_name`), `changed_at` = `changed_at` WHERE (`family_name` IS NULL AND (`last_name` IS NOT NULL)) AND `id` <= CAST(plan_to_k0 AS SIGNED);
    ELSE
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `family_name` = (`last_name`), `changed_at` = `changed_at` WHERE (`family_name` IS NULL AND (`last_name` IS NOT NULL)) AND `id` <= CAST(plan_to_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED);
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

======== enforce.sql
-- Plan rename-dual-write, fingerprint fcdf38d53a9f
-- Phase enforce. For review; `plan advance rename-dual-write --phase enforce` runs it.

-- enforce.1: build index by_name_78794a1d4b
--   why   beside running writes to users, and after the backfill, so that batches stay cheap
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes one index build on app.users
ALTER TABLE `app`.`users` ADD KEY `by_name_78794a1d4b` (`family_name`,`email`), ALGORITHM=INPLACE, LOCK=NONE;

-- enforce.2: make users.family_name NOT NULL
--   why   the server writes the table anew while reads and writes go on; it refuses when a value is missing
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes one rewrite of app.users
ALTER TABLE `app`.`users` MODIFY COLUMN `family_name` varchar(80) COLLATE utf8mb4_general_ci NOT NULL DEFAULT 'unknown' COMMENT 'as in the passport', ALGORITHM=INPLACE, LOCK=NONE;

======== verify.sql
-- Plan rename-dual-write, fingerprint fcdf38d53a9f
-- Phase verify. For review; `plan advance rename-dual-write --phase verify` runs it.

-- verify.1: prove last_name-equals-family_name on all rows of users
--   why   one scan for all of them; one row that breaks a rule stops the plan
--   lock  SHARED READ metadata lock on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
-- count
SELECT COUNT(*) AS checked, COALESCE(SUM(NOT (CONVERT(`family_name` USING binary) <=> CONVERT((`last_name`) USING binary))), 0) AS v0 FROM `app`.`users`;
-- sample_0
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` WHERE NOT (CONVERT(`family_name` USING binary) <=> CONVERT((`last_name`) USING binary)) LIMIT $1;

-- verify.2: prove that users has its sync, indexes and constraints
--   why   an invalid index or a disabled trigger would show only later
--   lock  SHARED READ metadata lock on app.users, a moment; only other schema changes wait
--   takes a moment
-- check
SELECT 'index by_name_78794a1d4b is there' AS what, EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND INDEX_NAME = 'by_name_78794a1d4b') AS holds UNION ALL SELECT 'family_name is NOT NULL' AS what, EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'family_name' AND IS_NULLABLE = 'NO') AS holds UNION ALL SELECT CONVERT(CONCAT('a right on last_name is missing on family_name: GRANT ', o.PRIVILEGE_TYPE, ' (`family_name`) ON `app`.`users` TO ', QUOTE(SUBSTRING(o.GRANTEE, 2, CHAR_LENGTH(o.GRANTEE) - CHAR_LENGTH(o.host) - 3)), '@', o.host) USING utf8mb4) COLLATE utf8mb4_bin AS what, FALSE AS holds FROM (SELECT GRANTEE, PRIVILEGE_TYPE, SUBSTRING_INDEX(GRANTEE, '@', -1) AS host FROM information_schema.COLUMN_PRIVILEGES WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'last_name') o WHERE NOT EXISTS (SELECT 1 FROM information_schema.COLUMN_PRIVILEGES n WHERE n.TABLE_SCHEMA = 'app' AND n.TABLE_NAME = 'users' AND n.COLUMN_NAME = 'family_name' AND n.PRIVILEGE_TYPE = o.PRIVILEGE_TYPE AND CONVERT(n.GRANTEE USING utf8mb4) COLLATE utf8mb4_bin = CONVERT(o.GRANTEE USING utf8mb4) COLLATE utf8mb4_bin);

======== contract.sql
-- Plan rename-dual-write, fingerprint fcdf38d53a9f
-- Phase contract. For review; `plan advance rename-dual-write --phase contract` runs it.

-- contract.1: refuse statements that write only last_name of users, by a trigger
--   why   what is written between the last proof and the end of last_name would be lost; who writes both shapes, or the new one alone, goes on
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_b6595abf27_upd` AFTER UPDATE ON `app`.`users` FOR EACH ROW BEGIN /* plan 492e367281f88eccd44cf9b920ffd686 */
  BEGIN
    DECLARE EXIT HANDLER FOR 1054 BEGIN END;
    IF NOT (CONVERT(NEW.`last_name` USING binary) <=> CONVERT(OLD.`last_name` USING binary)) THEN
      IF NOT (CONVERT(NEW.`family_name` USING binary) <=> CONVERT(NEW.`last_name` USING binary)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'plan rename-dual-write takes last_name away: write family_name with it or alone, or roll back';
      END IF;
    END IF;
  END;
END;;
DELIMITER ;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_b6595abf27_ins` AFTER INSERT ON `app`.`users` FOR EACH ROW BEGIN /* plan 2c9515f88de0f0bf855e5bebe35ec3dd */
  BEGIN
    DECLARE EXIT HANDLER FOR 1054 BEGIN END;
    IF NOT ((NEW.`last_name` IS NULL OR CONVERT(CONVERT(NEW.`last_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(('unknown') USING utf8mb4) USING binary))) THEN
      IF NOT (CONVERT(NEW.`family_name` USING binary) <=> CONVERT(NEW.`last_name` USING binary)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'plan rename-dual-write takes last_name away: write family_name with it or alone, or roll back';
      END IF;
    END IF;
  END;
END;;
DELIMITER ;

-- contract.2: retire users.last_name under another name; remove the trigger that guards last_name of users
--   why   clients that still use it fail now, while renaming it back still undoes everything; under its old name nobody can write it any more
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` RENAME COLUMN `last_name` TO `plan_drop_last_name_66936aef44`, ALGORITHM=INPLACE, LOCK=NONE;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_b6595abf27_ins`;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_b6595abf27_upd`;

-- contract.3: drop index by_name; set the default of users.family_name; drop users.plan_drop_last_name_66936aef44; index by_name gets its name
--   why   dropping its column would only take the column out of it; it applies to new rows; no row is touched; the point of no return; without CASCADE, so anything that still depends on it stops this; the old index went with its column
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
ALTER TABLE `app`.`users` DROP INDEX `by_name`, ALGORITHM=INPLACE, LOCK=NONE;
ALTER TABLE `app`.`users` ALTER COLUMN `family_name` SET DEFAULT 'unknown', ALGORITHM=INSTANT, LOCK=DEFAULT;
ALTER TABLE `app`.`users` DROP COLUMN `plan_drop_last_name_66936aef44`, ALGORITHM=INSTANT, LOCK=DEFAULT;
ALTER TABLE `app`.`users` RENAME INDEX `by_name_78794a1d4b` TO `by_name`, ALGORITHM=INPLACE, LOCK=NONE;

======== undo.sql
-- Plan rename-dual-write, fingerprint fcdf38d53a9f
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback rename-dual-write` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.3 cannot be undone: this file is of no use after it.

-- undo of contract.2: retire users.last_name under another name; remove the trigger that guards last_name of users
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'plan_drop_last_name_66936aef44') AS done) AS found), 'ALTER TABLE `app`.`users` RENAME COLUMN `plan_drop_last_name_66936aef44` TO `last_name`, ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_b6595abf27_upd`;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_b6595abf27_upd` AFTER UPDATE ON `app`.`users` FOR EACH ROW BEGIN /* plan 492e367281f88eccd44cf9b920ffd686 */
  BEGIN
    DECLARE EXIT HANDLER FOR 1054 BEGIN END;
    IF NOT (CONVERT(NEW.`last_name` USING binary) <=> CONVERT(OLD.`last_name` USING binary)) THEN
      IF NOT (CONVERT(NEW.`family_name` USING binary) <=> CONVERT(NEW.`last_name` USING binary)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'plan rename-dual-write takes last_name away: write family_name with it or alone, or roll back';
      END IF;
    END IF;
  END;
END;;
DELIMITER ;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_b6595abf27_ins`;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_b6595abf27_ins` AFTER INSERT ON `app`.`users` FOR EACH ROW BEGIN /* plan 2c9515f88de0f0bf855e5bebe35ec3dd */
  BEGIN
    DECLARE EXIT HANDLER FOR 1054 BEGIN END;
    IF NOT ((NEW.`last_name` IS NULL OR CONVERT(CONVERT(NEW.`last_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(('unknown') USING utf8mb4) USING binary))) THEN
      IF NOT (CONVERT(NEW.`family_name` USING binary) <=> CONVERT(NEW.`last_name` USING binary)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'plan rename-dual-write takes last_name away: write family_name with it or alone, or roll back';
      END IF;
    END IF;
  END;
END;;
DELIMITER ;

-- undo of contract.1: refuse statements that write only last_name of users, by a trigger
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_b6595abf27_ins`;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_b6595abf27_upd`;

-- undo of enforce.2: make users.family_name NOT NULL
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'family_name' AND IS_NULLABLE = 'NO') AS done) AS found), 'ALTER TABLE `app`.`users` MODIFY COLUMN `family_name` varchar(80) COLLATE utf8mb4_general_ci NULL DEFAULT ''unknown'' COMMENT ''as in the passport'', ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of enforce.1: build index by_name_78794a1d4b
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND INDEX_NAME = 'by_name_78794a1d4b') AS done) AS found), 'ALTER TABLE `app`.`users` DROP INDEX `by_name_78794a1d4b`, ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of expand.1: add users.family_name
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'family_name') AS done) AS found), 'ALTER TABLE `app`.`users` DROP COLUMN `family_name`, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
