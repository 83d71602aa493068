======== expand.sql
-- Plan change-type, fingerprint a23e93e54fa8
-- Phase expand. For review; `plan advance change-type --phase expand` runs it.

-- expand.1: try last_name on all rows of users
--   why   read-only, before anything is changed: what no value can be made of is counted and named now
--   lock  SHARED READ metadata lock on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
-- prepare
-- DROP TEMPORARY TABLE IF EXISTS `app`.`plan_tried_3a9b2c84c8`;
-- prepare.1
-- CREATE TEMPORARY TABLE `app`.`plan_tried_3a9b2c84c8` (plan_n bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, v0 varchar(40) NULL) ENGINE=InnoDB;
-- grant
-- GRANT CREATE TEMPORARY TABLES ON `app`.* TO this user;
-- finish
-- DROP TEMPORARY TABLE IF EXISTS `app`.`plan_tried_3a9b2c84c8`;
-- end
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) ORDER BY `app`.`users`.`id` DESC LIMIT 1;
-- boundary_first
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($2 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT $1, 1;
-- boundary
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($2 AS SIGNED) AND `id` > CAST($3 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT $1, 1;
-- try_0_first
-- DELETE FROM `app`.`plan_tried_3a9b2c84c8`;
-- try_0_first.1
-- INSERT INTO `app`.`plan_tried_3a9b2c84c8` (v0) SELECT (`last_name`) FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED);
-- try_0_first.2
-- SELECT COUNT(*) AS `all`, COUNT(v0) AS made FROM `app`.`plan_tried_3a9b2c84c8`;
-- try_0
-- DELETE FROM `app`.`plan_tried_3a9b2c84c8`;
-- try_0.1
-- INSERT INTO `app`.`plan_tried_3a9b2c84c8` (v0) SELECT (`last_name`) FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- try_0.2
-- SELECT COUNT(*) AS `all`, COUNT(v0) AS made FROM `app`.`plan_tried_3a9b2c84c8`;
-- empty_0
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` WHERE (`last_name`) IS NULL LIMIT $1;
-- look_empty_0
-- SELECT * FROM `app`.`users` WHERE (`last_name`) IS NULL;

-- expand.2: add users.plan_new_last_name_6cf367c793; lend plan_drop_last_name_66936aef44 to the triggers of users; keep both shapes of users in step by a trigger; set the default of users.plan_new_last_name_6cf367c793; take plan_drop_last_name_66936aef44 away again
--   why   nullable and without default, so only the catalogue changes and old code does not notice; the triggers know both orders of the names, and the server creates none that names a column which is not there: the empty column goes again in this step; from the first moment the new column exists, whatever one version writes the other one reads; it applies to new rows; no row is touched; the triggers are there, and ask for each row which of the names its table has
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ADD COLUMN `plan_new_last_name_6cf367c793` varchar(40) COLLATE utf8mb4_general_ci NULL COMMENT 'as in the passport', ALGORITHM=INSTANT, LOCK=DEFAULT;
ALTER TABLE `app`.`users` ADD COLUMN `plan_drop_last_name_66936aef44` varchar(80) NULL /*!80023 INVISIBLE */, ALGORITHM=INSTANT, LOCK=DEFAULT;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_ddb55a4071_upd` BEFORE UPDATE ON `app`.`users` FOR EACH ROW BEGIN /* plan afe6c4a0c69b7fb4514972517384109a */
  IF NOT (@plan_backfill <=> 'zz_plan_sync_users_ddb55a4071') THEN
    BEGIN
      DECLARE plan_swapped BOOLEAN DEFAULT FALSE;
      BEGIN
        DECLARE EXIT HANDLER FOR 1054 SET plan_swapped = TRUE;
        DO NEW.`plan_new_last_name_6cf367c793`;
      END;
      IF plan_swapped THEN
        IF NOT (CONVERT(NEW.`last_name` USING binary) <=> CONVERT(OLD.`last_name` USING binary)) THEN
          IF NOT (CONVERT(NEW.`plan_drop_last_name_66936aef44` USING binary) <=> CONVERT(OLD.`plan_drop_last_name_66936aef44` USING binary)) THEN
            IF NOT ((CONVERT(CONVERT(NEW.`last_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(NEW.`plan_drop_last_name_66936aef44` USING utf8mb4) USING binary)) OR (CONVERT(CONVERT(NEW.`plan_drop_last_name_66936aef44` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(NEW.`last_name` USING utf8mb4) USING binary))) THEN
              SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'one statement wrote different values to two shapes of the same data: plan_drop_last_name_66936aef44, last_name';
            END IF;
          ELSE
            SET NEW.`plan_drop_last_name_66936aef44` = NEW.`last_name`;
          END IF;
        ELSEIF NOT (CONVERT(NEW.`plan_drop_last_name_66936aef44` USING binary) <=> CONVERT(OLD.`plan_drop_last_name_66936aef44` USING binary)) THEN
          SET NEW.`last_name` = NEW.`plan_drop_last_name_66936aef44`;
        END IF;
      ELSE
        IF NOT (CONVERT(NEW.`plan_new_last_name_6cf367c793` USING binary) <=> CONVERT(OLD.`plan_new_last_name_6cf367c793` USING binary)) THEN
          IF NOT (CONVERT(NEW.`last_name` USING binary) <=> CONVERT(OLD.`last_name` USING binary)) THEN
            IF NOT ((CONVERT(CONVERT(NEW.`plan_new_last_name_6cf367c793` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(NEW.`last_name` USING utf8mb4) USING binary)) OR (CONVERT(CONVERT(NEW.`last_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(NEW.`plan_new_last_name_6cf367c793` USING utf8mb4) USING binary))) THEN
              SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'one statement wrote different values to two shapes of the same data: last_name, plan_new_last_name_6cf367c793';
            END IF;
          ELSE
            SET NEW.`last_name` = NEW.`plan_new_last_name_6cf367c793`;
          END IF;
        ELSEIF NOT (CONVERT(NEW.`last_name` USING binary) <=> CONVERT(OLD.`last_name` USING binary)) THEN
          SET NEW.`plan_new_last_name_6cf367c793` = NEW.`last_name`;
        END IF;
      END IF;
    END;
  END IF;
END;;
DELIMITER ;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_ddb55a4071_ins` BEFORE INSERT ON `app`.`users` FOR EACH ROW BEGIN /* plan 2c5ec94c1366edb2b93f892e1bc8232f */
  IF NOT (@plan_backfill <=> 'zz_plan_sync_users_ddb55a4071') THEN
    BEGIN
      DECLARE plan_swapped BOOLEAN DEFAULT FALSE;
      BEGIN
        DECLARE EXIT HANDLER FOR 1054 SET plan_swapped = TRUE;
        DO NEW.`plan_new_last_name_6cf367c793`;
      END;
      IF plan_swapped THEN
        IF (NEW.`last_name` IS NULL OR CONVERT(CONVERT(NEW.`last_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(('unknown') USING utf8mb4) USING binary)) THEN
          SET NEW.`last_name` = NEW.`plan_drop_last_name_66936aef44`;
        ELSEIF (NEW.`plan_drop_last_name_66936aef44` IS NULL OR CONVERT(CONVERT(NEW.`plan_drop_last_name_66936aef44` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(('unknown') USING utf8mb4) USING binary)) THEN
          SET NEW.`plan_drop_last_name_66936aef44` = NEW.`last_name`;
        ELSEIF NOT ((CONVERT(CONVERT(NEW.`last_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(NEW.`plan_drop_last_name_66936aef44` USING utf8mb4) USING binary)) OR (CONVERT(CONVERT(NEW.`plan_drop_last_name_66936aef44` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(NEW.`last_name` USING utf8mb4) USING binary))) THEN
          SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'one statement wrote different values to two shapes of the same data: plan_drop_last_name_66936aef44, last_name';
        END IF;
      ELSE
        IF (NEW.`plan_new_last_name_6cf367c793` IS NULL OR CONVERT(CONVERT(NEW.`plan_new_last_name_6cf367c793` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(('unknown') USING utf8mb4) USING binary)) THEN
          SET NEW.`plan_new_last_name_6cf367c793` = NEW.`last_name`;
        ELSEIF (NEW.`last_name` IS NULL OR CONVERT(CONVERT(NEW.`last_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(('unknown') USING utf8mb4) USING binary)) THEN
          SET NEW.`last_name` = NEW.`plan_new_last_name_6cf367c793`;
        ELSEIF NOT ((CONVERT(CONVERT(NEW.`plan_new_last_name_6cf367c793` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(NEW.`last_name` USING utf8mb4) USING binary)) OR (CONVERT(CONVERT(NEW.`last_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(NEW.`plan_new_last_name_6cf367c793` USING utf8mb4) USING binary))) THEN
          SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'one statement wrote different values to two shapes of the same data: last_name, plan_new_last_name_6cf367c793';
        END IF;
      END IF;
    END;
  END IF;
END;;
DELIMITER ;
ALTER TABLE `app`.`users` ALTER COLUMN `plan_new_last_name_6cf367c793` SET DEFAULT 'unknown', ALGORITHM=INSTANT, LOCK=DEFAULT;
ALTER TABLE `app`.`users` DROP COLUMN `plan_drop_last_name_66936aef44`, ALGORITHM=INSTANT, LOCK=DEFAULT;

======== backfill.sql
-- Plan change-type, fingerprint a23e93e54fa8
-- Phase backfill. For review; `plan advance change-type --phase backfill` runs it.

-- backfill.1: fill plan_new_last_name_6cf367c793 of users, batch by batch
--   why   one pass along the key; only rows that nobody has filled yet are written, each batch with its ledger row
--   lock  row locks on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- mark
SET @plan_backfill = 'zz_plan_sync_users_ddb55a4071';
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
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `plan_new_last_name_6cf367c793` = (`last_name`), `changed_at` = `changed_at` WHERE (`plan_new_last_name_6cf367c793` IS NULL AND (`last_name` IS NOT NULL)) AND `id` <= CAST($1 AS SIGNED);
-- batch
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `plan_new_last_name_6cf367c793` = (`last_name`), `changed_at` = `changed_at` WHERE (`plan_new_last_name_6cf367c793` IS NULL AND (`last_name` IS NOT NULL)) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- triggers
SELECT TRIGGER_NAME AS name, '' AS `function`, ACTION_TIMING = 'BEFORE' AS early FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND EVENT_MANIPULATION = 'UPDATE' AND LEFT(TRIGGER_NAME, 13) <> 'zz_plan_sync_' ORDER BY ACTION_ORDER;
-- before_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`plan_new_last_name_6cf367c793` IS NULL AND (`last_name` IS NOT NULL)) AND ((`last_name`) IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE ((`plan_new_last_name_6cf367c793` IS NULL AND (`last_name` IS NOT NULL))) AND `id` <= CAST($1 AS SIGNED);
-- before
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`plan_new_last_name_6cf367c793` IS NULL AND (`last_name` IS NOT NULL)) AND ((`last_name`) IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE ((`plan_new_last_name_6cf367c793` IS NULL AND (`last_name` IS NOT NULL))) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- after_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`plan_new_last_name_6cf367c793` IS NULL AND (`last_name` IS NOT NULL)) AND ((`last_name`) IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED);
-- after
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`plan_new_last_name_6cf367c793` IS NULL AND (`last_name` IS NOT NULL)) AND ((`last_name`) IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- remaining
SELECT EXISTS (SELECT 1 FROM `app`.`users` WHERE (((`plan_new_last_name_6cf367c793` IS NULL AND (`last_name` IS NOT NULL)) AND ((`last_name`) IS NOT NULL)))) AS remaining;
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
  SET @plan_backfill = 'zz_plan_sync_users_ddb55a4071';
  SELECT k0 INTO plan_last_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) ORDER BY `app`.`users`.`id` DESC LIMIT 1) AS found;
  plan_batches: WHILE plan_last_k0 IS NOT NULL DO
    SET plan_to_k0 = NULL;
    START TRANSACTION;
    IF plan_here_k0 IS NULL THEN
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `plan_new_last_name_6cf367c793` = (`last_name`), `changed_at` = `changed_at` WHERE (`plan_new_last_name_6cf367c793` IS NULL AND (`last_name` IS NOT NULL)) AND `id` <= CAST(plan_to_k0 AS SIGNED);
    ELSE
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `plan_new_last_name_6cf367c793` = (`last_name`), `changed_at` = `changed_at` WHERE (`plan_new_last_name_6cf367c793` IS NULL AND (`last_name` IS NOT NULL)) AND `id` <= CAST(plan_to_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED);
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
-- Plan change-type, fingerprint a23e93e54fa8
-- Phase enforce. For review; `plan advance change-type --phase enforce` runs it.

-- enforce.1: build index by_name_cdb0a2eec6
--   why   beside running writes to users, and after the backfill, so that batches stay cheap
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes one index build on app.users
ALTER TABLE `app`.`users` ADD KEY `by_name_cdb0a2eec6` (`plan_new_last_name_6cf367c793`,`email`), ALGORITHM=INPLACE, LOCK=NONE;

-- enforce.2: make users.plan_new_last_name_6cf367c793 NOT NULL
--   why   the server writes the table anew while reads and writes go on; it refuses when a value is missing
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes one rewrite of app.users
ALTER TABLE `app`.`users` MODIFY COLUMN `plan_new_last_name_6cf367c793` varchar(40) COLLATE utf8mb4_general_ci NOT NULL DEFAULT 'unknown' COMMENT 'as in the passport', ALGORITHM=INPLACE, LOCK=NONE;

======== verify.sql
-- Plan change-type, fingerprint a23e93e54fa8
-- Phase verify. For review; `plan advance change-type --phase verify` runs it.

-- verify.1: prove last_name-agrees-with-its-new-form on all rows of users
--   why   one scan for all of them; one row that breaks a rule stops the plan
--   lock  SHARED READ metadata lock on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
-- count
SELECT COUNT(*) AS checked, COALESCE(SUM(NOT ((CONVERT(CONVERT(`plan_new_last_name_6cf367c793` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((`last_name`) USING utf8mb4) USING binary)) OR (CONVERT(CONVERT(`last_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((`plan_new_last_name_6cf367c793`) USING utf8mb4) USING binary)))), 0) AS v0 FROM `app`.`users`;
-- sample_0
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` WHERE NOT ((CONVERT(CONVERT(`plan_new_last_name_6cf367c793` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((`last_name`) USING utf8mb4) USING binary)) OR (CONVERT(CONVERT(`last_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((`plan_new_last_name_6cf367c793`) USING utf8mb4) USING binary))) LIMIT $1;

