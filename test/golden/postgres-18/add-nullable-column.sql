======== expand.sql
-- Plan add-nullable-column, fingerprint d71fe132a977
-- Phase expand. For review; `plan advance add-nullable-column --phase expand` runs it.

-- expand.1: add users.nickname
--   why   nullable and without default, so only the catalogue changes and old code does not notice
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD COLUMN "nickname" text;
COMMIT;

======== undo.sql
-- Plan add-nullable-column, fingerprint d71fe132a977
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-nullable-column` runs it, and only for steps that were done.

-- undo of expand.1: add users.nickname
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" DROP COLUMN IF EXISTS "nickname";
COMMIT;
