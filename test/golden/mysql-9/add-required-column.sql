======== expand.sql
-- Plan add-required-column, fingerprint 2a0ec2bb3265
-- Phase expand. For review; `plan advance add-required-column --phase expand` runs it.

-- expand.1: add users.handle; fill handle of new rows by a trigger
--   why   nullable and without default, so only the catalogue changes and old code does not notice; code that does not know the column goes on writing rows
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ADD COLUMN `handle` varchar(255) NULL, ALGORITHM=INSTANT, LOCK=DEFAULT;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_3a70d1c9ef_upd` BEFORE UPDATE ON `app`.`users` FOR EACH ROW BEGIN /* plan 814347978e23493d06cdd4ea6e164ea4 */
  IF NOT (@plan_backfill <=> 'zz_plan_sync_users_3a70d1c9ef') THEN
    IF NOT ((CONVERT(NEW.`email` USING binary) <=> CONVERT(OLD.`email` USING binary) AND NEW.`email` <=> OLD.`email`)) AND CONVERT(NEW.`handle` USING binary) <=> CONVERT(OLD.`handle` USING binary) THEN
      IF OLD.`handle` IS NULL THEN SET NEW.`handle` = (LOWER(NEW.`email`));
      ELSEIF CONVERT(CONVERT(OLD.`handle` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((LOWER(OLD.`email`)) USING utf8mb4) USING binary) THEN SET NEW.`handle` = (LOWER(NEW.`email`)); END IF;
    END IF;
  END IF;
END;;
DELIMITER ;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_3a70d1c9ef_ins` BEFORE INSERT ON `app`.`users` FOR EACH ROW BEGIN /* plan 5779a38a78ad8330153f4f8066316025 */
  IF NOT (@plan_backfill <=> 'zz_plan_sync_users_3a70d1c9ef') THEN
    IF NEW.`handle` IS NULL THEN SET NEW.`handle` = (LOWER(NEW.`email`)); END IF;
  END IF;
END;;
DELIMITER ;
-- must work first: SELECT (LOWER(`email`)) FROM `app`.`users` LIMIT 0;

======== backfill.sql
-- Plan add-required-column, fingerprint 2a0ec2bb3265
-- Phase backfill. For review; `plan advance add-required-column --phase backfill` runs it.

-- backfill.1: fill handle of users, batch by batch
--   why   one pass along the key; only rows that nobody has filled yet are written, each batch with its ledger row
--   lock  row locks on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- mark
SET @plan_backfill = 'zz_plan_sync_users_3a70d1c9ef';
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
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `handle` = (LOWER(`email`)), `changed_at` = `changed_at` WHERE (`handle` IS NULL) AND `id` <= CAST($1 AS SIGNED);
-- batch
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `handle` = (LOWER(`email`)), `changed_at` = `changed_at` WHERE (`handle` IS NULL) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- triggers
SELECT TRIGGER_NAME AS name, '' AS `function`, ACTION_TIMING = 'BEFORE' AS early FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND EVENT_MANIPULATION = 'UPDATE' AND LEFT(TRIGGER_NAME, 13) <> 'zz_plan_sync_' ORDER BY ACTION_ORDER;
-- before_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`handle` IS NULL) AND ((LOWER(`email`)) IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE ((`handle` IS NULL)) AND `id` <= CAST($1 AS SIGNED);
-- before
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`handle` IS NULL) AND ((LOWER(`email`)) IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE ((`handle` IS NULL)) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- after_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`handle` IS NULL) AND ((LOWER(`email`)) IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED);
-- after
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`handle` IS NULL) AND ((LOWER(`email`)) IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- remaining
SELECT EXISTS (SELECT 1 FROM `app`.`users` WHERE (((`handle` IS NULL) AND ((LOWER(`email`)) IS NOT NULL)))) AS remaining;
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
  SET @plan_backfill = 'zz_plan_sync_users_3a70d1c9ef';
  SELECT k0 INTO plan_last_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) ORDER BY `app`.`users`.`id` DESC LIMIT 1) AS found;
  plan_batches: WHILE plan_last_k0 IS NOT NULL DO
    SET plan_to_k0 = NULL;
    START TRANSACTION;
    IF plan_here_k0 IS NULL THEN
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `handle` = (LOWER(`email`)), `changed_at` = `changed_at` WHERE (`handle` IS NULL) AND `id` <= CAST(plan_to_k0 AS SIGNED);
    ELSE
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `handle` = (LOWER(`email`)), `changed_at` = `changed_at` WHERE (`handle` IS NULL) AND `id` <= CAST(plan_to_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED);
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
-- Plan add-required-column, fingerprint 2a0ec2bb3265
-- Phase enforce. For review; `plan advance add-required-column --phase enforce` runs it.

-- enforce.1: build index users_handle_idx
--   why   beside running writes to users, and after the backfill, so that batches stay cheap
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes one index build on app.users
ALTER TABLE `app`.`users` ADD KEY `users_handle_idx` (`handle`), ALGORITHM=INPLACE, LOCK=NONE;

