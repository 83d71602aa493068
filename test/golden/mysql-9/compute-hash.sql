======== expand.sql
-- Plan compute-hash, fingerprint 87d3d64ed8d1
-- Phase expand. For review; `plan advance compute-hash --phase expand` runs it.

-- expand.1: add users.email_hash
--   why   nullable and without default, so only the catalogue changes and old code does not notice
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ADD COLUMN `email_hash` varchar(64) NULL, ALGORITHM=INSTANT, LOCK=DEFAULT;

-- expand.2: mark rows of users that are new or change, so that email_hash is computed for them
--   why   a trigger cannot call a module, so it notes the key of the row, and sweeps compute what is noted
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
CREATE TABLE `app`.`zm_plan_sync_users_979224cae3` (plan_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, plan_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), k0 bigint NOT NULL, i0 VARBINARY(16), KEY plan_key (k0)) ENGINE=InnoDB;
DELIMITER ;;
CREATE TRIGGER `app`.`zc_plan_sync_users_979224cae3` AFTER UPDATE ON `app`.`users` FOR EACH ROW BEGIN /* plan 16579ea41dfc5f3523baabac201dda85 */
  IF ((NOT (NEW.`id` <=> OLD.`id`) OR NOT (CONVERT(NEW.`email` USING binary) <=> CONVERT(OLD.`email` USING binary))) AND NOT (NOT (CONVERT(NEW.`email_hash` USING binary) <=> CONVERT(OLD.`email_hash` USING binary)))) THEN
    INSERT INTO `app`.`zm_plan_sync_users_979224cae3` (k0, i0) VALUES (NEW.`id`, CONVERT(COALESCE(LEFT(SHA2(NEW.`email_hash`, 256), 16), '-') USING binary));
  END IF;
END;;
DELIMITER ;
DELIMITER ;;
CREATE TRIGGER `app`.`zn_plan_sync_users_979224cae3` AFTER INSERT ON `app`.`users` FOR EACH ROW BEGIN /* plan b2c0e89b2945f3d217cb4196f73b39a6 */
  IF NEW.`email_hash` IS NULL THEN
    INSERT INTO `app`.`zm_plan_sync_users_979224cae3` (k0, i0) VALUES (NEW.`id`, CONVERT(COALESCE(LEFT(SHA2(NEW.`email_hash`, 256), 16), '-') USING binary));
  END IF;
END;;
DELIMITER ;

======== backfill.sql
-- Plan compute-hash, fingerprint 87d3d64ed8d1
-- Phase backfill. For review; `plan advance compute-hash --phase backfill` runs it.

