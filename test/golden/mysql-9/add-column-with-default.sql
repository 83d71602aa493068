======== expand.sql
-- Plan add-column-with-default, fingerprint 60cd2cc8e9d2
-- Phase expand. For review; `plan advance add-column-with-default --phase expand` runs it.

-- expand.1: add users.status with its default
--   why   the default does not change from row to row, so the server stores it once and touches no row
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ADD COLUMN `status` varchar(20) NOT NULL DEFAULT 'active', ALGORITHM=INSTANT, LOCK=DEFAULT;

======== undo.sql
-- Plan add-column-with-default, fingerprint 60cd2cc8e9d2
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-column-with-default` runs it, and only for steps that were done.

-- undo of expand.1: add users.status with its default
ALTER TABLE `app`.`users` DROP COLUMN `status`, ALGORITHM=INSTANT, LOCK=DEFAULT;
