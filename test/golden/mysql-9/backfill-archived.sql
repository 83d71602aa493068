======== expand.sql
-- Plan backfill-archived, fingerprint 176d71c71303
-- Phase expand. For review; `plan advance backfill-archived --phase expand` runs it.

-- expand.1: try email on all rows of users
--   why   read-only, before anything is changed: what no value can be made of is counted and named now
--   lock  SHARED READ metadata lock on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
-- prepare
-- DROP TEMPORARY TABLE IF EXISTS `app`.`plan_tried_3a9b2c84c8`;
-- prepare.1
-- CREATE TEMPORARY TABLE `app`.`plan_tried_3a9b2c84c8` (plan_n bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, v0 varchar(100) NULL) ENGINE=InnoDB;
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
-- INSERT INTO `app`.`plan_tried_3a9b2c84c8` (v0) SELECT (LOWER(`email`)) FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED);
-- try_0_first.2
-- SELECT COUNT(*) AS `all`, COUNT(v0) AS made FROM `app`.`plan_tried_3a9b2c84c8`;
-- try_0
-- DELETE FROM `app`.`plan_tried_3a9b2c84c8`;
-- try_0.1
-- INSERT INTO `app`.`plan_tried_3a9b2c84c8` (v0) SELECT (LOWER(`email`)) FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- try_0.2
-- SELECT COUNT(*) AS `all`, COUNT(v0) AS made FROM `app`.`plan_tried_3a9b2c84c8`;
-- empty_0
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` WHERE (LOWER(`email`)) IS NULL LIMIT $1;
-- look_empty_0
-- SELECT * FROM `app`.`users` WHERE (LOWER(`email`)) IS NULL;

======== backfill.sql
-- Plan backfill-archived, fingerprint 176d71c71303
-- Phase backfill. For review; `plan advance backfill-archived --phase backfill` runs it.

-- backfill.1: create app.plan_archive_users_45ea0e1ff0 for old values of users
--   why   a table of the ledger with the key of each row: a rollback takes them from there
--   lock  none
--   takes a moment
CREATE TABLE `app`.`plan_archive_users_45ea0e1ff0` (`id` bigint NOT NULL, `email` varchar(100) COLLATE utf8mb4_general_ci NULL DEFAULT NULL, `plan_new_email_397c1631df` varchar(100) COLLATE utf8mb4_general_ci NULL DEFAULT NULL, PRIMARY KEY (`id`)) ENGINE=InnoDB;

-- backfill.2: set email of all rows of users, batch by batch
--   why   one pass along the key, each batch with its ledger row, so no row is written twice; what a row had before is kept in plan_archive_users_45ea0e1ff0 by the same transaction; what a client writes behind the pass stays
--   lock  row locks on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- mark
SET @plan_backfill = 'zz_plan_sync_users_41867ff9c5';
-- old_first
-- INSERT INTO `app`.`plan_archive_users_45ea0e1ff0` (`id`, `email`) SELECT `id`, `email` FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE (TRUE) AND `id` <= CAST($1 AS SIGNED) FOR UPDATE NOWAIT ON DUPLICATE KEY UPDATE `app`.`plan_archive_users_45ea0e1ff0`.`email` = `app`.`users`.`email`;
-- old
-- INSERT INTO `app`.`plan_archive_users_45ea0e1ff0` (`id`, `email`) SELECT `id`, `email` FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE (TRUE) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED) FOR UPDATE NOWAIT ON DUPLICATE KEY UPDATE `app`.`plan_archive_users_45ea0e1ff0`.`email` = `app`.`users`.`email`;
-- new_first
-- UPDATE `app`.`plan_archive_users_45ea0e1ff0` plan_kept JOIN (SELECT `id`, `email` FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED)) plan_row ON plan_kept.`id` = plan_row.`id` SET plan_kept.`plan_new_email_397c1631df` = plan_row.`email`;
-- new
-- UPDATE `app`.`plan_archive_users_45ea0e1ff0` plan_kept JOIN (SELECT `id`, `email` FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED)) plan_row ON plan_kept.`id` = plan_row.`id` SET plan_kept.`plan_new_email_397c1631df` = plan_row.`email`;
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
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `email` = (LOWER(`email`)), `changed_at` = `changed_at` WHERE TRUE AND EXISTS (SELECT 1 FROM `app`.`plan_archive_users_45ea0e1ff0` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) AND `id` <= CAST($1 AS SIGNED);
-- batch
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `email` = (LOWER(`email`)), `changed_at` = `changed_at` WHERE TRUE AND EXISTS (SELECT 1 FROM `app`.`plan_archive_users_45ea0e1ff0` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- triggers
SELECT TRIGGER_NAME AS name, '' AS `function`, ACTION_TIMING = 'BEFORE' AS early FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND EVENT_MANIPULATION = 'UPDATE' AND LEFT(TRIGGER_NAME, 13) <> 'zz_plan_sync_' ORDER BY ACTION_ORDER;
-- before_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((TRUE AND FALSE)) AND EXISTS (SELECT 1 FROM `app`.`plan_archive_users_45ea0e1ff0` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE (TRUE) AND EXISTS (SELECT 1 FROM `app`.`plan_archive_users_45ea0e1ff0` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) AND `id` <= CAST($1 AS SIGNED);
-- before
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((TRUE AND FALSE)) AND EXISTS (SELECT 1 FROM `app`.`plan_archive_users_45ea0e1ff0` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE (TRUE) AND EXISTS (SELECT 1 FROM `app`.`plan_archive_users_45ea0e1ff0` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- after_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((TRUE AND FALSE)) AND EXISTS (SELECT 1 FROM `app`.`plan_archive_users_45ea0e1ff0` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED);
-- after
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((TRUE AND FALSE)) AND EXISTS (SELECT 1 FROM `app`.`plan_archive_users_45ea0e1ff0` plan_kept WHERE plan_kept.`id` = `app`.`users`.`id`) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- remaining
SELECT FALSE AS remaining;
-- estimate
SELECT TABLE_ROWS AS `rows` FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users';

======== undo.sql
-- Plan backfill-archived, fingerprint 176d71c71303
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback backfill-archived` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of backfill.2: set email of all rows of users, batch by batch
-- end
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`plan_archive_users_45ea0e1ff0` ORDER BY `app`.`plan_archive_users_45ea0e1ff0`.`id` DESC LIMIT 1;
-- boundary_first
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`plan_archive_users_45ea0e1ff0` WHERE `id` <= CAST($2 AS SIGNED) ORDER BY `app`.`plan_archive_users_45ea0e1ff0`.`id` LIMIT $1, 1;
-- boundary
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`plan_archive_users_45ea0e1ff0` WHERE `id` <= CAST($2 AS SIGNED) AND `id` > CAST($3 AS SIGNED) ORDER BY `app`.`plan_archive_users_45ea0e1ff0`.`id` LIMIT $1, 1;
-- mark
-- SET @plan_backfill = NULL;
-- lock_first
-- SELECT COUNT(*) FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) FOR UPDATE NOWAIT;
-- lock
-- SELECT COUNT(*) FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED) FOR UPDATE NOWAIT;
-- undo_first
-- UPDATE `app`.`users` JOIN (SELECT * FROM `app`.`plan_archive_users_45ea0e1ff0` WHERE `id` <= CAST($1 AS SIGNED)) plan_kept ON plan_kept.`id` = `app`.`users`.`id` SET `app`.`users`.`email` = plan_kept.`email`, `app`.`users`.`changed_at` = `app`.`users`.`changed_at` WHERE CONVERT(plan_kept.`plan_new_email_397c1631df` USING binary) <=> CONVERT(`app`.`users`.`email` USING binary);
-- undo_first.1
-- DELETE FROM `app`.`plan_archive_users_45ea0e1ff0` WHERE `id` <= CAST($1 AS SIGNED);
-- undo
-- UPDATE `app`.`users` JOIN (SELECT * FROM `app`.`plan_archive_users_45ea0e1ff0` WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED)) plan_kept ON plan_kept.`id` = `app`.`users`.`id` SET `app`.`users`.`email` = plan_kept.`email`, `app`.`users`.`changed_at` = `app`.`users`.`changed_at` WHERE CONVERT(plan_kept.`plan_new_email_397c1631df` USING binary) <=> CONVERT(`app`.`users`.`email` USING binary);
-- undo.1
-- DELETE FROM `app`.`plan_archive_users_45ea0e1ff0` WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- The same by hand, in batches with a commit each. What stops it may be run again.
DROP PROCEDURE IF EXISTS plan_backfill;
DELIMITER ;;
CREATE PROCEDURE plan_backfill()
BEGIN
  DECLARE plan_rows bigint DEFAULT 1000;
  DECLARE plan_last_k0, plan_here_k0, plan_to_k0 longtext DEFAULT NULL;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  DECLARE CONTINUE HANDLER FOR 1146 BEGIN END;
  SET @plan_backfill = NULL;
  SELECT k0 INTO plan_last_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`plan_archive_users_45ea0e1ff0` ORDER BY `app`.`plan_archive_users_45ea0e1ff0`.`id` DESC LIMIT 1) AS found;
  plan_batches: WHILE plan_last_k0 IS NOT NULL DO
    SET plan_to_k0 = NULL;
    START TRANSACTION;
    IF plan_here_k0 IS NULL THEN
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`plan_archive_users_45ea0e1ff0` WHERE `id` <= CAST(plan_last_k0 AS SIGNED) ORDER BY `app`.`plan_archive_users_45ea0e1ff0`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` JOIN (SELECT * FROM `app`.`plan_archive_users_45ea0e1ff0` WHERE `id` <= CAST(plan_to_k0 AS SIGNED)) plan_kept ON plan_kept.`id` = `app`.`users`.`id` SET `app`.`users`.`email` = plan_kept.`email`, `app`.`users`.`changed_at` = `app`.`users`.`changed_at` WHERE CONVERT(plan_kept.`plan_new_email_397c1631df` USING binary) <=> CONVERT(`app`.`users`.`email` USING binary);
      DELETE FROM `app`.`plan_archive_users_45ea0e1ff0` WHERE `id` <= CAST(plan_to_k0 AS SIGNED);
    ELSE
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`plan_archive_users_45ea0e1ff0` WHERE `id` <= CAST(plan_last_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED) ORDER BY `app`.`plan_archive_users_45ea0e1ff0`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` JOIN (SELECT * FROM `app`.`plan_archive_users_45ea0e1ff0` WHERE `id` <= CAST(plan_to_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED)) plan_kept ON plan_kept.`id` = `app`.`users`.`id` SET `app`.`users`.`email` = plan_kept.`email`, `app`.`users`.`changed_at` = `app`.`users`.`changed_at` WHERE CONVERT(plan_kept.`plan_new_email_397c1631df` USING binary) <=> CONVERT(`app`.`users`.`email` USING binary);
      DELETE FROM `app`.`plan_archive_users_45ea0e1ff0` WHERE `id` <= CAST(plan_to_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED);
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

-- undo of backfill.1: create app.plan_archive_users_45ea0e1ff0 for old values of users
DROP TABLE IF EXISTS `app`.`plan_archive_users_45ea0e1ff0`;
