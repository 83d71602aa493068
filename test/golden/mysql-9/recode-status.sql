======== expand.sql
-- Plan recode-status, fingerprint 29de1c7efe6f
-- Phase expand. For review; `plan advance recode-status --phase expand` runs it.

-- expand.1: try state on all rows of users
--   why   read-only, before anything is changed: what no value can be made of is counted and named now
--   lock  SHARED READ metadata lock on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
-- prepare
-- DROP TEMPORARY TABLE IF EXISTS `app`.`plan_tried_3a9b2c84c8`;
-- prepare.1
-- CREATE TEMPORARY TABLE `app`.`plan_tried_3a9b2c84c8` (plan_n bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, v0 varchar(80) NULL) ENGINE=InnoDB;
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
-- INSERT INTO `app`.`plan_tried_3a9b2c84c8` (v0) SELECT (CASE CONVERT(CONVERT(`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(`status` USING utf8mb4) END) FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED);
-- try_0_first.2
-- SELECT COUNT(*) AS `all`, COUNT(v0) AS made FROM `app`.`plan_tried_3a9b2c84c8`;
-- try_0
-- DELETE FROM `app`.`plan_tried_3a9b2c84c8`;
-- try_0.1
-- INSERT INTO `app`.`plan_tried_3a9b2c84c8` (v0) SELECT (CASE CONVERT(CONVERT(`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(`status` USING utf8mb4) END) FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- try_0.2
-- SELECT COUNT(*) AS `all`, COUNT(v0) AS made FROM `app`.`plan_tried_3a9b2c84c8`;
-- empty_0
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` WHERE (CASE CONVERT(CONVERT(`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(`status` USING utf8mb4) END) IS NULL LIMIT $1;
-- look_empty_0
-- SELECT * FROM `app`.`users` WHERE (CASE CONVERT(CONVERT(`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(`status` USING utf8mb4) END) IS NULL;

-- expand.2: add users.state; keep both shapes of users in step by a trigger
--   why   nullable and without default, so only the catalogue changes and old code does not notice; from the first moment the new column exists, whatever one version writes the other one reads
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ADD COLUMN `state` varchar(80) COLLATE utf8mb4_general_ci NULL, ALGORITHM=INSTANT, LOCK=DEFAULT;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_329ab92f90_upd` BEFORE UPDATE ON `app`.`users` FOR EACH ROW BEGIN /* plan e523271231aa14d2cb622b69aedff1db */
  IF NOT (@plan_backfill <=> 'zz_plan_sync_users_329ab92f90') THEN
    IF NOT (CONVERT(NEW.`state` USING binary) <=> CONVERT(OLD.`state` USING binary)) THEN
      IF NOT (CONVERT(NEW.`status` USING binary) <=> CONVERT(OLD.`status` USING binary)) THEN
        IF NOT ((CONVERT(CONVERT(NEW.`state` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE CONVERT(CONVERT(NEW.`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(NEW.`status` USING utf8mb4) END) USING utf8mb4) USING binary)) OR (CONVERT(CONVERT(NEW.`status` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE CONVERT(CONVERT(NEW.`state` USING utf8mb4) USING binary) WHEN CONVERT('active' USING binary) THEN 'a' WHEN CONVERT('blocked' USING binary) THEN 'b' WHEN CONVERT('deleted' USING binary) THEN 'd' ELSE CONVERT(NEW.`state` USING utf8mb4) END) USING utf8mb4) USING binary))) THEN
          SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'one statement wrote different values to two shapes of the same data: status, state';
        END IF;
      ELSE
        SET NEW.`status` = (CASE CONVERT(CONVERT(NEW.`state` USING utf8mb4) USING binary) WHEN CONVERT('active' USING binary) THEN 'a' WHEN CONVERT('blocked' USING binary) THEN 'b' WHEN CONVERT('deleted' USING binary) THEN 'd' ELSE CONVERT(NEW.`state` USING utf8mb4) END);
      END IF;
    ELSEIF NOT (CONVERT(NEW.`status` USING binary) <=> CONVERT(OLD.`status` USING binary)) THEN
      SET NEW.`state` = (CASE CONVERT(CONVERT(NEW.`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(NEW.`status` USING utf8mb4) END);
    END IF;
  END IF;
END;;
DELIMITER ;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_329ab92f90_ins` BEFORE INSERT ON `app`.`users` FOR EACH ROW BEGIN /* plan 58d3b95be7b49915959be787a6091e87 */
  IF NOT (@plan_backfill <=> 'zz_plan_sync_users_329ab92f90') THEN
    IF NEW.`state` IS NULL THEN
      SET NEW.`state` = (CASE CONVERT(CONVERT(NEW.`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(NEW.`status` USING utf8mb4) END);
    ELSEIF (NEW.`status` IS NULL OR CONVERT(CONVERT(NEW.`status` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(('') USING utf8mb4) USING binary)) THEN
      SET NEW.`status` = (CASE CONVERT(CONVERT(NEW.`state` USING utf8mb4) USING binary) WHEN CONVERT('active' USING binary) THEN 'a' WHEN CONVERT('blocked' USING binary) THEN 'b' WHEN CONVERT('deleted' USING binary) THEN 'd' ELSE CONVERT(NEW.`state` USING utf8mb4) END);
    ELSEIF NOT ((CONVERT(CONVERT(NEW.`state` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE CONVERT(CONVERT(NEW.`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(NEW.`status` USING utf8mb4) END) USING utf8mb4) USING binary)) OR (CONVERT(CONVERT(NEW.`status` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE CONVERT(CONVERT(NEW.`state` USING utf8mb4) USING binary) WHEN CONVERT('active' USING binary) THEN 'a' WHEN CONVERT('blocked' USING binary) THEN 'b' WHEN CONVERT('deleted' USING binary) THEN 'd' ELSE CONVERT(NEW.`state` USING utf8mb4) END) USING utf8mb4) USING binary))) THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'one statement wrote different values to two shapes of the same data: status, state';
    END IF;
  END IF;
END;;
DELIMITER ;
-- must work first: SELECT (CASE CONVERT(CONVERT(`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(`status` USING utf8mb4) END), (CASE CONVERT(CONVERT(`state` USING utf8mb4) USING binary) WHEN CONVERT('active' USING binary) THEN 'a' WHEN CONVERT('blocked' USING binary) THEN 'b' WHEN CONVERT('deleted' USING binary) THEN 'd' ELSE CONVERT(`state` USING utf8mb4) END) FROM `app`.`users` LIMIT 0;

======== backfill.sql
-- Plan recode-status, fingerprint 29de1c7efe6f
-- Phase backfill. For review; `plan advance recode-status --phase backfill` runs it.

-- backfill.1: fill state of users, batch by batch
--   why   one pass along the key; only rows that nobody has filled yet are written, each batch with its ledger row
--   lock  row locks on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- mark
SET @plan_backfill = 'zz_plan_sync_users_329ab92f90';
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
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `state` = (CASE CONVERT(CONVERT(`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(`status` USING utf8mb4) END), `changed_at` = `changed_at` WHERE (`state` IS NULL AND (`status` IS NOT NULL)) AND `id` <= CAST($1 AS SIGNED);
-- batch
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `state` = (CASE CONVERT(CONVERT(`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(`status` USING utf8mb4) END), `changed_at` = `changed_at` WHERE (`state` IS NULL AND (`status` IS NOT NULL)) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- triggers
SELECT TRIGGER_NAME AS name, '' AS `function`, ACTION_TIMING = 'BEFORE' AS early FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND EVENT_MANIPULATION = 'UPDATE' AND LEFT(TRIGGER_NAME, 13) <> 'zz_plan_sync_' ORDER BY ACTION_ORDER;
-- before_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`status`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`state` IS NULL AND (`status` IS NOT NULL)) AND ((CASE CONVERT(CONVERT(`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(`status` USING utf8mb4) END) IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE ((`state` IS NULL AND (`status` IS NOT NULL))) AND `id` <= CAST($1 AS SIGNED);
-- before
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`status`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`state` IS NULL AND (`status` IS NOT NULL)) AND ((CASE CONVERT(CONVERT(`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(`status` USING utf8mb4) END) IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE ((`state` IS NULL AND (`status` IS NOT NULL))) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- after_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`status`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`state` IS NULL AND (`status` IS NOT NULL)) AND ((CASE CONVERT(CONVERT(`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(`status` USING utf8mb4) END) IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED);
-- after
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`status`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`state` IS NULL AND (`status` IS NOT NULL)) AND ((CASE CONVERT(CONVERT(`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(`status` USING utf8mb4) END) IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- remaining
SELECT EXISTS (SELECT 1 FROM `app`.`users` WHERE (((`state` IS NULL AND (`status` IS NOT NULL)) AND ((CASE CONVERT(CONVERT(`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(`status` USING utf8mb4) END) IS NOT NULL)))) AS remaining;
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
  SET @plan_backfill = 'zz_plan_sync_users_329ab92f90';
  SELECT k0 INTO plan_last_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) ORDER BY `app`.`users`.`id` DESC LIMIT 1) AS found;
  plan_batches: WHILE plan_last_k0 IS NOT NULL DO
    SET plan_to_k0 = NULL;
    START TRANSACTION;
    IF plan_here_k0 IS NULL THEN
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `state` = (CASE CONVERT(CONVERT(`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(`status` USING utf8mb4) END), `changed_at` = `changed_at` WHERE (`state` IS NULL AND (`status` IS NOT NULL)) AND `id` <= CAST(plan_to_k0 AS SIGNED);
    ELSE
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `state` = (CASE CONVERT(CONVERT(`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(`status` USING utf8mb4) END), `changed_at` = `changed_at` WHERE (`state` IS NULL AND (`status` IS NOT NULL)) AND `id` <= CAST(plan_to_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED);
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
-- Plan recode-status, fingerprint 29de1c7efe6f
-- Phase enforce. For review; `plan advance recode-status --phase enforce` runs it.

-- enforce.1: make users.state NOT NULL
--   why   the server writes the table anew while reads and writes go on; it refuses when a value is missing
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes one rewrite of app.users
ALTER TABLE `app`.`users` MODIFY COLUMN `state` varchar(80) COLLATE utf8mb4_general_ci NOT NULL, ALGORITHM=INPLACE, LOCK=NONE;

======== verify.sql
-- Plan recode-status, fingerprint 29de1c7efe6f
-- Phase verify. For review; `plan advance recode-status --phase verify` runs it.

-- verify.1: prove status-agrees-with-state on all rows of users
--   why   one scan for all of them; one row that breaks a rule stops the plan
--   lock  SHARED READ metadata lock on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
-- count
SELECT COUNT(*) AS checked, COALESCE(SUM(NOT ((CONVERT(CONVERT(`state` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE CONVERT(CONVERT(`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(`status` USING utf8mb4) END) USING utf8mb4) USING binary)) OR (CONVERT(CONVERT(`status` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE CONVERT(CONVERT(`state` USING utf8mb4) USING binary) WHEN CONVERT('active' USING binary) THEN 'a' WHEN CONVERT('blocked' USING binary) THEN 'b' WHEN CONVERT('deleted' USING binary) THEN 'd' ELSE CONVERT(`state` USING utf8mb4) END) USING utf8mb4) USING binary)))), 0) AS v0 FROM `app`.`users`;
-- sample_0
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` WHERE NOT ((CONVERT(CONVERT(`state` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE CONVERT(CONVERT(`status` USING utf8mb4) USING binary) WHEN CONVERT('a' USING binary) THEN 'active' WHEN CONVERT('b' USING binary) THEN 'blocked' WHEN CONVERT('d' USING binary) THEN 'deleted' ELSE CONVERT(`status` USING utf8mb4) END) USING utf8mb4) USING binary)) OR (CONVERT(CONVERT(`status` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((CASE CONVERT(CONVERT(`state` USING utf8mb4) USING binary) WHEN CONVERT('active' USING binary) THEN 'a' WHEN CONVERT('blocked' USING binary) THEN 'b' WHEN CONVERT('deleted' USING binary) THEN 'd' ELSE CONVERT(`state` USING utf8mb4) END) USING utf8mb4) USING binary))) LIMIT $1;

-- verify.2: prove that users has its sync, indexes and constraints
--   why   an invalid index or a disabled trigger would show only later
--   lock  SHARED READ metadata lock on app.users, a moment; only other schema changes wait
--   takes a moment
-- check
SELECT 'the sync trigger zz_plan_sync_users_329ab92f90_ins is there and unchanged' AS what, EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND TRIGGER_NAME = 'zz_plan_sync_users_329ab92f90_ins' AND LOCATE('/* plan 58d3b95be7b49915959be787a6091e87 */', ACTION_STATEMENT) > 0) AS holds UNION ALL SELECT 'the sync trigger zz_plan_sync_users_329ab92f90_upd is there and unchanged' AS what, EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND TRIGGER_NAME = 'zz_plan_sync_users_329ab92f90_upd' AND LOCATE('/* plan e523271231aa14d2cb622b69aedff1db */', ACTION_STATEMENT) > 0) AS holds UNION ALL SELECT 'no BEFORE INSERT trigger runs after zz_plan_sync_users_329ab92f90_ins (make one that does again, with PRECEDES zz_plan_sync_users_329ab92f90_ins)' AS what, NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS a JOIN information_schema.TRIGGERS b ON b.EVENT_OBJECT_SCHEMA = a.EVENT_OBJECT_SCHEMA AND b.EVENT_OBJECT_TABLE = a.EVENT_OBJECT_TABLE AND b.EVENT_MANIPULATION = a.EVENT_MANIPULATION AND b.ACTION_TIMING = a.ACTION_TIMING WHERE a.EVENT_OBJECT_SCHEMA = 'app' AND a.EVENT_OBJECT_TABLE = 'users' AND a.EVENT_MANIPULATION = 'INSERT' AND a.ACTION_TIMING = 'BEFORE' AND LEFT(a.TRIGGER_NAME, 13) <> 'zz_plan_sync_' AND b.TRIGGER_NAME = 'zz_plan_sync_users_329ab92f90_ins' AND a.ACTION_ORDER > b.ACTION_ORDER) AS holds UNION ALL SELECT 'no BEFORE UPDATE trigger runs after zz_plan_sync_users_329ab92f90_upd (make one that does again, with PRECEDES zz_plan_sync_users_329ab92f90_upd)' AS what, NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS a JOIN information_schema.TRIGGERS b ON b.EVENT_OBJECT_SCHEMA = a.EVENT_OBJECT_SCHEMA AND b.EVENT_OBJECT_TABLE = a.EVENT_OBJECT_TABLE AND b.EVENT_MANIPULATION = a.EVENT_MANIPULATION AND b.ACTION_TIMING = a.ACTION_TIMING WHERE a.EVENT_OBJECT_SCHEMA = 'app' AND a.EVENT_OBJECT_TABLE = 'users' AND a.EVENT_MANIPULATION = 'UPDATE' AND a.ACTION_TIMING = 'BEFORE' AND LEFT(a.TRIGGER_NAME, 13) <> 'zz_plan_sync_' AND b.TRIGGER_NAME = 'zz_plan_sync_users_329ab92f90_upd' AND a.ACTION_ORDER > b.ACTION_ORDER) AS holds UNION ALL SELECT 'state is NOT NULL' AS what, EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'state' AND IS_NULLABLE = 'NO') AS holds UNION ALL SELECT CONVERT(CONCAT('a right on status is missing on state: GRANT ', o.PRIVILEGE_TYPE, ' (`state`) ON `app`.`users` TO ', QUOTE(SUBSTRING(o.GRANTEE, 2, CHAR_LENGTH(o.GRANTEE) - CHAR_LENGTH(o.host) - 3)), '@', o.host) USING utf8mb4) COLLATE utf8mb4_bin AS what, FALSE AS holds FROM (SELECT GRANTEE, PRIVILEGE_TYPE, SUBSTRING_INDEX(GRANTEE, '@', -1) AS host FROM information_schema.COLUMN_PRIVILEGES WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'status') o WHERE NOT EXISTS (SELECT 1 FROM information_schema.COLUMN_PRIVILEGES n WHERE n.TABLE_SCHEMA = 'app' AND n.TABLE_NAME = 'users' AND n.COLUMN_NAME = 'state' AND n.PRIVILEGE_TYPE = o.PRIVILEGE_TYPE AND CONVERT(n.GRANTEE USING utf8mb4) COLLATE utf8mb4_bin = CONVERT(o.GRANTEE USING utf8mb4) COLLATE utf8mb4_bin);

======== contract.sql
-- Plan recode-status, fingerprint 29de1c7efe6f
-- Phase contract. For review; `plan advance recode-status --phase contract` runs it.

-- contract.1: give users.status a temporary default; retire users.status: make it invisible
--   why   once the sync is gone, rows that leave it out must not be refused until it is dropped; statements that read it from SELECT * or write it by its position fail now, while one statement still undoes it
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ALTER COLUMN `status` SET DEFAULT '', ALGORITHM=INSTANT, LOCK=DEFAULT;
ALTER TABLE `app`.`users` ALTER COLUMN `status` SET INVISIBLE, ALGORITHM=INSTANT, LOCK=DEFAULT;

-- contract.2: remove the sync trigger of users; drop users.status
--   why   only one shape is left to write; the point of no return; without CASCADE, so anything that still depends on it stops this
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_329ab92f90_ins`;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_329ab92f90_upd`;
ALTER TABLE `app`.`users` DROP COLUMN `status`, ALGORITHM=INSTANT, LOCK=DEFAULT;

======== undo.sql
-- Plan recode-status, fingerprint 29de1c7efe6f
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback recode-status` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.2 cannot be undone: this file is of no use after it.

-- undo of contract.1: give users.status a temporary default; retire users.status: make it invisible
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'status' AND EXTRA LIKE '%INVISIBLE%') AS done) AS found), 'ALTER TABLE `app`.`users` ALTER COLUMN `status` SET VISIBLE, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'status' AND (COLUMN_DEFAULT IS NOT NULL AND COLUMN_DEFAULT <> 'NULL' OR EXTRA LIKE '%DEFAULT_GENERATED%')) AS done) AS found), 'ALTER TABLE `app`.`users` ALTER COLUMN `status` DROP DEFAULT, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of enforce.1: make users.state NOT NULL
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'state' AND IS_NULLABLE = 'NO') AS done) AS found), 'ALTER TABLE `app`.`users` MODIFY COLUMN `state` varchar(80) COLLATE utf8mb4_general_ci NULL, ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of expand.2: add users.state; keep both shapes of users in step by a trigger
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_329ab92f90_ins`;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_329ab92f90_upd`;
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'state') AS done) AS found), 'ALTER TABLE `app`.`users` DROP COLUMN `state`, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