-- backfill.1: compute email_hash of users by hashed of ./transforms/email.js (SHA-256 32ac3d453490), batch by batch
--   why   no expression of the database can: the runner reads a batch, calls the function for each row, and writes what it gave where the row is still as it was read, together with the ledger row
--   lock  row locks on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- This file cannot hold what computes email_hash: the runner calls
--   hashed of ./transforms/email.js, SHA-256 32ac3d453490f4b03f021d8951eb0521fba8bd350bd85889e2a98764cd05b126
-- for each row, and binds what it gives.
-- mark
SET @plan_backfill = 'zz_plan_sync_users_979224cae3';
-- span
SELECT CAST(MIN(`id`) AS CHAR) AS k0, CAST(MAX(`id`) AS CHAR) AS k1 FROM `app`.`users` FORCE INDEX (`PRIMARY`);
-- end
SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) ORDER BY `app`.`users`.`id` DESC LIMIT 1;
-- boundary_first
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($2 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT $1, 1;
-- boundary
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($2 AS SIGNED) AND `id` > CAST($3 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT $1, 1;
-- read_first
-- SELECT CAST(`app`.`users`.`id` AS CHAR) AS p0, CAST(`app`.`users`.`id` AS CHAR) AS n0, HEX(CAST(`app`.`users`.`id` AS CHAR)) AS id, CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) AS was, CONVERT(`app`.`users`.`email` USING utf8mb4) AS v0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE ((`email_hash` IS NULL)) AND `id` <= CAST($1 AS SIGNED) ORDER BY `app`.`users`.`id`;
-- read
-- SELECT CAST(`app`.`users`.`id` AS CHAR) AS p0, CAST(`app`.`users`.`id` AS CHAR) AS n0, HEX(CAST(`app`.`users`.`id` AS CHAR)) AS id, CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) AS was, CONVERT(`app`.`users`.`email` USING utf8mb4) AS v0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE ((`email_hash` IS NULL)) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED) ORDER BY `app`.`users`.`id`;
-- query
SELECT @@SESSION.max_allowed_packet DIV 4 AS bytes;
-- bind
-- SET @plan_computed = $1;
-- held_first
-- SELECT plan_key AS id FROM `app`.`users` FORCE INDEX (`PRIMARY`) JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) WHERE ((`email_hash` IS NULL)) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AND `id` <= CAST($1 AS SIGNED) FOR UPDATE NOWAIT;
-- held
-- SELECT plan_key AS id FROM `app`.`users` FORCE INDEX (`PRIMARY`) JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) WHERE ((`email_hash` IS NULL)) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED) FOR UPDATE NOWAIT;
-- batch_first
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) SET `email_hash` = (plan_v1), `changed_at` = `changed_at` WHERE (`email_hash` IS NULL) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AND `id` <= CAST($1 AS SIGNED);
-- batch
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) SET `email_hash` = (plan_v1), `changed_at` = `changed_at` WHERE (`email_hash` IS NULL) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- triggers
SELECT TRIGGER_NAME AS name, '' AS `function`, ACTION_TIMING = 'BEFORE' AS early FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND EVENT_MANIPULATION = 'UPDATE' AND LEFT(TRIGGER_NAME, 13) <> 'zz_plan_sync_' ORDER BY ACTION_ORDER;
-- before_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`email_hash` IS NULL) AND ((plan_v1) IS NOT NULL))) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) WHERE ((`email_hash` IS NULL)) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AND `id` <= CAST($1 AS SIGNED);
-- before
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`email_hash` IS NULL) AND ((plan_v1) IS NOT NULL))) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) WHERE ((`email_hash` IS NULL)) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- after_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`email_hash` IS NULL) AND ((plan_v1) IS NOT NULL))) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) WHERE `id` <= CAST($1 AS SIGNED);
-- after
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, (((`email_hash` IS NULL) AND ((plan_v1) IS NOT NULL))) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- remaining
SELECT FALSE AS remaining;
-- estimate
SELECT TABLE_ROWS AS `rows` FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users';

