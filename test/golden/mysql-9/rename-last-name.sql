======== expand.sql
-- Plan rename-last-name, fingerprint 6b8cb366f32b
-- Phase expand. For review; `plan advance rename-last-name --phase expand` runs it.

-- expand.1: add users.family_name; keep both shapes of users in step by a trigger; set the default of users.family_name
--   why   nullable and without default, so only the catalogue changes and old code does not notice; from the first moment the new column exists, whatever one version writes the other one reads; it applies to new rows; no row is touched
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ADD COLUMN `family_name` varchar(80) COLLATE utf8mb4_general_ci NULL COMMENT 'as in the passport', ALGORITHM=INSTANT, LOCK=DEFAULT;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_be2e882860_upd` BEFORE UPDATE ON `app`.`users` FOR EACH ROW BEGIN /* plan a453e48aad48fa567f3448dd503b759c */
  IF NOT (@plan_backfill <=> 'zz_plan_sync_users_be2e882860') THEN
    IF NOT (CONVERT(NEW.`family_name` USING binary) <=> CONVERT(OLD.`family_name` USING binary)) THEN
      IF NOT (CONVERT(NEW.`last_name` USING binary) <=> CONVERT(OLD.`last_name` USING binary)) THEN
        IF NOT (CONVERT(NEW.`family_name` USING binary) <=> CONVERT(NEW.`last_name` USING binary)) THEN
          SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'one statement wrote different values to two shapes of the same data: last_name, family_name';
        END IF;
      ELSE
        SET NEW.`last_name` = NEW.`family_name`;
      END IF;
    ELSEIF NOT (CONVERT(NEW.`last_name` USING binary) <=> CONVERT(OLD.`last_name` USING binary)) THEN
      IF NEW.`last_name` IS NULL THEN SET NEW.`family_name` = ''; ELSE SET NEW.`family_name` = NEW.`last_name`; END IF;
    END IF;
  END IF;
END;;
DELIMITER ;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_be2e882860_ins` BEFORE INSERT ON `app`.`users` FOR EACH ROW BEGIN /* plan 3d32d58c7676f2a99af43ab827f20660 */
  IF NOT (@plan_backfill <=> 'zz_plan_sync_users_be2e882860') THEN
    IF (NEW.`family_name` IS NULL OR CONVERT(CONVERT(NEW.`family_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(('unknown') USING utf8mb4) USING binary)) THEN
      IF NEW.`last_name` IS NULL THEN SET NEW.`family_name` = ''; ELSE SET NEW.`family_name` = NEW.`last_name`; END IF;
    ELSEIF (NEW.`last_name` IS NULL OR CONVERT(CONVERT(NEW.`last_name` USING utf8mb4) USING binary) <=> CONVERT(CONVERT(('unknown') USING utf8mb4) USING binary)) THEN
      SET NEW.`last_name` = NEW.`family_name`;
    ELSEIF NOT (CONVERT(NEW.`family_name` USING binary) <=> CONVERT(NEW.`last_name` USING binary)) THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'one statement wrote different values to two shapes of the same data: last_name, family_name';
    END IF;
  END IF;
END;;
DELIMITER ;
ALTER TABLE `app`.`users` ALTER COLUMN `family_name` SET DEFAULT 'unknown', ALGORITHM=INSTANT, LOCK=DEFAULT;

======== backfill.sql
-- Plan rename-last-name, fingerprint 6b8cb366f32b
-- Phase backfill. For review; `plan advance rename-last-name --phase backfill` runs it.

-- backfill.1: fill family_name of users, batch by batch
--   why   one pass along the key; only rows that nobody has filled yet are written, each batch with its ledger row
--   lock  row locks on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- mark
SET @plan_backfill = 'zz_plan_sync_users_be2e882860';
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
  SET @plan_backfill = 'zz_plan_sync_users_be2e882860';
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
-- Plan rename-last-name, fingerprint 6b8cb366f32b
-- Phase enforce. For review; `plan advance rename-last-name --phase enforce` runs it.

-- enforce.1: build index by_name_80639d2b73
--   why   beside running writes to users, and after the backfill, so that batches stay cheap
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes one index build on app.users
ALTER TABLE `app`.`users` ADD KEY `by_name_80639d2b73` (`family_name`,`email`), ALGORITHM=INPLACE, LOCK=NONE;

-- enforce.2: make users.family_name NOT NULL
--   why   the server writes the table anew while reads and writes go on; it refuses when a value is missing
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes one rewrite of app.users
ALTER TABLE `app`.`users` MODIFY COLUMN `family_name` varchar(80) COLLATE utf8mb4_general_ci NOT NULL DEFAULT 'unknown' COMMENT 'as in the passport', ALGORITHM=INPLACE, LOCK=NONE;

======== verify.sql
-- Plan rename-last-name, fingerprint 6b8cb366f32b
-- Phase verify. For review; `plan advance rename-last-name --phase verify` runs it.

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
SELECT 'the sync trigger zz_plan_sync_users_be2e882860_ins is there and unchanged' AS what, EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND TRIGGER_NAME = 'zz_plan_sync_users_be2e882860_ins' AND LOCATE('/* plan 3d32d58c7676f2a99af43ab827f20660 */', ACTION_STATEMENT) > 0) AS holds UNION ALL SELECT 'the sync trigger zz_plan_sync_users_be2e882860_upd is there and unchanged' AS what, EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND TRIGGER_NAME = 'zz_plan_sync_users_be2e882860_upd' AND LOCATE('/* plan a453e48aad48fa567f3448dd503b759c */', ACTION_STATEMENT) > 0) AS holds UNION ALL SELECT 'no BEFORE INSERT trigger runs after zz_plan_sync_users_be2e882860_ins (make one that does again, with PRECEDES zz_plan_sync_users_be2e882860_ins)' AS what, NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS a JOIN information_schema.TRIGGERS b ON b.EVENT_OBJECT_SCHEMA = a.EVENT_OBJECT_SCHEMA AND b.EVENT_OBJECT_TABLE = a.EVENT_OBJECT_TABLE AND b.EVENT_MANIPULATION = a.EVENT_MANIPULATION AND b.ACTION_TIMING = a.ACTION_TIMING WHERE a.EVENT_OBJECT_SCHEMA = 'app' AND a.EVENT_OBJECT_TABLE = 'users' AND a.EVENT_MANIPULATION = 'INSERT' AND a.ACTION_TIMING = 'BEFORE' AND LEFT(a.TRIGGER_NAME, 13) <> 'zz_plan_sync_' AND b.TRIGGER_NAME = 'zz_plan_sync_users_be2e882860_ins' AND a.ACTION_ORDER > b.ACTION_ORDER) AS holds UNION ALL SELECT 'no BEFORE UPDATE trigger runs after zz_plan_sync_users_be2e882860_upd (make one that does again, with PRECEDES zz_plan_sync_users_be2e882860_upd)' AS what, NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS a JOIN information_schema.TRIGGERS b ON b.EVENT_OBJECT_SCHEMA = a.EVENT_OBJECT_SCHEMA AND b.EVENT_OBJECT_TABLE = a.EVENT_OBJECT_TABLE AND b.EVENT_MANIPULATION = a.EVENT_MANIPULATION AND b.ACTION_TIMING = a.ACTION_TIMING WHERE a.EVENT_OBJECT_SCHEMA = 'app' AND a.EVENT_OBJECT_TABLE = 'users' AND a.EVENT_MANIPULATION = 'UPDATE' AND a.ACTION_TIMING = 'BEFORE' AND LEFT(a.TRIGGER_NAME, 13) <> 'zz_plan_sync_' AND b.TRIGGER_NAME = 'zz_plan_sync_users_be2e882860_upd' AND a.ACTION_ORDER > b.ACTION_ORDER) AS holds UNION ALL SELECT 'family_name has the type of the column it replaces' AS what, EXISTS (SELECT 1 FROM information_schema.COLUMNS a JOIN information_schema.COLUMNS b ON b.TABLE_SCHEMA = a.TABLE_SCHEMA AND b.TABLE_NAME = a.TABLE_NAME AND b.COLUMN_TYPE = a.COLUMN_TYPE AND b.COLLATION_NAME <=> a.COLLATION_NAME WHERE a.TABLE_SCHEMA = 'app' AND a.TABLE_NAME = 'users' AND a.COLUMN_NAME = 'family_name' AND b.COLUMN_NAME = 'last_name') AS holds UNION ALL SELECT 'index by_name_80639d2b73 is there' AS what, EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND INDEX_NAME = 'by_name_80639d2b73') AS holds UNION ALL SELECT 'family_name is NOT NULL' AS what, EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'family_name' AND IS_NULLABLE = 'NO') AS holds UNION ALL SELECT CONVERT(CONCAT('a right on last_name is missing on family_name: GRANT ', o.PRIVILEGE_TYPE, ' (`family_name`) ON `app`.`users` TO ', QUOTE(SUBSTRING(o.GRANTEE, 2, CHAR_LENGTH(o.GRANTEE) - CHAR_LENGTH(o.host) - 3)), '@', o.host) USING utf8mb4) COLLATE utf8mb4_bin AS what, FALSE AS holds FROM (SELECT GRANTEE, PRIVILEGE_TYPE, SUBSTRING_INDEX(GRANTEE, '@', -1) AS host FROM information_schema.COLUMN_PRIVILEGES WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'last_name') o WHERE NOT EXISTS (SELECT 1 FROM information_schema.COLUMN_PRIVILEGES n WHERE n.TABLE_SCHEMA = 'app' AND n.TABLE_NAME = 'users' AND n.COLUMN_NAME = 'family_name' AND n.PRIVILEGE_TYPE = o.PRIVILEGE_TYPE AND CONVERT(n.GRANTEE USING utf8mb4) COLLATE utf8mb4_bin = CONVERT(o.GRANTEE USING utf8mb4) COLLATE utf8mb4_bin);

-- verify.3: prove no-empty-names
--   why   the plan's own query must find nothing
--   lock  SHARED READ metadata lock on the tables of the query, during the scan; only other schema changes wait
--   takes one scan of the tables of the query
-- count
SELECT COUNT(*) AS violations FROM (
select id from users where family_name = ''
) AS broken;
-- sample
SELECT * FROM (
select id from users where family_name = ''
) AS broken LIMIT 5;

======== contract.sql
-- Plan rename-last-name, fingerprint 6b8cb366f32b
-- Phase contract. For review; `plan advance rename-last-name --phase contract` runs it.

-- contract.1: retire users.last_name: make it invisible
--   why   statements that read it from SELECT * or write it by its position fail now, while one statement still undoes it
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ALTER COLUMN `last_name` SET INVISIBLE, ALGORITHM=INSTANT, LOCK=DEFAULT;

-- contract.2: drop index by_name; remove the sync trigger of users; drop users.last_name; index by_name gets its name
--   why   dropping its column would only take the column out of it; only one shape is left to write; the point of no return; without CASCADE, so anything that still depends on it stops this; the old index went with its column
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
ALTER TABLE `app`.`users` DROP INDEX `by_name`, ALGORITHM=INPLACE, LOCK=NONE;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_be2e882860_ins`;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_be2e882860_upd`;
ALTER TABLE `app`.`users` DROP COLUMN `last_name`, ALGORITHM=INSTANT, LOCK=DEFAULT;
ALTER TABLE `app`.`users` RENAME INDEX `by_name_80639d2b73` TO `by_name`, ALGORITHM=INPLACE, LOCK=NONE;

======== undo.sql
-- Plan rename-last-name, fingerprint 6b8cb366f32b
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback rename-last-name` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.2 cannot be undone: this file is of no use after it.

-- undo of contract.1: retire users.last_name: make it invisible
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'last_name' AND EXTRA LIKE '%INVISIBLE%') AS done) AS found), 'ALTER TABLE `app`.`users` ALTER COLUMN `last_name` SET VISIBLE, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of enforce.2: make users.family_name NOT NULL
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'family_name' AND IS_NULLABLE = 'NO') AS done) AS found), 'ALTER TABLE `app`.`users` MODIFY COLUMN `family_name` varchar(80) COLLATE utf8mb4_general_ci NULL DEFAULT ''unknown'' COMMENT ''as in the passport'', ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of enforce.1: build index by_name_80639d2b73
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND INDEX_NAME = 'by_name_80639d2b73') AS done) AS found), 'ALTER TABLE `app`.`users` DROP INDEX `by_name_80639d2b73`, ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of expand.1: add users.family_name; keep both shapes of users in step by a trigger; set the default of users.family_name
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'family_name' AND (COLUMN_DEFAULT IS NOT NULL AND COLUMN_DEFAULT <> 'NULL' OR EXTRA LIKE '%DEFAULT_GENERATED%')) AS done) AS found), 'ALTER TABLE `app`.`users` ALTER COLUMN `family_name` SET DEFAULT NULL, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_be2e882860_ins`;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_be2e882860_upd`;
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'family_name') AS done) AS found), 'ALTER TABLE `app`.`users` DROP COLUMN `family_name`, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
