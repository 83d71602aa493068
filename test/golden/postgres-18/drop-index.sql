======== contract.sql
-- Plan drop-index, fingerprint 943c15037f10
-- Phase contract. For review; `plan advance drop-index --phase contract` runs it.

-- contract.1: drop index users_full_name
--   why   beside running reads and writes, and only once no query needs it
--   lock  SHARE UPDATE EXCLUSIVE on app.users, a moment; only other schema changes wait
--   takes a moment
DROP INDEX CONCURRENTLY IF EXISTS "app"."users_full_name";

======== undo.sql
-- Plan drop-index, fingerprint 943c15037f10
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback drop-index` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of contract.1: drop index users_full_name
DROP INDEX CONCURRENTLY IF EXISTS "app"."users_full_name";
CREATE INDEX CONCURRENTLY "users_full_name" ON app.users USING btree (full_name);
