======== contract.sql
-- Plan drop-required, fingerprint 6184602d2611
-- Phase contract. For review; `plan advance drop-required --phase contract` runs it.

-- contract.1: let users.email be empty
--   why   every version that reads it can take that by now; the way back requires it again
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
ALTER TABLE "app"."users" ALTER COLUMN "email" DROP NOT NULL;

======== undo.sql
-- Plan drop-required, fingerprint 6184602d2611
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback drop-required` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of contract.1: let users.email be empty
ALTER TABLE "app"."users" DROP CONSTRAINT IF EXISTS "users_email_not_null_4545e184a2";
ALTER TABLE "app"."users" ADD CONSTRAINT "users_email_not_null_4545e184a2" NOT NULL "email" NOT VALID;
ALTER TABLE "app"."users" VALIDATE CONSTRAINT "users_email_not_null_4545e184a2";