-- verify.2: prove that users has its sync, indexes and constraints
--   why   an invalid index or a disabled trigger would show only later
--   lock  SHARED READ metadata lock on app.users, a moment; only other schema changes wait
--   takes a moment
-- check
SELECT 'the sync trigger zz_plan_sync_users_ddb55a4071_ins is there and unchanged' AS what, EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND TRIGGER_NAME = 'zz_plan_sync_users_ddb55a4071_ins' AND LOCATE('/* plan 2c5ec94c1366edb2b93f892e1bc8232f */', ACTION_STATEMENT) > 0) AS holds UNION ALL SELECT 'the sync trigger zz_plan_sync_users_ddb55a4071_upd is there and unchanged' AS what, EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND TRIGGER_NAME = 'zz_plan_sync_users_ddb55a4071_upd' AND LOCATE('/* plan afe6c4a0c69b7fb4514972517384109a */', ACTION_STATEMENT) > 0) AS holds UNION ALL SELECT 'no BEFORE INSERT trigger runs after zz_plan_sync_users_ddb55a4071_ins (make one that does again, with PRECEDES zz_plan_sync_users_ddb55a4071_ins)' AS what, NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS a JOIN information_schema.TRIGGERS b ON b.EVENT_OBJECT_SCHEMA = a.EVENT_OBJECT_SCHEMA AND b.EVENT_OBJECT_TABLE = a.EVENT_OBJECT_TABLE AND b.EVENT_MANIPULATION = a.EVENT_MANIPULATION AND b.ACTION_TIMING = a.ACTION_TIMING WHERE a.EVENT_OBJECT_SCHEMA = 'app' AND a.EVENT_OBJECT_TABLE = 'users' AND a.EVENT_MANIPULATION = 'INSERT' AND a.ACTION_TIMING = 'BEFORE' AND LEFT(a.TRIGGER_NAME, 13) <> 'zz_plan_sync_' AND b.TRIGGER_NAME = 'zz_plan_sync_users_ddb55a4071_ins' AND a.ACTION_ORDER > b.ACTION_ORDER) AS holds UNION ALL SELECT 'no BEFORE UPDATE trigger runs after zz_plan_sync_users_ddb55a4071_upd (make one that does again, with PRECEDES zz_plan_sync_users_ddb55a4071_upd)' AS what, NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS a JOIN information_schema.TRIGGERS b ON b.EVENT_OBJECT_SCHEMA = a.EVENT_OBJECT_SCHEMA AND b.EVENT_OBJECT_TABLE = a.EVENT_OBJECT_TABLE AND b.EVENT_MANIPULATION = a.EVENT_MANIPULATION AND b.ACTION_TIMING = a.ACTION_TIMING WHERE a.EVENT_OBJECT_SCHEMA = 'app' AND a.EVENT_OBJECT_TABLE = 'users' AND a.EVENT_MANIPULATION = 'UPDATE' AND a.ACTION_TIMING = 'BEFORE' AND LEFT(a.TRIGGER_NAME, 13) <> 'zz_plan_sync_' AND b.TRIGGER_NAME = 'zz_plan_sync_users_ddb55a4071_upd' AND a.ACTION_ORDER > b.ACTION_ORDER) AS holds UNION ALL SELECT 'index by_name_cdb0a2eec6 is there' AS what, EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND INDEX_NAME = 'by_name_cdb0a2eec6') AS holds UNION ALL SELECT 'plan_new_last_name_6cf367c793 is NOT NULL' AS what, EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'plan_new_last_name_6cf367c793' AND IS_NULLABLE = 'NO') AS holds;