-- backfill.2: compute email_hash of the marked rows of users by hashed of ./transforms/email.js (SHA-256 32ac3d453490), until none is left
--   why   what clients wrote meanwhile; a mark goes in the transaction that writes the value, and later phases sweep again before they begin
--   lock  row locks on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- This file cannot hold what computes email_hash: the runner calls
--   hashed of ./transforms/email.js, SHA-256 32ac3d453490f4b03f021d8951eb0521fba8bd350bd85889e2a98764cd05b126
-- for each row, and binds what it gives.
-- mark
SET @plan_backfill = 'zz_plan_sync_users_979224cae3';
-- end
SELECT CAST(`plan_id` AS CHAR) AS k0 FROM `app`.`zm_plan_sync_users_979224cae3` ORDER BY `app`.`zm_plan_sync_users_979224cae3`.`plan_id` DESC LIMIT 1;
-- boundary_first
-- SELECT CAST(`plan_id` AS CHAR) AS k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($2 AS UNSIGNED) ORDER BY `app`.`zm_plan_sync_users_979224cae3`.`plan_id` LIMIT $1, 1;
-- boundary
-- SELECT CAST(`plan_id` AS CHAR) AS k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($2 AS UNSIGNED) AND `plan_id` > CAST($3 AS UNSIGNED) ORDER BY `app`.`zm_plan_sync_users_979224cae3`.`plan_id` LIMIT $1, 1;
-- read_first
-- SELECT CAST(plan_marks.plan_id AS CHAR) AS p0, CAST(plan_marks.k0 AS CHAR) AS n0, HEX(CAST(`app`.`users`.`id` AS CHAR)) AS id, CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) AS was, CONVERT(`app`.`users`.`email` USING utf8mb4) AS v0 FROM (SELECT * FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED)) AS plan_marks LEFT JOIN `app`.`users` ON `app`.`users`.`id` = plan_marks.k0 ORDER BY plan_marks.plan_id;
-- read
-- SELECT CAST(plan_marks.plan_id AS CHAR) AS p0, CAST(plan_marks.k0 AS CHAR) AS n0, HEX(CAST(`app`.`users`.`id` AS CHAR)) AS id, CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) AS was, CONVERT(`app`.`users`.`email` USING utf8mb4) AS v0 FROM (SELECT * FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED) AND `plan_id` > CAST($2 AS UNSIGNED)) AS plan_marks LEFT JOIN `app`.`users` ON `app`.`users`.`id` = plan_marks.k0 ORDER BY plan_marks.plan_id;
-- query
SELECT @@SESSION.max_allowed_packet DIV 4 AS bytes;
-- bind
-- SET @plan_computed = $1;
-- held_first
-- SELECT plan_key AS id FROM `app`.`users` JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) WHERE (TRUE) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AND (`app`.`users`.`id`) IN (SELECT k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED)) FOR UPDATE NOWAIT;
-- held
-- SELECT plan_key AS id FROM `app`.`users` JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) WHERE (TRUE) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AND (`app`.`users`.`id`) IN (SELECT k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED) AND `plan_id` > CAST($2 AS UNSIGNED)) FOR UPDATE NOWAIT;
-- row
-- DELETE plan_marks FROM JSON_TABLE($1, '$[*]' COLUMNS (plan_done BIGINT PATH '$')) AS plan_done STRAIGHT_JOIN `app`.`zm_plan_sync_users_979224cae3` AS plan_of ON plan_of.plan_id = plan_done STRAIGHT_JOIN `app`.`zm_plan_sync_users_979224cae3` AS plan_marks ON plan_of.k0 = plan_marks.k0;
-- place
-- DELETE plan_marks FROM JSON_TABLE($1, '$[*]' COLUMNS (plan_done BIGINT PATH '$')) AS plan_done STRAIGHT_JOIN `app`.`zm_plan_sync_users_979224cae3` AS plan_marks ON plan_marks.plan_id = plan_done;
-- batch_first
-- UPDATE `app`.`users` JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) SET `email_hash` = (plan_v1), `changed_at` = `changed_at` WHERE ((EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3` AS plan_marks WHERE plan_marks.k0 = `app`.`users`.`id` AND plan_marks.i0 = CONVERT(COALESCE(LEFT(SHA2(`app`.`users`.`email_hash`, 256), 16), '-') USING binary))) AND NOT ((CONVERT(CONVERT(`email_hash` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((plan_v1) USING utf8mb4) USING binary)))) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AND (`app`.`users`.`id`) IN (SELECT k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED));
-- batch
-- UPDATE `app`.`users` JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) SET `email_hash` = (plan_v1), `changed_at` = `changed_at` WHERE ((EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3` AS plan_marks WHERE plan_marks.k0 = `app`.`users`.`id` AND plan_marks.i0 = CONVERT(COALESCE(LEFT(SHA2(`app`.`users`.`email_hash`, 256), 16), '-') USING binary))) AND NOT ((CONVERT(CONVERT(`email_hash` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((plan_v1) USING utf8mb4) USING binary)))) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AND (`app`.`users`.`id`) IN (SELECT k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED) AND `plan_id` > CAST($2 AS UNSIGNED));
-- triggers
SELECT TRIGGER_NAME AS name, '' AS `function`, ACTION_TIMING = 'BEFORE' AS early FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND EVENT_MANIPULATION = 'UPDATE' AND LEFT(TRIGGER_NAME, 13) <> 'zz_plan_sync_' ORDER BY ACTION_ORDER;
-- before_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((((EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3` AS plan_marks WHERE plan_marks.k0 = `app`.`users`.`id` AND plan_marks.i0 = CONVERT(COALESCE(LEFT(SHA2(`app`.`users`.`email_hash`, 256), 16), '-') USING binary))) AND NOT ((CONVERT(CONVERT(`email_hash` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((plan_v1) USING utf8mb4) USING binary)))) AND TRUE)) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AS unfilled FROM `app`.`users` JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) WHERE (((EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3` AS plan_marks WHERE plan_marks.k0 = `app`.`users`.`id` AND plan_marks.i0 = CONVERT(COALESCE(LEFT(SHA2(`app`.`users`.`email_hash`, 256), 16), '-') USING binary))) AND NOT ((CONVERT(CONVERT(`email_hash` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((plan_v1) USING utf8mb4) USING binary))))) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AND (`app`.`users`.`id`) IN (SELECT k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED));
-- before
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((((EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3` AS plan_marks WHERE plan_marks.k0 = `app`.`users`.`id` AND plan_marks.i0 = CONVERT(COALESCE(LEFT(SHA2(`app`.`users`.`email_hash`, 256), 16), '-') USING binary))) AND NOT ((CONVERT(CONVERT(`email_hash` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((plan_v1) USING utf8mb4) USING binary)))) AND TRUE)) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AS unfilled FROM `app`.`users` JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) WHERE (((EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3` AS plan_marks WHERE plan_marks.k0 = `app`.`users`.`id` AND plan_marks.i0 = CONVERT(COALESCE(LEFT(SHA2(`app`.`users`.`email_hash`, 256), 16), '-') USING binary))) AND NOT ((CONVERT(CONVERT(`email_hash` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((plan_v1) USING utf8mb4) USING binary))))) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AND (`app`.`users`.`id`) IN (SELECT k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED) AND `plan_id` > CAST($2 AS UNSIGNED));
-- after_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((((EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3` AS plan_marks WHERE plan_marks.k0 = `app`.`users`.`id` AND plan_marks.i0 = CONVERT(COALESCE(LEFT(SHA2(`app`.`users`.`email_hash`, 256), 16), '-') USING binary))) AND NOT ((CONVERT(CONVERT(`email_hash` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((plan_v1) USING utf8mb4) USING binary)))) AND TRUE)) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AS unfilled FROM `app`.`users` JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) WHERE (`app`.`users`.`id`) IN (SELECT k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED));
-- after
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((((EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3` AS plan_marks WHERE plan_marks.k0 = `app`.`users`.`id` AND plan_marks.i0 = CONVERT(COALESCE(LEFT(SHA2(`app`.`users`.`email_hash`, 256), 16), '-') USING binary))) AND NOT ((CONVERT(CONVERT(`email_hash` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((plan_v1) USING utf8mb4) USING binary)))) AND TRUE)) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AS unfilled FROM `app`.`users` JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) WHERE (`app`.`users`.`id`) IN (SELECT k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED) AND `plan_id` > CAST($2 AS UNSIGNED));
-- remaining
SELECT EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3`) AS remaining;
-- estimate
SELECT COUNT(*) AS `rows` FROM `app`.`zm_plan_sync_users_979224cae3`;

======== enforce.sql
-- Plan compute-hash, fingerprint 87d3d64ed8d1
-- Phase enforce. For review; `plan advance compute-hash --phase enforce` runs it.

-- enforce.1: build index users_email_hash_idx
--   why   beside running writes to users, and after the backfill, so that batches stay cheap
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes one index build on app.users
ALTER TABLE `app`.`users` ADD KEY `users_email_hash_idx` (`email_hash`), ALGORITHM=INPLACE, LOCK=NONE;

======== verify.sql
-- Plan compute-hash, fingerprint 87d3d64ed8d1
-- Phase verify. For review; `plan advance compute-hash --phase verify` runs it.

-- verify.1: prove users-computed on all rows of users
--   why   one scan for all of them; one row that breaks a rule stops the plan
--   lock  SHARED READ metadata lock on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
-- count
SELECT COUNT(*) AS checked, COALESCE(SUM(EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3` AS plan_marks WHERE plan_marks.k0 = `app`.`users`.`id` AND plan_marks.plan_at < NOW(6) - INTERVAL 1 MINUTE)), 0) AS v0 FROM `app`.`users`;
-- sample_0
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` WHERE EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3` AS plan_marks WHERE plan_marks.k0 = `app`.`users`.`id` AND plan_marks.plan_at < NOW(6) - INTERVAL 1 MINUTE) LIMIT $1;

