======== expand.sql
-- Plan add-nullable-column, fingerprint 87b3312c8fba
-- Phase expand. For review; `plan advance add-nullable-column --phase expand` runs it.

-- expand.1: add users.nickname
--   why   nullable and without default, so only the catalogue changes and old code does not notice
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE `app`.`users` ADD COLUMN `nickname` text NULL, ALGORITHM=INSTANT, LOCK=DEFAULT;

======== undo.sql
-- Plan add-nullable-column, fingerprint 87b3312c8fba
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-nullable-column` runs it, and only for steps that were done.

-- undo of expand.1: add users.nickname
ALTER TABLE `app`.`users` DROP COLUMN `nickname`, ALGORITHM=INSTANT, LOCK=DEFAULT;
