======== expand.sql
-- Plan rename-json-key, fingerprint b1b1fc9deb39
-- Phase expand. For review; `plan advance rename-json-key --phase expand` runs it.

-- expand.1: see that no document of users.profile has the key mobile
--   why   read-only; so what a rollback takes out of the documents is what this plan has put in
--   lock  SHARED READ metadata lock on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users

-- expand.2: keep both keys in profile of users equal by a trigger
--   why   from the first moment on, whatever one version writes the other one reads
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_ef3db1c123_upd` BEFORE UPDATE ON `app`.`users` FOR EACH ROW BEGIN /* plan b741ff617a7ae7cb976ed9ef4cf45b40 */
  IF NOT (@plan_backfill <=> 'zz_plan_sync_users_ef3db1c123') THEN
    IF NOT (CONVERT(NEW.`profile` USING binary) <=> CONVERT(OLD.`profile` USING binary)) THEN
      SET NEW.`profile` = CASE WHEN JSON_TYPE(JSON_EXTRACT(NEW.`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(NEW.`profile`, 'one', '$."contact"."phone"') AND NOT JSON_CONTAINS_PATH(NEW.`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(NEW.`profile`, '$."contact"."mobile"', JSON_EXTRACT(NEW.`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(NEW.`profile`, 'one', '$."contact"."mobile"') AND NOT JSON_CONTAINS_PATH(NEW.`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(NEW.`profile`, '$."contact"."phone"', JSON_EXTRACT(NEW.`profile`, '$."contact"."mobile"')) WHEN CONVERT(CAST(JSON_EXTRACT(NEW.`profile`, '$."contact"."phone"') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT(NEW.`profile`, '$."contact"."mobile"') AS CHAR) USING binary) THEN NEW.`profile` WHEN CONVERT(CAST(JSON_EXTRACT(NEW.`profile`, '$."contact"."mobile"') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT(OLD.`profile`, '$."contact"."mobile"') AS CHAR) USING binary) AND NOT (CONVERT(CAST(JSON_EXTRACT(NEW.`profile`, '$."contact"."phone"') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT(OLD.`profile`, '$."contact"."phone"') AS CHAR) USING binary)) THEN JSON_SET(NEW.`profile`, '$."contact"."mobile"', JSON_EXTRACT(NEW.`profile`, '$."contact"."phone"')) WHEN CONVERT(CAST(JSON_EXTRACT(NEW.`profile`, '$."contact"."phone"') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT(OLD.`profile`, '$."contact"."phone"') AS CHAR) USING binary) AND NOT (CONVERT(CAST(JSON_EXTRACT(NEW.`profile`, '$."contact"."mobile"') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT(OLD.`profile`, '$."contact"."mobile"') AS CHAR) USING binary)) THEN JSON_SET(NEW.`profile`, '$."contact"."phone"', JSON_EXTRACT(NEW.`profile`, '$."contact"."mobile"')) ELSE NEW.`profile` END ELSE NEW.`profile` END;
      IF COALESCE(JSON_TYPE(JSON_EXTRACT(NEW.`profile`, '$."contact"')) = 'OBJECT' AND JSON_CONTAINS_PATH(NEW.`profile`, 'one', '$."contact"."phone"') AND JSON_CONTAINS_PATH(NEW.`profile`, 'one', '$."contact"."mobile"') AND NOT (CONVERT(CAST(JSON_EXTRACT(NEW.`profile`, '$."contact"."phone"') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT(NEW.`profile`, '$."contact"."mobile"') AS CHAR) USING binary)), FALSE) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'one statement wrote different values to two keys of the same data: profile.contact.phone, profile.contact.mobile';
      END IF;
    END IF;
  END IF;
END;;
DELIMITER ;
DELIMITER ;;
CREATE TRIGGER `app`.`zz_plan_sync_users_ef3db1c123_ins` BEFORE INSERT ON `app`.`users` FOR EACH ROW BEGIN /* plan ee50646f43f5d21abc9f221e3a7422d9 */
  IF NOT (@plan_backfill <=> 'zz_plan_sync_users_ef3db1c123') THEN
    SET NEW.`profile` = CASE WHEN JSON_TYPE(JSON_EXTRACT(NEW.`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(NEW.`profile`, 'one', '$."contact"."phone"') AND NOT JSON_CONTAINS_PATH(NEW.`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(NEW.`profile`, '$."contact"."mobile"', JSON_EXTRACT(NEW.`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(NEW.`profile`, 'one', '$."contact"."mobile"') AND NOT JSON_CONTAINS_PATH(NEW.`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(NEW.`profile`, '$."contact"."phone"', JSON_EXTRACT(NEW.`profile`, '$."contact"."mobile"')) WHEN CONVERT(CAST(JSON_EXTRACT(NEW.`profile`, '$."contact"."phone"') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT(NEW.`profile`, '$."contact"."mobile"') AS CHAR) USING binary) THEN NEW.`profile` WHEN CONVERT(CAST(JSON_EXTRACT(NEW.`profile`, '$."contact"."mobile"') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT(NULL, '$."contact"."mobile"') AS CHAR) USING binary) AND NOT (CONVERT(CAST(JSON_EXTRACT(NEW.`profile`, '$."contact"."phone"') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT(NULL, '$."contact"."phone"') AS CHAR) USING binary)) THEN JSON_SET(NEW.`profile`, '$."contact"."mobile"', JSON_EXTRACT(NEW.`profile`, '$."contact"."phone"')) WHEN CONVERT(CAST(JSON_EXTRACT(NEW.`profile`, '$."contact"."phone"') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT(NULL, '$."contact"."phone"') AS CHAR) USING binary) AND NOT (CONVERT(CAST(JSON_EXTRACT(NEW.`profile`, '$."contact"."mobile"') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT(NULL, '$."contact"."mobile"') AS CHAR) USING binary)) THEN JSON_SET(NEW.`profile`, '$."contact"."phone"', JSON_EXTRACT(NEW.`profile`, '$."contact"."mobile"')) ELSE NEW.`profile` END ELSE NEW.`profile` END;
    IF COALESCE(JSON_TYPE(JSON_EXTRACT(NEW.`profile`, '$."contact"')) = 'OBJECT' AND JSON_CONTAINS_PATH(NEW.`profile`, 'one', '$."contact"."phone"') AND JSON_CONTAINS_PATH(NEW.`profile`, 'one', '$."contact"."mobile"') AND NOT (CONVERT(CAST(JSON_EXTRACT(NEW.`profile`, '$."contact"."phone"') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT(NEW.`profile`, '$."contact"."mobile"') AS CHAR) USING binary)), FALSE) THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'one statement wrote different values to two keys of the same data: profile.contact.phone, profile.contact.mobile';
    END IF;
  END IF;
END;;
DELIMITER ;
-- must work first: SELECT (CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(`profile`, '$."contact"."mobile"', JSON_EXTRACT(`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(`profile`, '$."contact"."phone"', JSON_EXTRACT(`profile`, '$."contact"."mobile"')) ELSE `profile` END ELSE `profile` END) FROM `app`.`users` LIMIT 0;

======== backfill.sql
-- Plan rename-json-key, fingerprint b1b1fc9deb39
-- Phase backfill. For review; `plan advance rename-json-key --phase backfill` runs it.

-- backfill.1: give the documents of users.profile the key mobile, batch by batch
--   why   one pass along the key; only documents that lack one of both keys are written, each batch with its ledger row
--   lock  row locks on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- mark
SET @plan_backfill = 'zz_plan_sync_users_ef3db1c123';
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
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `profile` = (CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(`profile`, '$."contact"."mobile"', JSON_EXTRACT(`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(`profile`, '$."contact"."phone"', JSON_EXTRACT(`profile`, '$."contact"."mobile"')) ELSE `profile` END ELSE `profile` END), `changed_at` = `changed_at` WHERE NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(`profile`, '$."contact"."mobile"', JSON_EXTRACT(`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(`profile`, '$."contact"."phone"', JSON_EXTRACT(`profile`, '$."contact"."mobile"')) ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary))) AND `id` <= CAST($1 AS SIGNED);
-- batch
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `profile` = (CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(`profile`, '$."contact"."mobile"', JSON_EXTRACT(`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(`profile`, '$."contact"."phone"', JSON_EXTRACT(`profile`, '$."contact"."mobile"')) ELSE `profile` END ELSE `profile` END), `changed_at` = `changed_at` WHERE NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(`profile`, '$."contact"."mobile"', JSON_EXTRACT(`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(`profile`, '$."contact"."phone"', JSON_EXTRACT(`profile`, '$."contact"."mobile"')) ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary))) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- triggers
SELECT TRIGGER_NAME AS name, '' AS `function`, ACTION_TIMING = 'BEFORE' AS early FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND EVENT_MANIPULATION = 'UPDATE' AND LEFT(TRIGGER_NAME, 13) <> 'zz_plan_sync_' ORDER BY ACTION_ORDER;
-- before_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(`profile`, '$."contact"."mobile"', JSON_EXTRACT(`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(`profile`, '$."contact"."phone"', JSON_EXTRACT(`profile`, '$."contact"."mobile"')) ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary))) AND TRUE)) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE (NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(`profile`, '$."contact"."mobile"', JSON_EXTRACT(`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(`profile`, '$."contact"."phone"', JSON_EXTRACT(`profile`, '$."contact"."mobile"')) ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary)))) AND `id` <= CAST($1 AS SIGNED);
-- before
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(`profile`, '$."contact"."mobile"', JSON_EXTRACT(`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(`profile`, '$."contact"."phone"', JSON_EXTRACT(`profile`, '$."contact"."mobile"')) ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary))) AND TRUE)) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE (NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(`profile`, '$."contact"."mobile"', JSON_EXTRACT(`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(`profile`, '$."contact"."phone"', JSON_EXTRACT(`profile`, '$."contact"."mobile"')) ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary)))) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- after_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(`profile`, '$."contact"."mobile"', JSON_EXTRACT(`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(`profile`, '$."contact"."phone"', JSON_EXTRACT(`profile`, '$."contact"."mobile"')) ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary))) AND TRUE)) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED);
-- after
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(`profile`, '$."contact"."mobile"', JSON_EXTRACT(`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(`profile`, '$."contact"."phone"', JSON_EXTRACT(`profile`, '$."contact"."mobile"')) ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary))) AND TRUE)) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
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
  SET @plan_backfill = 'zz_plan_sync_users_ef3db1c123';
  SELECT k0 INTO plan_last_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) ORDER BY `app`.`users`.`id` DESC LIMIT 1) AS found;
  plan_batches: WHILE plan_last_k0 IS NOT NULL DO
    SET plan_to_k0 = NULL;
    START TRANSACTION;
    IF plan_here_k0 IS NULL THEN
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `profile` = (CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(`profile`, '$."contact"."mobile"', JSON_EXTRACT(`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(`profile`, '$."contact"."phone"', JSON_EXTRACT(`profile`, '$."contact"."mobile"')) ELSE `profile` END ELSE `profile` END), `changed_at` = `changed_at` WHERE NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(`profile`, '$."contact"."mobile"', JSON_EXTRACT(`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(`profile`, '$."contact"."phone"', JSON_EXTRACT(`profile`, '$."contact"."mobile"')) ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary))) AND `id` <= CAST(plan_to_k0 AS SIGNED);
    ELSE
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `profile` = (CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(`profile`, '$."contact"."mobile"', JSON_EXTRACT(`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(`profile`, '$."contact"."phone"', JSON_EXTRACT(`profile`, '$."contact"."mobile"')) ELSE `profile` END ELSE `profile` END), `changed_at` = `changed_at` WHERE NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(`profile`, '$."contact"."mobile"', JSON_EXTRACT(`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') AND NOT JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(`profile`, '$."contact"."phone"', JSON_EXTRACT(`profile`, '$."contact"."mobile"')) ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary))) AND `id` <= CAST(plan_to_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED);
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
-- Plan rename-json-key, fingerprint b1b1fc9deb39
-- Phase verify. For review; `plan advance rename-json-key --phase verify` runs it.

-- verify.1: prove phone-equals-mobile-in-profile on all rows of users
--   why   one scan for all of them; one row that breaks a rule stops the plan
--   lock  SHARED READ metadata lock on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
-- count
SELECT COUNT(*) AS checked, COALESCE(SUM(COALESCE(NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(`profile`, '$."contact"."mobile"', JSON_EXTRACT(`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(`profile`, '$."contact"."phone"', JSON_EXTRACT(`profile`, '$."contact"."mobile"')) ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary))), FALSE)), 0) AS v0 FROM `app`.`users`;
-- sample_0
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` WHERE COALESCE(NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."phone"') THEN JSON_SET(`profile`, '$."contact"."mobile"', JSON_EXTRACT(`profile`, '$."contact"."phone"')) WHEN JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"') THEN JSON_SET(`profile`, '$."contact"."phone"', JSON_EXTRACT(`profile`, '$."contact"."mobile"')) ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary))), FALSE) LIMIT $1;

-- verify.2: prove that users has its sync, indexes and constraints
--   why   an invalid index or a disabled trigger would show only later
--   lock  SHARED READ metadata lock on app.users, a moment; only other schema changes wait
--   takes a moment
-- check
SELECT 'the sync trigger zz_plan_sync_users_ef3db1c123_ins is there and unchanged' AS what, EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND TRIGGER_NAME = 'zz_plan_sync_users_ef3db1c123_ins' AND LOCATE('/* plan ee50646f43f5d21abc9f221e3a7422d9 */', ACTION_STATEMENT) > 0) AS holds UNION ALL SELECT 'the sync trigger zz_plan_sync_users_ef3db1c123_upd is there and unchanged' AS what, EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND TRIGGER_NAME = 'zz_plan_sync_users_ef3db1c123_upd' AND LOCATE('/* plan b741ff617a7ae7cb976ed9ef4cf45b40 */', ACTION_STATEMENT) > 0) AS holds;

======== contract.sql
-- Plan rename-json-key, fingerprint b1b1fc9deb39
-- Phase contract. For review; `plan advance rename-json-key --phase contract` runs it.

-- contract.1: retire the key phone of users.profile
--   why   nothing is changed yet: both keys are kept equal until it is taken out
--   lock  none
--   takes a moment

-- contract.2: remove the sync trigger of users
--   why   only one shape is left to write
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_ef3db1c123_ins`;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_ef3db1c123_upd`;

-- contract.3: take the key phone out of the documents of users.profile, batch by batch
--   why   nobody reads or writes it any more; each batch with its ledger row, so an interrupted pass goes on
--   lock  row locks on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
--   POINT OF NO RETURN: this cannot be undone
-- mark
SET @plan_backfill = 'zz_plan_sync_users_ef3db1c123';
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
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `profile` = (CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN TRUE THEN JSON_REMOVE(`profile`, '$."contact"."phone"') ELSE `profile` END ELSE `profile` END), `changed_at` = `changed_at` WHERE NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN TRUE THEN JSON_REMOVE(`profile`, '$."contact"."phone"') ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary))) AND `id` <= CAST($1 AS SIGNED);
-- batch
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `profile` = (CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN TRUE THEN JSON_REMOVE(`profile`, '$."contact"."phone"') ELSE `profile` END ELSE `profile` END), `changed_at` = `changed_at` WHERE NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN TRUE THEN JSON_REMOVE(`profile`, '$."contact"."phone"') ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary))) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- triggers
SELECT TRIGGER_NAME AS name, '' AS `function`, ACTION_TIMING = 'BEFORE' AS early FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = 'app' AND EVENT_OBJECT_TABLE = 'users' AND EVENT_MANIPULATION = 'UPDATE' AND LEFT(TRIGGER_NAME, 13) <> 'zz_plan_sync_' ORDER BY ACTION_ORDER;
-- before_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN TRUE THEN JSON_REMOVE(`profile`, '$."contact"."phone"') ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary))) AND TRUE)) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE (NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN TRUE THEN JSON_REMOVE(`profile`, '$."contact"."phone"') ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary)))) AND `id` <= CAST($1 AS SIGNED);
-- before
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN TRUE THEN JSON_REMOVE(`profile`, '$."contact"."phone"') ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary))) AND TRUE)) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE (NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN TRUE THEN JSON_REMOVE(`profile`, '$."contact"."phone"') ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary)))) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
-- after_first
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN TRUE THEN JSON_REMOVE(`profile`, '$."contact"."phone"') ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary))) AND TRUE)) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED);
-- after
-- SELECT CAST(`id` AS CHAR) AS k0, CONCAT_WS(',', COALESCE(LEFT(SHA2(`id`, 256), 16), '-'), COALESCE(LEFT(SHA2(`last_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`full_name`, 256), 16), '-'), COALESCE(LEFT(SHA2(`email`, 256), 16), '-'), COALESCE(LEFT(SHA2(`changed_at`, 256), 16), '-')) AS image, ((NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN TRUE THEN JSON_REMOVE(`profile`, '$."contact"."phone"') ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary))) AND TRUE)) AS unfilled FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
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
  SET @plan_backfill = 'zz_plan_sync_users_ef3db1c123';
  SELECT k0 INTO plan_last_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) ORDER BY `app`.`users`.`id` DESC LIMIT 1) AS found;
  plan_batches: WHILE plan_last_k0 IS NOT NULL DO
    SET plan_to_k0 = NULL;
    START TRANSACTION;
    IF plan_here_k0 IS NULL THEN
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `profile` = (CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN TRUE THEN JSON_REMOVE(`profile`, '$."contact"."phone"') ELSE `profile` END ELSE `profile` END), `changed_at` = `changed_at` WHERE NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN TRUE THEN JSON_REMOVE(`profile`, '$."contact"."phone"') ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary))) AND `id` <= CAST(plan_to_k0 AS SIGNED);
    ELSE
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `profile` = (CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN TRUE THEN JSON_REMOVE(`profile`, '$."contact"."phone"') ELSE `profile` END ELSE `profile` END), `changed_at` = `changed_at` WHERE NOT ((CONVERT(CAST(JSON_EXTRACT(`profile`, '$') AS CHAR) USING binary) <=> CONVERT(CAST(JSON_EXTRACT((CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN TRUE THEN JSON_REMOVE(`profile`, '$."contact"."phone"') ELSE `profile` END ELSE `profile` END), '$') AS CHAR) USING binary))) AND `id` <= CAST(plan_to_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED);
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

======== undo.sql
-- Plan rename-json-key, fingerprint b1b1fc9deb39
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback rename-json-key` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.2 cannot be undone: this file is of no use after it.
-- contract.3 cannot be undone: this file is of no use after it.

-- undo of expand.2: keep both keys in profile of users equal by a trigger
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_ef3db1c123_ins`;
DROP TRIGGER IF EXISTS `app`.`zz_plan_sync_users_ef3db1c123_upd`;

-- undo of expand.1: see that no document of users.profile has the key mobile
-- end
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) ORDER BY `app`.`users`.`id` DESC LIMIT 1;
-- boundary_first
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($2 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT $1, 1;
-- boundary
-- SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($2 AS SIGNED) AND `id` > CAST($3 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT $1, 1;
-- mark
-- SET @plan_backfill = NULL;
-- lock_first
-- SELECT COUNT(*) FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) FOR UPDATE NOWAIT;
-- lock
-- SELECT COUNT(*) FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED) FOR UPDATE NOWAIT;
-- undo_first
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `profile` = CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN TRUE THEN JSON_REMOVE(`profile`, '$."contact"."mobile"') ELSE `profile` END ELSE `profile` END, `changed_at` = `changed_at` WHERE COALESCE(JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' AND JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"'), FALSE) AND `id` <= CAST($1 AS SIGNED);
-- undo
-- UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `profile` = CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN TRUE THEN JSON_REMOVE(`profile`, '$."contact"."mobile"') ELSE `profile` END ELSE `profile` END, `changed_at` = `changed_at` WHERE COALESCE(JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' AND JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"'), FALSE) AND `id` <= CAST($1 AS SIGNED) AND `id` > CAST($2 AS SIGNED);
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
  SELECT k0 INTO plan_last_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) ORDER BY `app`.`users`.`id` DESC LIMIT 1) AS found;
  plan_batches: WHILE plan_last_k0 IS NOT NULL DO
    SET plan_to_k0 = NULL;
    START TRANSACTION;
    IF plan_here_k0 IS NULL THEN
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `profile` = CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN TRUE THEN JSON_REMOVE(`profile`, '$."contact"."mobile"') ELSE `profile` END ELSE `profile` END, `changed_at` = `changed_at` WHERE COALESCE(JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' AND JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"'), FALSE) AND `id` <= CAST(plan_to_k0 AS SIGNED);
    ELSE
      SELECT k0 INTO plan_to_k0 FROM (SELECT CAST(`id` AS CHAR) AS k0 FROM `app`.`users` FORCE INDEX (`PRIMARY`) WHERE `id` <= CAST(plan_last_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED) ORDER BY `app`.`users`.`id` LIMIT plan_rows, 1) AS found;
      IF plan_to_k0 IS NULL THEN SET plan_to_k0 = plan_last_k0; END IF;
      UPDATE `app`.`users` FORCE INDEX (`PRIMARY`) SET `profile` = CASE WHEN JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' THEN CASE WHEN TRUE THEN JSON_REMOVE(`profile`, '$."contact"."mobile"') ELSE `profile` END ELSE `profile` END, `changed_at` = `changed_at` WHERE COALESCE(JSON_TYPE(JSON_EXTRACT(`profile`, '$."contact"')) = 'OBJECT' AND JSON_CONTAINS_PATH(`profile`, 'one', '$."contact"."mobile"'), FALSE) AND `id` <= CAST(plan_to_k0 AS SIGNED) AND `id` > CAST(plan_here_k0 AS SIGNED);
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