-- verify.2: prove that users has its sync, indexes and constraints
--   why   an invalid index or a disabled trigger would show only later
--   lock  SHARED READ metadata lock on app.users, a moment; only other schema changes wait
--   takes a moment
-- check
SELECT 'the trigger zc_plan_sync_users_979224cae3, which marks rows, is there and unchanged' AS what, EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND TRIGGER_NAME = 'zc_plan_sync_users_979224cae3' AND LOCATE('/* plan 16579ea41dfc5f3523baabac201dda85 */', ACTION_STATEMENT) > 0) AS holds UNION ALL SELECT 'the trigger zn_plan_sync_users_979224cae3, which marks rows, is there and unchanged' AS what, EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND TRIGGER_NAME = 'zn_plan_sync_users_979224cae3' AND LOCATE('/* plan b2c0e89b2945f3d217cb4196f73b39a6 */', ACTION_STATEMENT) > 0) AS holds UNION ALL SELECT 'index users_email_hash_idx is there' AS what, EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND INDEX_NAME = 'users_email_hash_idx') AS holds;

======== contract.sql
-- Plan compute-hash, fingerprint 87d3d64ed8d1
-- Phase contract. For review; `plan advance compute-hash --phase contract` runs it.

-- contract.1: remove the triggers that mark rows of users
--   why   every writer writes email_hash itself by now
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
DROP TRIGGER IF EXISTS `app`.`zc_plan_sync_users_979224cae3`;
DROP TRIGGER IF EXISTS `app`.`zn_plan_sync_users_979224cae3`;