-- enforce.2: make users.handle NOT NULL
--   why   the server writes the table anew while reads and writes go on; it refuses when a value is missing
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes one rewrite of app.users
ALTER TABLE `app`.`users` MODIFY COLUMN `handle` varchar(255) NOT NULL, ALGORITHM=INPLACE, LOCK=NONE;

======== verify.sql
-- Plan add-required-column, fingerprint 2a0ec2bb3265
-- Phase verify. For review; `plan advance add-required-column --phase verify` runs it.

-- verify.1: prove handle-not-null on all rows of users
--   why   one scan for all of them; one row that breaks a rule stops the plan
--   lock  SHARED READ metadata lock on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
-- count
SELECT COUNT(*) AS checked, COALESCE(SUM(`handle` IS NULL), 0) AS v0 FROM `app`.`users`;
-- sample_0
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` WHERE `handle` IS NULL LIMIT $1;

-- verify.2: prove that users has its sync, indexes and constraints
--   why   an invalid index or a disabled trigger would show only later
--   lock  SHARED READ metadata lock on app.users, a moment; only other schema changes wait
--   takes a moment
-- check
SELECT 'the sync trigger zz_plan_sync_users_3a70d1c9ef_ins is there and unchanged' AS what, EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND TRIGGER_NAME = 'zz_plan_sync_users_3a70d1c9ef_ins' AND LOCATE('/* plan 5779a38a78ad8330153f4f8066316025 */', ACTION_STATEMENT) > 0) AS holds UNION ALL SELECT 'the sync trigger zz_plan_sync_users_3a70d1c9ef_upd is there and unchanged' AS what, EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND TRIGGER_NAME = 'zz_plan_sync_users_3a70d1c9ef_upd' AND LOCATE('/* plan 814347978e23493d06cdd4ea6e164ea4 */', ACTION_STATEMENT) > 0) AS holds UNION ALL SELECT 'index users_handle_idx is there' AS what, EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND INDEX_NAME = 'users_handle_idx') AS holds UNION ALL SELECT 'handle is NOT NULL' AS what, EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'handle' AND IS_NULLABLE = 'NO') AS holds;

======== contract.sql
-- Plan add-required-column, fingerprint 2a0ec2bb3265
-- Phase contract. For review; `plan advance add-required-column --phase contract` runs it.

-- contract.1: remove the sync trigger of users
--   why   only one shape is left to write
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_3a70d1c9ef_ins`;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_3a70d1c9ef_upd`;

======== undo.sql
-- Plan add-required-column, fingerprint 2a0ec2bb3265
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-required-column` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of contract.1: remove the sync trigger of users
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_3a70d1c9ef_upd`;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_3a70d1c9ef_upd` BEFORE UPDATE ON `app`.`users` FOR EACH ROW BEGIN /* plan 814347978e23493d06cdd4ea6e164ea4 */
  IF NOT (@plan_backfill <=> 'zz_plan_sync_users_3a70d1c9ef') THEN
    IF NOT ((CONVERT(NEW.`email` USING binary) <=> CONVERT(OLD.`email` USING binary) AND NEW.`email` <=> OLD.`email`)) AND CONVERT(NEW.`handle` USING binary) <=> CONVERT(OLD.`handle` USING binary) THEN
      IF OLD.`handle` IS NULL THEN SET NEW.`handle` = (LOWER(NEW.`email`));
      ELSEIF CONVERT(CONVERT(OLD.`handle` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((LOWER(OLD.`email`)) USING utf8mb4) USING binary) THEN SET NEW.`handle` = (LOWER(NEW.`email`)); END IF;
    END IF;
  END IF;
END;;
DELIMITER ;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_3a70d1c9ef_ins`;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_3a70d1c9ef_ins` BEFORE INSERT ON `app`.`users` FOR EACH ROW BEGIN /* plan 5779a38a78ad8330153f4f8066316025 */
  IF NOT (@plan_backfill <=> 'zz_plan_sync_users_3a70d1c9ef') THEN
    IF NEW.`handle` IS NULL THEN SET NEW.`handle` = (LOWER(NEW.`email`)); END IF;
  END IF;
END;;
DELIMITER ;

-- undo of enforce.2: make users.handle NOT NULL
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'handle' AND IS_NULLABLE = 'NO') AS done) AS found), 'ALTER TABLE `app`.`users` MODIFY COLUMN `handle` varchar(255) NULL, ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of enforce.1: build index users_handle_idx
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND INDEX_NAME = 'users_handle_idx') AS done) AS found), 'ALTER TABLE `app`.`users` DROP INDEX `users_handle_idx`, ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of expand.1: add users.handle; fill handle of new rows by a trigger
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_3a70d1c9ef_ins`;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_3a70d1c9ef_upd`;
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'handle') AS done) AS found), 'ALTER TABLE `app`.`users` DROP COLUMN `handle`, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