======== contract.sql
-- Plan change-type, fingerprint a23e93e54fa8
-- Phase contract. For review; `plan advance change-type --phase contract` runs it.

-- contract.1: swap: plan_new_last_name_6cf367c793 becomes users.last_name
--   why   both names change in the same moment, so every statement finds one of the two columns there; changing them back undoes it
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` RENAME COLUMN `last_name` TO `plan_drop_last_name_66936aef44`, RENAME COLUMN `plan_new_last_name_6cf367c793` TO `last_name`, ALGORITHM=INPLACE, LOCK=NONE;

-- contract.2: drop index by_name; remove the sync trigger of users; drop users.plan_drop_last_name_66936aef44; index by_name gets its name
--   why   dropping its column would only take the column out of it; only one shape is left to write; the point of no return; without CASCADE, so anything that still depends on it stops this; the old index went with its column
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
ALTER TABLE `app`.`users` DROP INDEX `by_name`, ALGORITHM=INPLACE, LOCK=NONE;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_ddb55a4071_ins`;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_ddb55a4071_upd`;
ALTER TABLE `app`.`users` DROP COLUMN `plan_drop_last_name_66936aef44`, ALGORITHM=INSTANT, LOCK=DEFAULT;
ALTER TABLE `app`.`users` RENAME INDEX `by_name_cdb0a2eec6` TO `by_name`, ALGORITHM=INPLACE, LOCK=NONE;

======== undo.sql
-- Plan change-type, fingerprint a23e93e54fa8
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback change-type` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.2 cannot be undone: this file is of no use after it.