-- contract.2: compute email_hash of the marked rows of users by hashed of ./transforms/email.js (SHA-256 32ac3d453490), until none is left
--   why   what clients wrote meanwhile; a mark goes in the transaction that writes the value, and later phases sweep again before they begin
--   lock  row locks on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
--   POINT OF NO RETURN: this cannot be undone
-- This file cannot hold what computes email_hash: the runner calls
--   hashed of ./transforms/email.js, SHA-256 32ac3d453490f4b03f021d8951eb0521fba8bd350bd85889e2a98764cd05b126
-- for each row, and binds what it gives.
-- mark
SET @plan_backfill = 'zz_plan_sync_users_979224cae3';
-- end
SELECT CAST(`plan_id` AS CHAR) AS k0 FROM `app`.`zm_plan_sync_users_979224cae3` ORDER BY `app`.`zm_plan_sync_users_979224cae3`.`plan_id` DESC LIMIT 1;
-- boundary_first
-- SELECT CAST(`plan_id` AS CHAR) AS k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($2 AS UNSIGNED) ORDER BY `app`.`zm_plan_sync_users_979224cae3`.`plan_id` LIMIT $1, 1;
-- boundary
-- SELECT CAST(`plan_id` AS CHAR) AS k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($2 AS UNSIGNED) AND `plan_id` > CAST($3 AS UNSIGNED) ORDER BY `app`.`zm_plan_sync_users_979224cae3`.`plan_id` LIMIT $1, 1;
-- read_first
-- SELECT CAST(plan_marks.plan_id AS CHAR) AS p0, CAST(plan_marks.k0 AS CHAR) AS n0, HEX(CAST(`app`.`users`.`id` AS CHAR)) AS id, CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) AS was, CONVERT(`app`.`users`.`email` USING utf8mb4) AS v0 FROM (SELECT * FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED)) AS plan_marks LEFT JOIN `app`.`users` ON `app`.`users`.`id` = plan_marks.k0 ORDER BY plan_marks.plan_id;
-- read
-- SELECT CAST(plan_marks.plan_id AS CHAR) AS p0, CAST(plan_marks.k0 AS CHAR) AS n0, HEX(CAST(`app`.`users`.`id` AS CHAR)) AS id, CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) AS was, CONVERT(`app`.`users`.`email` USING utf8mb4) AS v0 FROM (SELECT * FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED) AND `plan_id` > CAST($2 AS UNSIGNED)) AS plan_marks LEFT JOIN `app`.`users` ON `app`.`users`.`id` = plan_marks.k0 ORDER BY plan_marks.plan_id;
-- query
SELECT @@SESSION.max_allowed_packet DIV 4 AS bytes;
-- bind
-- SET @plan_computed = $1;
-- held_first
-- SELECT plan_key AS id FROM `app`.`users` JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) WHERE (TRUE) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AND (`app`.`users`.`id`) IN (SELECT k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED)) FOR UPDATE NOWAIT;
-- held
-- SELECT plan_key AS id FROM `app`.`users` JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) WHERE (TRUE) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AND (`app`.`users`.`id`) IN (SELECT k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED) AND `plan_id` > CAST($2 AS UNSIGNED)) FOR UPDATE NOWAIT;
-- row
-- DELETE plan_marks FROM JSON_TABLE($1, '$[*]' COLUMNS (plan_done BIGINT PATH '$')) AS plan_done STRAIGHT_JOIN `app`.`zm_plan_sync_users_979224cae3` AS plan_of ON plan_of.plan_id = plan_done STRAIGHT_JOIN `app`.`zm_plan_sync_users_979224cae3` AS plan_marks ON plan_of.k0 = plan_marks.k0;
-- place
-- DELETE plan_marks FROM JSON_TABLE($1, '$[*]' COLUMNS (plan_done BIGINT PATH '$')) AS plan_done STRAIGHT_JOIN `app`.`zm_plan_sync_users_979224cae3` AS plan_marks ON plan_marks.plan_id = plan_done;
-- batch_first
-- UPDATE `app`.`users` JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) SET `email_hash` = (plan_v1), `changed_at` = `changed_at` WHERE ((EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3` AS plan_marks WHERE plan_marks.k0 = `app`.`users`.`id` AND plan_marks.i0 = CONVERT(COALESCE(LEFT(SHA2(`app`.`users`.`email_hash`, 256), 16), '-') USING binary))) AND NOT ((CONVERT(CONVERT(`email_hash` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((plan_v1) USING utf8mb4) USING binary)))) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AND (`app`.`users`.`id`) IN (SELECT k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED));
-- batch
-- UPDATE `app`.`users` JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) SET `email_hash` = (plan_v1), `changed_at` = `changed_at` WHERE ((EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3` AS plan_marks WHERE plan_marks.k0 = `app`.`users`.`id` AND plan_marks.i0 = CONVERT(COALESCE(LEFT(SHA2(`app`.`users`.`email_hash`, 256), 16), '-') USING binary))) AND NOT ((CONVERT(CONVERT(`email_hash` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((plan_v1) USING utf8mb4) USING binary)))) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AND (`app`.`users`.`id`) IN (SELECT k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED) AND `plan_id` > CAST($2 AS UNSIGNED));
-- triggers
SELECT TRIGGER_NAME AS name, '' AS `function`, ACTION_TIMING = 'BEFORE' AS early FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND EVENT_MANIPULATION = 'UPDATE' AND LEFT(TRIGGER_NAME, 13) <> 'zz_plan_sync_' ORDER BY ACTION_ORDER;
-- before_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((((EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3` AS plan_marks WHERE plan_marks.k0 = `app`.`users`.`id` AND plan_marks.i0 = CONVERT(COALESCE(LEFT(SHA2(`app`.`users`.`email_hash`, 256), 16), '-') USING binary))) AND NOT ((CONVERT(CONVERT(`email_hash` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((plan_v1) USING utf8mb4) USING binary)))) AND TRUE)) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AS unfilled FROM `app`.`users` JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) WHERE (((EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3` AS plan_marks WHERE plan_marks.k0 = `app`.`users`.`id` AND plan_marks.i0 = CONVERT(COALESCE(LEFT(SHA2(`app`.`users`.`email_hash`, 256), 16), '-') USING binary))) AND NOT ((CONVERT(CONVERT(`email_hash` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((plan_v1) USING utf8mb4) USING binary))))) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AND (`app`.`users`.`id`) IN (SELECT k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED));
-- before
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((((EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3` AS plan_marks WHERE plan_marks.k0 = `app`.`users`.`id` AND plan_marks.i0 = CONVERT(COALESCE(LEFT(SHA2(`app`.`users`.`email_hash`, 256), 16), '-') USING binary))) AND NOT ((CONVERT(CONVERT(`email_hash` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((plan_v1) USING utf8mb4) USING binary)))) AND TRUE)) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AS unfilled FROM `app`.`users` JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) WHERE (((EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3` AS plan_marks WHERE plan_marks.k0 = `app`.`users`.`id` AND plan_marks.i0 = CONVERT(COALESCE(LEFT(SHA2(`app`.`users`.`email_hash`, 256), 16), '-') USING binary))) AND NOT ((CONVERT(CONVERT(`email_hash` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((plan_v1) USING utf8mb4) USING binary))))) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AND (`app`.`users`.`id`) IN (SELECT k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED) AND `plan_id` > CAST($2 AS UNSIGNED));
-- after_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((((EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3` AS plan_marks WHERE plan_marks.k0 = `app`.`users`.`id` AND plan_marks.i0 = CONVERT(COALESCE(LEFT(SHA2(`app`.`users`.`email_hash`, 256), 16), '-') USING binary))) AND NOT ((CONVERT(CONVERT(`email_hash` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((plan_v1) USING utf8mb4) USING binary)))) AND TRUE)) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AS unfilled FROM `app`.`users` JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) WHERE (`app`.`users`.`id`) IN (SELECT k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED));
-- after
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((((EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3` AS plan_marks WHERE plan_marks.k0 = `app`.`users`.`id` AND plan_marks.i0 = CONVERT(COALESCE(LEFT(SHA2(`app`.`users`.`email_hash`, 256), 16), '-') USING binary))) AND NOT ((CONVERT(CONVERT(`email_hash` USING utf8mb4) USING binary) <=> CONVERT(CONVERT((plan_v1) USING utf8mb4) USING binary)))) AND TRUE)) AND CONVERT(plan_was USING binary) = CONVERT(CONCAT_WS(',', COALESCE(LEFT(SHA2(`app`.`users`.`email`, 256), 16), '-')) USING binary) AS unfilled FROM `app`.`users` JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', plan_v1 LONGTEXT PATH '$[1]', plan_key LONGTEXT PATH '$[2]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(HEX(CAST(`app`.`users`.`id` AS CHAR)) USING binary) WHERE (`app`.`users`.`id`) IN (SELECT k0 FROM `app`.`zm_plan_sync_users_979224cae3` WHERE `plan_id` <= CAST($1 AS UNSIGNED) AND `plan_id` > CAST($2 AS UNSIGNED));
-- remaining
SELECT EXISTS (SELECT 1 FROM `app`.`zm_plan_sync_users_979224cae3`) AS remaining;
-- estimate
SELECT COUNT(*) AS `rows` FROM `app`.`zm_plan_sync_users_979224cae3`;

