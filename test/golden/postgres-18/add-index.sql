======== enforce.sql
-- Plan add-index, fingerprint 9804ebbfb0f9
-- Phase enforce. For review; `plan advance add-index --phase enforce` runs it.

-- enforce.1: build index users_email_idx
--   why   beside running writes to users, and after the backfill, so that batches stay cheap
--   lock  SHARE UPDATE EXCLUSIVE on app.users, during the build; only other schema changes wait
--   takes one index build on app.users
CREATE INDEX CONCURRENTLY "users_email_idx" ON "app"."users" ("email");
-- before a new try: DROP INDEX CONCURRENTLY IF EXISTS "app"."users_email_idx";

-- enforce.2: build unique index users_by_email
--   why   beside running writes to users, and after the backfill, so that batches stay cheap
--   lock  SHARE UPDATE EXCLUSIVE on app.users, during the build; only other schema changes wait
--   takes one index build on app.users
CREATE UNIQUE INDEX CONCURRENTLY "users_by_email" ON "app"."users" ("email", "id");
-- before a new try: DROP INDEX CONCURRENTLY IF EXISTS "app"."users_by_email";

======== verify.sql
-- Plan add-index, fingerprint 9804ebbfb0f9
-- Phase verify. For review; `plan advance add-index --phase verify` runs it.

-- verify.1: prove that users has its sync, indexes and constraints
--   why   an invalid index or a disabled trigger would show only later
--   lock  ACCESS SHARE on app.users, a moment; nobody waits
--   takes a moment
-- check
SELECT 'index users_email_idx is valid'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass('"app"."users"') AND c.relname = 'users_email_idx' AND i.indisvalid) AS holds UNION ALL SELECT 'index users_by_email is valid'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass('"app"."users"') AND c.relname = 'users_by_email' AND i.indisvalid) AS holds;

======== undo.sql
-- Plan add-index, fingerprint 9804ebbfb0f9
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-index` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of enforce.2: build unique index users_by_email
DROP INDEX CONCURRENTLY IF EXISTS "app"."users_by_email";

-- undo of enforce.1: build index users_email_idx
DROP INDEX CONCURRENTLY IF EXISTS "app"."users_email_idx";
