======== contract.sql
-- Plan drop-constraint, fingerprint 832b5baadc4c
-- Phase contract. For review; `plan advance drop-constraint --phase contract` runs it.

-- contract.1: drop the check users_named of users
--   why   only the catalogue changes; from then on rows need not meet it
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE "app"."users" DROP CONSTRAINT IF EXISTS "users_named";

======== undo.sql
-- Plan drop-constraint, fingerprint 832b5baadc4c
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback drop-constraint` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of contract.1: drop the check users_named of users
ALTER TABLE "app"."users" DROP CONSTRAINT IF EXISTS "users_named";
ALTER TABLE "app"."users" ADD CONSTRAINT "users_named" CHECK ((full_name <> ''::text)) NOT VALID;
ALTER TABLE "app"."users" VALIDATE CONSTRAINT "users_named";