-- contract.3: drop the marks of users
--   why   none is left, so every row has its value
--   lock  none
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
DROP TABLE `app`.`zm_plan_sync_users_979224cae3`;

======== undo.sql
-- Plan compute-hash, fingerprint 87d3d64ed8d1
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback compute-hash` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.1 cannot be undone: this file is of no use after it.
-- contract.2 cannot be undone: this file is of no use after it.
-- contract.3 cannot be undone: this file is of no use after it.

-- undo of enforce.1: build index users_email_hash_idx
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND INDEX_NAME = 'users_email_hash_idx') AS done) AS found), 'ALTER TABLE `app`.`users` DROP INDEX `users_email_hash_idx`, ALGORITHM=INPLACE, LOCK=NONE', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;

-- undo of expand.2: mark rows of users that are new or change, so that email_hash is computed for them
DROP TRIGGER IF EXISTS `app`.`zn_plan_sync_users_979224cae3`;
DROP TRIGGER IF EXISTS `app`.`zc_plan_sync_users_979224cae3`;
DROP TABLE IF EXISTS `app`.`zm_plan_sync_users_979224cae3`;

-- undo of expand.1: add users.email_hash
SET @plan_undo = IF((SELECT done FROM (SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 'users' AND COLUMN_NAME = 'email_hash') AS done) AS found), 'ALTER TABLE `app`.`users` DROP COLUMN `email_hash`, ALGORITHM=INSTANT, LOCK=DEFAULT', 'DO 0');
PREPARE plan_undo FROM @plan_undo;
EXECUTE plan_undo;
DEALLOCATE PREPARE plan_undo;
