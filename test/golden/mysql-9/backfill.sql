======== expand.sql
-- Plan backfill, fingerprint 2fdb8538501f
-- Phase expand. For review; `plan advance backfill --phase expand` runs it.

-- expand.1: try full_name on all rows of users
--   why   read-only, before anything is changed: what no value can be made of is counted and named now
--   lock  SHARED READ metadata lock on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
-- prepare
-- DROP TEMPORARY TABLE IF EXISTS `app`.`plan_tried_3a9b2c84c8`;
-- prepare.1
-- CREATE TEMPORARY TABLE `app`.`plan_tried_3a9b2c84c8` (plan_n bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, v0 varchar(200) NULL) ENGINE=InnoDB;
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
-- INSERT INTO `app`.`plan_tried_3a9b2c84c8` (v0) SELECT (COALESCE(CONVERT(TRIM(`last_name`) USING utf8mb4), CONVERT(`email` USING utf8mb4))) FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE (full_name is null) AND `id` <= CAST($1 AS SIGNED);
-- try_0_first.2
-- SELECT COUNT(*) AS `all`, COUNT(v0) AS made FROM `app`.`plan_tried_3a9b2c84c8`;
-- try_0
-- DELETE FROM `app`.`plan_tried_3a9b2c84c8`;
-- try_0.1
-- INSERT INTO `app`.`plan_tried_3a9b2c84c8` (v0) SELECT (COALESCE(CONVERT(TRIM(`last_name`) USING utf8mb4), CONVERT(`email` USING utf8mb4))) FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE (full_name is null) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- try_0.2
-- SELECT COUNT(*) AS `all`, COUNT(v0) AS made FROM `app`.`plan_tried_3a9b2c84c8`;

======== backfill.sql
-- Plan backfill, fingerprint 2fdb8538501f
-- Phase backfill. For review; `plan advance backfill --phase backfill` runs it.

