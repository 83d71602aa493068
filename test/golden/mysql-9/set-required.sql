======== expand.sql
-- Plan set-required, fingerprint db5695e4e7b5
-- Phase expand. For review; `plan advance set-required --phase expand` runs it.

-- expand.1: fill full_name of new rows by a trigger
--   why   code that does not know the column goes on writing rows
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_dd266b26c2_upd` BEFORE UPDATE ON `app`.`users` FOR EACH ROW BEGIN /* plan 10156ecd9a45bbf189a6d0ff485ff4ab */
  IF NOT (@plan_backfill <=> 'zz_plan_sync_users_dd266b26c2') THEN
    IF NEW.`full_name` IS NULL THEN SET NEW.`full_name` = ('unknown'); END IF;
  END IF;
END;;
DELIMITER ;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_dd266b26c2_ins` BEFORE INSERT ON `app`.`users` FOR EACH ROW BEGIN /* plan 10156ecd9a45bbf189a6d0ff485ff4ab */
  IF NOT (@plan_backfill <=> 'zz_plan_sync_users_dd266b26c2') THEN
    IF NEW.`full_name` IS NULL THEN SET NEW.`full_name` = ('unknown'); END IF;
  END IF;
END;;
DELIMITER ;
-- must work first: SELECT ('unknown') FROM `app`.`users` LIMIT 0;

======== backfill.sql
-- Plan set-required, fingerprint db5695e4e7b5
-- Phase backfill. For review; `plan advance set-required --phase backfill` runs it.

-- backfill.1: fill full_name of users, batch by batch
--   why   one pass along the key; only rows that nobody has filled yet are written, each batch with its ledger row
--   lock  row locks on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- mark
SET @plan_backfill = 'zz_plan_sync_users_dd266b26c2';
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
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `full_name` = ('unknown'), `changed_at` = `changed_at` WHERE (`full_name` IS NULL) AND `id` <= CAST($1 AS SIGNED);
-- batch
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `full_name` = ('unknown'), `changed_at` = `changed_at` WHERE (`full_name` IS NULL) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- triggers
SELECT TRIGGER_NAME AS name, '' AS `function`, ACTION_TIMING = 'BEFORE' AS early FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND EVENT_MANIPULATION = 'UPDATE' AND LEFT(TRIGGER_NAME, 13) <> 'zz_plan_sync_' ORDER BY ACTION_ORDER;
-- before_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`full_name` IS NULL) AND (('unknown') IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE ((`full_name` IS NULL)) AND `id` <= CAST($1 AS SIGNED);
-- before
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`full_name` IS NULL) AND (('unknown') IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE ((`full_name` IS NULL)) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- after_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`full_name` IS NULL) AND (('unknown') IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED);
-- after
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`full_name` IS NULL) AND (('unknown') IS NOT NULL))) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- remaining
SELECT EXISTS (SELECT 1 FROM `app`.`users` WHERE (((`full_name` IS NULL) AND (('unknown') IS NOT NULL)))) AS remaining;
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
  SET @plan_backfill = 'zz_plan_sync_users_dd266b26c2';
  SELECT k0 INTO plan_last_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) ORDER BY `app`.`users`.`id` DESC LIMIT 1) AS found;
  plan_batches: WHILE plan_last_k0 IS NOT NULL DO
    SET plan_to_k0 = NULL;
    START TRANSACTION;
    IF plan_here_k0 IS NULL THEN
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `full_name` = ('unknown'), `changed_at` = `changed_at` WHERE (`full_name` IS NULL) AND `id` <= CAST(plan_to_k0 AS SIGNED);
    ELSE
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `full_name` = ('unknown'), `changed_at` = `changed_at` WHERE (`full_name` IS NULL) AND `id` <= CAST(plan_to_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED);
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
-- Plan set-required, fingerprint db5695e4e7b5
-- Phase enforce. For review; `plan advance set-required --phase enforce` runs it.

