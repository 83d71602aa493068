======== expand.sql
-- Plan add-column-with-default, fingerprint 1c8b39eaf36b
-- Phase expand. For review; `plan advance add-column-with-default --phase expand` runs it.

-- expand.1: add users.status with its default
--   why   the default does not change from row to row, so the server stores it once and touches no row
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD COLUMN "status" varchar(20) DEFAULT ('active') NOT NULL;
COMMIT;

======== undo.sql
-- Plan add-column-with-default, fingerprint 1c8b39eaf36b
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-column-with-default` runs it, and only for steps that were done.

-- undo of expand.1: add users.status with its default
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" DROP COLUMN IF EXISTS "status";
COMMIT;