-- undo of contract.1: swap: plan_new_last_name_6cf367c793 becomes users.last_name
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'plan_drop_last_name_66936aef44') AS done) AS found), 'ALTER TABLE `app`.`users` RENAME COLUMN `last_name` TO `plan_new_last_name_6cf367c793`, RENAME COLUMN `plan_drop_last_name_66936aef44` TO `last_name`, ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of enforce.2: make users.plan_new_last_name_6cf367c793 NOT NULL
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'plan_new_last_name_6cf367c793' AND IS_NULLABLE = 'NO') AS done) AS found), 'ALTER TABLE `app`.`users` MODIFY COLUMN `plan_new_last_name_6cf367c793` varchar(40) COLLATE utf8mb4_general_ci NULL DEFAULT ''unknown'' COMMENT ''as in the passport'', ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of enforce.1: build index by_name_cdb0a2eec6
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND INDEX_NAME = 'by_name_cdb0a2eec6') AS done) AS found), 'ALTER TABLE `app`.`users` DROP INDEX `by_name_cdb0a2eec6`, ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of expand.2: add users.plan_new_last_name_6cf367c793; lend plan_drop_last_name_66936aef44 to the triggers of users; keep both shapes of users in step by a trigger; set the default of users.plan_new_last_name_6cf367c793; take plan_drop_last_name_66936aef44 away again
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'plan_new_last_name_6cf367c793' AND (COLUMN_DEFAULT IS NOT NULL AND COLUMN_DEFAULT <> 'NULL' OR EXTRA LIKE '%DEFAULT_GENERATED%')) AS done) AS found), 'ALTER TABLE `app`.`users` ALTER COLUMN `plan_new_last_name_6cf367c793` SET DEFAULT NULL, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_ddb55a4071_ins`;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_ddb55a4071_upd`;
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'plan_drop_last_name_66936aef44') AS done) AS found), 'ALTER TABLE `app`.`users` DROP COLUMN `plan_drop_last_name_66936aef44`, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'plan_new_last_name_6cf367c793') AS done) AS found), 'ALTER TABLE `app`.`users` DROP COLUMN `plan_new_last_name_6cf367c793`, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