-- enforce.1: make users.full_name NOT NULL
--   why   the server writes the table anew while reads and writes go on; it refuses when a value is missing
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes one rewrite of app.users
ALTER TABLE `app`.`users` MODIFY COLUMN `full_name` varchar(200) COLLATE utf8mb4_general_ci NOT NULL, ALGORITHM=INPLACE, LOCK=NONE;

======== verify.sql
-- Plan set-required, fingerprint db5695e4e7b5
-- Phase verify. For review; `plan advance set-required --phase verify` runs it.

-- verify.1: prove full_name-not-null on all rows of users
--   why   one scan for all of them; one row that breaks a rule stops the plan
--   lock  SHARED READ metadata lock on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
-- count
SELECT COUNT(*) AS checked, COALESCE(SUM(`full_name` IS NULL), 0) AS v0 FROM `app`.`users`;
-- sample_0
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` WHERE `full_name` IS NULL LIMIT $1;

-- verify.2: prove that users has its sync, indexes and constraints
--   why   an invalid index or a disabled trigger would show only later
--   lock  SHARED READ metadata lock on app.users, a moment; only other schema changes wait
--   takes a moment
-- check
SELECT 'the sync trigger zz_plan_sync_users_dd266b26c2_ins is there and unchanged' AS what, EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND TRIGGER_NAME = 'zz_plan_sync_users_dd266b26c2_ins' AND LOCATE('/* plan 10156ecd9a45bbf189a6d0ff485ff4ab */', ACTION_STATEMENT) > 0) AS holds UNION ALL SELECT 'the sync trigger zz_plan_sync_users_dd266b26c2_upd is there and unchanged' AS what, EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND TRIGGER_NAME = 'zz_plan_sync_users_dd266b26c2_upd' AND LOCATE('/* plan 10156ecd9a45bbf189a6d0ff485ff4ab */', ACTION_STATEMENT) > 0) AS holds UNION ALL SELECT 'full_name is NOT NULL' AS what, EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'full_name' AND IS_NULLABLE = 'NO') AS holds;

======== contract.sql
-- Plan set-required, fingerprint db5695e4e7b5
-- Phase contract. For review; `plan advance set-required --phase contract` runs it.

-- contract.1: remove the sync trigger of users
--   why   only one shape is left to write
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_dd266b26c2_ins`;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_dd266b26c2_upd`;

======== undo.sql
-- Plan set-required, fingerprint db5695e4e7b5
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback set-required` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of contract.1: remove the sync trigger of users
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_dd266b26c2_upd`;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_dd266b26c2_upd` BEFORE UPDATE ON `app`.`users` FOR EACH ROW BEGIN /* plan 10156ecd9a45bbf189a6d0ff485ff4ab */
  IF NOT (@plan_backfill <=> 'zz_plan_sync_users_dd266b26c2') THEN
    IF NEW.`full_name` IS NULL THEN SET NEW.`full_name` = ('unknown'); END IF;
  END IF;
END;;
DELIMITER ;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_dd266b26c2_ins`;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_dd266b26c2_ins` BEFORE INSERT ON `app`.`users` FOR EACH ROW BEGIN /* plan 10156ecd9a45bbf189a6d0ff485ff4ab */
  IF NOT (@plan_backfill <=> 'zz_plan_sync_users_dd266b26c2') THEN
    IF NEW.`full_name` IS NULL THEN SET NEW.`full_name` = ('unknown'); END IF;
  END IF;
END;;
DELIMITER ;

-- undo of enforce.1: make users.full_name NOT NULL
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'full_name' AND IS_NULLABLE = 'NO') AS done) AS found), 'ALTER TABLE `app`.`users` MODIFY COLUMN `full_name` varchar(200) COLLATE utf8mb4_general_ci NULL, ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of expand.1: fill full_name of new rows by a trigger
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_dd266b26c2_ins`;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_dd266b26c2_upd`;