-- backfill.1: set full_name of those rows of users for which the condition holds, batch by batch
--   why   one pass along the key, each batch with its ledger row, so no row is written twice; rows that have the values already are left alone, and what a client writes behind the pass stays
--   lock  row locks on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- mark
SET @plan_backfill = 'zz_plan_sync_users_e2959dc6a3';
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
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `full_name` = (COALESCE(CONVERT(TRIM(`last_name`) USING utf8mb4), CONVERT(`email` USING utf8mb4))), `changed_at` = `changed_at` WHERE ((full_name is null) AND NOT ((CONVERT(CONVERT(`full_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((COALESCE(CONVERT(TRIM(`last_name`) USING utf8mb4), CONVERT(`email` USING utf8mb4))) USING utf8mb4) USING binary)))) AND `id` <= CAST($1 AS SIGNED);
-- batch
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `full_name` = (COALESCE(CONVERT(TRIM(`last_name`) USING utf8mb4), CONVERT(`email` USING utf8mb4))), `changed_at` = `changed_at` WHERE ((full_name is null) AND NOT ((CONVERT(CONVERT(`full_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((COALESCE(CONVERT(TRIM(`last_name`) USING utf8mb4), CONVERT(`email` USING utf8mb4))) USING utf8mb4) USING binary)))) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- triggers
SELECT TRIGGER_NAME AS name, '' AS `function`, ACTION_TIMING = 'BEFORE' AS early FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND EVENT_MANIPULATION = 'UPDATE' AND LEFT(TRIGGER_NAME, 13) <> 'zz_plan_sync_' ORDER BY ACTION_ORDER;
-- before_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((((full_name is null) AND NOT ((CONVERT(CONVERT(`full_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((COALESCE(CONVERT(TRIM(`last_name`) USING utf8mb4), CONVERT(`email` USING utf8mb4))) USING utf8mb4) USING binary)))) AND TRUE)) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE (((full_name is null) AND NOT ((CONVERT(CONVERT(`full_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((COALESCE(CONVERT(TRIM(`last_name`) USING utf8mb4), CONVERT(`email` USING utf8mb4))) USING utf8mb4) USING binary))))) AND `id` <= CAST($1 AS SIGNED);
-- before
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((((full_name is null) AND NOT ((CONVERT(CONVERT(`full_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((COALESCE(CONVERT(TRIM(`last_name`) USING utf8mb4), CONVERT(`email` USING utf8mb4))) USING utf8mb4) USING binary)))) AND TRUE)) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE (((full_name is null) AND NOT ((CONVERT(CONVERT(`full_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((COALESCE(CONVERT(TRIM(`last_name`) USING utf8mb4), CONVERT(`email` USING utf8mb4))) USING utf8mb4) USING binary))))) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- after_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((((full_name is null) AND NOT ((CONVERT(CONVERT(`full_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((COALESCE(CONVERT(TRIM(`last_name`) USING utf8mb4), CONVERT(`email` USING utf8mb4))) USING utf8mb4) USING binary)))) AND TRUE)) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED);
-- after
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((((full_name is null) AND NOT ((CONVERT(CONVERT(`full_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((COALESCE(CONVERT(TRIM(`last_name`) USING utf8mb4), CONVERT(`email` USING utf8mb4))) USING utf8mb4) USING binary)))) AND TRUE)) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
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
  SET @plan_backfill = 'zz_plan_sync_users_e2959dc6a3';
  SELECT k0 INTO plan_last_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) ORDER BY `app`.`users`.`id` DESC LIMIT 1) AS found;
  plan_batches: WHILE plan_last_k0 IS NOT NULL DO
    SET plan_to_k0 = NULL;
    START TRANSACTION;
    IF plan_here_k0 IS NULL THEN
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `full_name` = (COALESCE(CONVERT(TRIM(`last_name`) USING utf8mb4), CONVERT(`email` USING utf8mb4))), `changed_at` = `changed_at` WHERE ((full_name is null) AND NOT ((CONVERT(CONVERT(`full_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((COALESCE(CONVERT(TRIM(`last_name`) USING utf8mb4), CONVERT(`email` USING utf8mb4))) USING utf8mb4) USING binary)))) AND `id` <= CAST(plan_to_k0 AS SIGNED);
    ELSE
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `full_name` = (COALESCE(CONVERT(TRIM(`last_name`) USING utf8mb4), CONVERT(`email` USING utf8mb4))), `changed_at` = `changed_at` WHERE ((full_name is null) AND NOT ((CONVERT(CONVERT(`full_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((COALESCE(CONVERT(TRIM(`last_name`) USING utf8mb4), CONVERT(`email` USING utf8mb4))) USING utf8mb4) USING binary)))) AND `id` <= CAST(plan_to_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED);
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

======== verify.sql
-- Plan backfill, fingerprint 2fdb8538501f
-- Phase verify. For review; `plan advance backfill --phase verify` runs it.

-- verify.1: prove full_name-set on all rows of users
--   why   one scan for all of them; one row that breaks a rule stops the plan
--   lock  SHARED READ metadata lock on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
-- count
SELECT COUNT(*) AS checked, COALESCE(SUM(COALESCE(((full_name is null) AND NOT ((CONVERT(CONVERT(`full_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((COALESCE(CONVERT(TRIM(`last_name`) USING utf8mb4), CONVERT(`email` USING utf8mb4))) USING utf8mb4) USING binary)))), FALSE)), 0) AS v0 FROM `app`.`users`;
-- sample_0
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` WHERE COALESCE(((full_name is null) AND NOT ((CONVERT(CONVERT(`full_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((COALESCE(CONVERT(TRIM(`last_name`) USING utf8mb4), CONVERT(`email` USING utf8mb4))) USING utf8mb4) USING binary)))), FALSE) LIMIT $1;

======== undo.sql
-- Plan backfill, fingerprint 2fdb8538501f
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback backfill` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
