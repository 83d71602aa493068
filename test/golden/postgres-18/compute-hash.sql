======== expand.sql
-- Plan compute-hash, fingerprint 2ba8632d609b
-- Phase expand. For review; `plan advance compute-hash --phase expand` runs it.

-- expand.1: add users.email_hash; mark rows of users that are new or change, so that email_hash is computed for them
--   why   nullable and without default, so only the catalogue changes and old code does not notice; a trigger cannot call a module, so it notes the key of the row, and sweeps compute what is noted
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD COLUMN "email_hash" varchar(64);
CREATE TABLE "app"."zm_plan_sync_users_979224cae3" (plan_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, plan_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(), k0 bigint NOT NULL, i0 text);
CREATE INDEX ON "app"."zm_plan_sync_users_979224cae3" (k0);
CREATE FUNCTION "app"."zm_plan_sync_users_979224cae3"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, MDY' SET IntervalStyle = 'postgres' SET extra_float_digits = '1' SET bytea_output = 'hex' AS $plan$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO "app"."zm_plan_sync_users_979224cae3" (k0, i0) VALUES (NEW."id", pg_catalog.md5(ROW(NEW."email_hash")::text));
  ELSE
    INSERT INTO "app"."zm_plan_sync_users_979224cae3" (k0, i0) VALUES (NEW."id", pg_catalog.md5(ROW(NEW."email_hash")::text));
  END IF;
  RETURN NULL;
END
$plan$;
CREATE TRIGGER "zn_plan_sync_users_979224cae3" AFTER INSERT ON "app"."users" FOR EACH ROW WHEN (NEW."email_hash" IS NOT DISTINCT FROM NULL) EXECUTE FUNCTION "app"."zm_plan_sync_users_979224cae3"();
CREATE TRIGGER "zc_plan_sync_users_979224cae3" AFTER UPDATE ON "app"."users" FOR EACH ROW WHEN (((NOT (NEW."id" IS NOT DISTINCT FROM OLD."id") OR NOT (NEW."email" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."email" COLLATE pg_catalog."C")) AND NOT (NOT (ROW(NEW."email_hash")::record OPERATOR(pg_catalog.*=) ROW(OLD."email_hash")::record)))) EXECUTE FUNCTION "app"."zm_plan_sync_users_979224cae3"();
COMMIT;

======== backfill.sql
-- Plan compute-hash, fingerprint 2ba8632d609b
-- Phase backfill. For review; `plan advance compute-hash --phase backfill` runs it.

-- backfill.1: compute email_hash of users by hashed of ./transforms/email.js (SHA-256 32ac3d453490), batch by batch
--   why   no expression of the database can: the runner reads a batch, calls the function for each row, and writes what it gave where the row is still as it was read, together with the ledger row
--   lock  ROW EXCLUSIVE on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- This file cannot hold what computes email_hash: the runner calls
--   hashed of ./transforms/email.js, SHA-256 32ac3d453490f4b03f021d8951eb0521fba8bd350bd85889e2a98764cd05b126
-- for each row, and binds what it gives.
-- mark
SELECT pg_catalog.set_config('plan.backfill', 'zz_plan_sync_users_979224cae3', true), pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.set_config('lock_timeout', '100ms', true);
-- end
SELECT "id"::text AS k0 FROM "app"."users" ORDER BY "app"."users"."id" DESC LIMIT 1;
-- boundary_first
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- boundary
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint AND "id" > $3::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- batch_first
-- UPDATE "app"."users" SET "email_hash" = (CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar)) WHERE (("email_hash" IS NOT DISTINCT FROM NULL) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text)) AND "id" <= $1::bigint;
-- batch
-- UPDATE "app"."users" SET "email_hash" = (CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar)) WHERE (("email_hash" IS NOT DISTINCT FROM NULL) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text)) AND "id" <= $1::bigint AND "id" > $2::bigint;
-- guarded_first
-- WITH plan_before AS MATERIALIZED (SELECT ctid AS "plan place", "id" AS "plan was 0", "last_name" AS "plan was 1", "full_name" AS "plan was 2", "email" AS "plan was 3" FROM "app"."users" WHERE (("email_hash" IS NOT DISTINCT FROM NULL) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text)) AND "id" <= $1::bigint), plan_written AS (UPDATE "app"."users" SET "email_hash" = (CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar)) FROM plan_before WHERE "app"."users".ctid OPERATOR(pg_catalog.=) plan_before."plan place" AND "id" <= $1::bigint RETURNING ROW("app"."users"."id")::record OPERATOR(pg_catalog.*=) ROW("plan was 0")::record AS same_0, ROW("app"."users"."last_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 1")::record AS same_1, ROW("app"."users"."full_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 2")::record AS same_2, ROW("app"."users"."email")::record OPERATOR(pg_catalog.*=) ROW("plan was 3")::record AS same_3, ((("email_hash" IS NOT DISTINCT FROM NULL) AND ((CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar)) IS DISTINCT FROM NULL) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text))) AS unfilled) SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[CASE WHEN NOT pg_catalog.bool_and(same_0) THEN 'id' END, CASE WHEN NOT pg_catalog.bool_and(same_1) THEN 'last_name' END, CASE WHEN NOT pg_catalog.bool_and(same_2) THEN 'full_name' END, CASE WHEN NOT pg_catalog.bool_and(same_3) THEN 'email' END]::text[], NULL))::text AS changed FROM plan_written;
-- guarded
-- WITH plan_before AS MATERIALIZED (SELECT ctid AS "plan place", "id" AS "plan was 0", "last_name" AS "plan was 1", "full_name" AS "plan was 2", "email" AS "plan was 3" FROM "app"."users" WHERE (("email_hash" IS NOT DISTINCT FROM NULL) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text)) AND "id" <= $1::bigint AND "id" > $2::bigint), plan_written AS (UPDATE "app"."users" SET "email_hash" = (CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar)) FROM plan_before WHERE "app"."users".ctid OPERATOR(pg_catalog.=) plan_before."plan place" AND "id" <= $1::bigint AND "id" > $2::bigint RETURNING ROW("app"."users"."id")::record OPERATOR(pg_catalog.*=) ROW("plan was 0")::record AS same_0, ROW("app"."users"."last_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 1")::record AS same_1, ROW("app"."users"."full_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 2")::record AS same_2, ROW("app"."users"."email")::record OPERATOR(pg_catalog.*=) ROW("plan was 3")::record AS same_3, ((("email_hash" IS NOT DISTINCT FROM NULL) AND ((CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar)) IS DISTINCT FROM NULL) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text))) AS unfilled) SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[CASE WHEN NOT pg_catalog.bool_and(same_0) THEN 'id' END, CASE WHEN NOT pg_catalog.bool_and(same_1) THEN 'last_name' END, CASE WHEN NOT pg_catalog.bool_and(same_2) THEN 'full_name' END, CASE WHEN NOT pg_catalog.bool_and(same_3) THEN 'email' END]::text[], NULL))::text AS changed FROM plan_written;
-- left_first
-- SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM "app"."users" WHERE ((("email_hash" IS NOT DISTINCT FROM NULL) AND ((CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar)) IS DISTINCT FROM NULL) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text))) AND "id" <= $1::bigint FOR NO KEY UPDATE) AS plan_left;
-- left
-- SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM "app"."users" WHERE ((("email_hash" IS NOT DISTINCT FROM NULL) AND ((CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar)) IS DISTINCT FROM NULL) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text))) AND "id" <= $1::bigint AND "id" > $2::bigint FOR NO KEY UPDATE) AS plan_left;
-- cuts
-- SELECT "id"::text AS k0 FROM (SELECT "id", pg_catalog.row_number() OVER (ORDER BY "id") AS plan_n, pg_catalog.count(*) OVER () AS plan_all FROM "app"."users" TABLESAMPLE SYSTEM (least(100, greatest(0.001, 100 * 30000::float8 / greatest(1, $2::bigint)))) WHERE "id" < $3::bigint) AS sampled WHERE plan_n * $1::bigint / plan_all <> (plan_n - 1) * $1::bigint / plan_all AND plan_n < plan_all ORDER BY "id";
-- read_first
-- SELECT "id"::text AS p0, "id"::text AS n0, "id"::text AS id, pg_catalog.md5(ROW("email")::text) AS was, "email"::text AS v0 FROM "app"."users" WHERE (("email_hash" IS NOT DISTINCT FROM NULL)) AND "id" <= $1::bigint ORDER BY "app"."users"."id";
-- read
-- SELECT "id"::text AS p0, "id"::text AS n0, "id"::text AS id, pg_catalog.md5(ROW("email")::text) AS was, "email"::text AS v0 FROM "app"."users" WHERE (("email_hash" IS NOT DISTINCT FROM NULL)) AND "id" <= $1::bigint AND "id" > $2::bigint ORDER BY "app"."users"."id";
-- bind
-- SELECT pg_catalog.set_config('plan.computed', $1, true);
-- held_first
-- SELECT "id"::text AS id FROM "app"."users" WHERE (("email_hash" IS NOT DISTINCT FROM NULL)) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text) AND "id" <= $1::bigint FOR NO KEY UPDATE NOWAIT;
-- held
-- SELECT "id"::text AS id FROM "app"."users" WHERE (("email_hash" IS NOT DISTINCT FROM NULL)) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text) AND "id" <= $1::bigint AND "id" > $2::bigint FOR NO KEY UPDATE NOWAIT;
-- triggers
SELECT g.tgname AS name, p.proname AS function, (g.tgtype OPERATOR(pg_catalog.&) 3) OPERATOR(pg_catalog.=) 3 AS early FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) g.tgfoid WHERE g.tgrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass('"app"."users"') AND NOT g.tgisinternal AND (g.tgtype OPERATOR(pg_catalog.&) 16) OPERATOR(pg_catalog.>) 0 AND g.tgname::text OPERATOR(pg_catalog.!~) '^(zz_|zn_|zc_|!!_|!!!)plan_sync_' AND g.tgenabled::text OPERATOR(pg_catalog.=) ANY (CASE pg_catalog.current_setting('session_replication_role') WHEN 'replica' THEN '{R,A}'::text[] ELSE '{O,A}'::text[] END) AND (g.tgattr::text OPERATOR(pg_catalog.=) '' OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.=) g.tgrelid AND a.attnum OPERATOR(pg_catalog.=) ANY (g.tgattr::int2[]) AND a.attname::text OPERATOR(pg_catalog.=) ANY (ARRAY['email_hash']::text[]))) ORDER BY g.tgname;
-- remaining
SELECT false AS remaining;
-- vacuum
VACUUM (SKIP_LOCKED, TRUNCATE false) "app"."users";
-- size
SELECT pg_catalog.pg_relation_size('"app"."users"'::regclass)::text AS bytes;
-- estimate
SELECT (CASE WHEN reltuples >= 0 AND relpages > 0 THEN reltuples / relpages ELSE 50 END * (pg_catalog.pg_relation_size('"app"."users"'::regclass) / pg_catalog.current_setting('block_size')::int))::bigint::text AS rows FROM pg_catalog.pg_class WHERE oid = '"app"."users"'::regclass;

-- backfill.2: compute email_hash of the marked rows of users by hashed of ./transforms/email.js (SHA-256 32ac3d453490), until none is left
--   why   what clients wrote meanwhile; a mark goes in the transaction that writes the value, and later phases sweep again before they begin
--   lock  ROW EXCLUSIVE on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- This file cannot hold what computes email_hash: the runner calls
--   hashed of ./transforms/email.js, SHA-256 32ac3d453490f4b03f021d8951eb0521fba8bd350bd85889e2a98764cd05b126
-- for each row, and binds what it gives.
-- mark
SELECT pg_catalog.set_config('plan.backfill', 'zz_plan_sync_users_979224cae3', true), pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.set_config('lock_timeout', '100ms', true);
-- end
SELECT "plan_id"::text AS k0 FROM "app"."zm_plan_sync_users_979224cae3" ORDER BY "app"."zm_plan_sync_users_979224cae3"."plan_id" DESC LIMIT 1;
-- boundary_first
-- SELECT "plan_id"::text AS k0 FROM (SELECT "plan_id" FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $2::bigint ORDER BY "plan_id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- boundary
-- SELECT "plan_id"::text AS k0 FROM (SELECT "plan_id" FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $2::bigint AND "plan_id" > $3::bigint ORDER BY "plan_id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- batch_first
-- UPDATE "app"."users" SET "email_hash" = (CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) WHERE (NOT (("email_hash" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) AS varchar))) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text)) AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint);
-- batch
-- UPDATE "app"."users" SET "email_hash" = (CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) WHERE (NOT (("email_hash" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) AS varchar))) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text)) AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint AND "plan_id" > $2::bigint);
-- guarded_first
-- WITH plan_before AS MATERIALIZED (SELECT ctid AS "plan place", "id" AS "plan was 0", "last_name" AS "plan was 1", "full_name" AS "plan was 2", "email" AS "plan was 3" FROM "app"."users" WHERE (NOT (("email_hash" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) AS varchar))) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text)) AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint)), plan_written AS (UPDATE "app"."users" SET "email_hash" = (CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) FROM plan_before WHERE "app"."users".ctid OPERATOR(pg_catalog.=) plan_before."plan place" AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint) RETURNING ROW("app"."users"."id")::record OPERATOR(pg_catalog.*=) ROW("plan was 0")::record AS same_0, ROW("app"."users"."last_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 1")::record AS same_1, ROW("app"."users"."full_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 2")::record AS same_2, ROW("app"."users"."email")::record OPERATOR(pg_catalog.*=) ROW("plan was 3")::record AS same_3, ((NOT (("email_hash" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) AS varchar))) AND true AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text))) AS unfilled) SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[CASE WHEN NOT pg_catalog.bool_and(same_0) THEN 'id' END, CASE WHEN NOT pg_catalog.bool_and(same_1) THEN 'last_name' END, CASE WHEN NOT pg_catalog.bool_and(same_2) THEN 'full_name' END, CASE WHEN NOT pg_catalog.bool_and(same_3) THEN 'email' END]::text[], NULL))::text AS changed FROM plan_written;
-- guarded
-- WITH plan_before AS MATERIALIZED (SELECT ctid AS "plan place", "id" AS "plan was 0", "last_name" AS "plan was 1", "full_name" AS "plan was 2", "email" AS "plan was 3" FROM "app"."users" WHERE (NOT (("email_hash" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) AS varchar))) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text)) AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint AND "plan_id" > $2::bigint)), plan_written AS (UPDATE "app"."users" SET "email_hash" = (CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) FROM plan_before WHERE "app"."users".ctid OPERATOR(pg_catalog.=) plan_before."plan place" AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint AND "plan_id" > $2::bigint) RETURNING ROW("app"."users"."id")::record OPERATOR(pg_catalog.*=) ROW("plan was 0")::record AS same_0, ROW("app"."users"."last_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 1")::record AS same_1, ROW("app"."users"."full_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 2")::record AS same_2, ROW("app"."users"."email")::record OPERATOR(pg_catalog.*=) ROW("plan was 3")::record AS same_3, ((NOT (("email_hash" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) AS varchar))) AND true AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text))) AS unfilled) SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[CASE WHEN NOT pg_catalog.bool_and(same_0) THEN 'id' END, CASE WHEN NOT pg_catalog.bool_and(same_1) THEN 'last_name' END, CASE WHEN NOT pg_catalog.bool_and(same_2) THEN 'full_name' END, CASE WHEN NOT pg_catalog.bool_and(same_3) THEN 'email' END]::text[], NULL))::text AS changed FROM plan_written;
-- left_first
-- SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM "app"."users" WHERE ((NOT (("email_hash" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) AS varchar))) AND true AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text))) AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint) FOR NO KEY UPDATE) AS plan_left;
-- left
-- SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM "app"."users" WHERE ((NOT (("email_hash" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) AS varchar))) AND true AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text))) AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint AND "plan_id" > $2::bigint) FOR NO KEY UPDATE) AS plan_left;
-- read_first
-- SELECT plan_marks.plan_id::text AS p0, plan_marks.k0::text AS n0, plan_row.* FROM (SELECT * FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint) AS plan_marks LEFT JOIN (SELECT "id" AS plan_k0, "id"::text AS id, pg_catalog.md5(ROW("email")::text) AS was, "email"::text AS v0 FROM "app"."users") AS plan_row ON plan_row.plan_k0 = plan_marks.k0 ORDER BY plan_marks.plan_id;
-- read
-- SELECT plan_marks.plan_id::text AS p0, plan_marks.k0::text AS n0, plan_row.* FROM (SELECT * FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint AND "plan_id" > $2::bigint) AS plan_marks LEFT JOIN (SELECT "id" AS plan_k0, "id"::text AS id, pg_catalog.md5(ROW("email")::text) AS was, "email"::text AS v0 FROM "app"."users") AS plan_row ON plan_row.plan_k0 = plan_marks.k0 ORDER BY plan_marks.plan_id;
-- bind
-- SELECT pg_catalog.set_config('plan.computed', $1, true);
-- held_first
-- SELECT "id"::text AS id FROM "app"."users" WHERE (true) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text) AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint) FOR NO KEY UPDATE NOWAIT;
-- held
-- SELECT "id"::text AS id FROM "app"."users" WHERE (true) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text) AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint AND "plan_id" > $2::bigint) FOR NO KEY UPDATE NOWAIT;
-- row
-- DELETE FROM "app"."zm_plan_sync_users_979224cae3" WHERE (k0) IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE plan_id IN (SELECT plan_done::bigint FROM pg_catalog.jsonb_array_elements_text($1::jsonb) AS plan_done));
-- place
-- DELETE FROM "app"."zm_plan_sync_users_979224cae3" WHERE plan_id IN (SELECT plan_done::bigint FROM pg_catalog.jsonb_array_elements_text($1::jsonb) AS plan_done);
-- triggers
SELECT g.tgname AS name, p.proname AS function, (g.tgtype OPERATOR(pg_catalog.&) 3) OPERATOR(pg_catalog.=) 3 AS early FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) g.tgfoid WHERE g.tgrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass('"app"."users"') AND NOT g.tgisinternal AND (g.tgtype OPERATOR(pg_catalog.&) 16) OPERATOR(pg_catalog.>) 0 AND g.tgname::text OPERATOR(pg_catalog.!~) '^(zz_|zn_|zc_|!!_|!!!)plan_sync_' AND g.tgenabled::text OPERATOR(pg_catalog.=) ANY (CASE pg_catalog.current_setting('session_replication_role') WHEN 'replica' THEN '{R,A}'::text[] ELSE '{O,A}'::text[] END) AND (g.tgattr::text OPERATOR(pg_catalog.=) '' OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.=) g.tgrelid AND a.attnum OPERATOR(pg_catalog.=) ANY (g.tgattr::int2[]) AND a.attname::text OPERATOR(pg_catalog.=) ANY (ARRAY['email_hash']::text[]))) ORDER BY g.tgname;
-- remaining
SELECT EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3") AS remaining;
-- vacuum
VACUUM (SKIP_LOCKED, TRUNCATE false) "app"."users";
-- size
SELECT pg_catalog.pg_relation_size('"app"."users"'::regclass)::text AS bytes;
-- estimate
SELECT pg_catalog.count(*)::text AS rows FROM "app"."zm_plan_sync_users_979224cae3";

======== enforce.sql
-- Plan compute-hash, fingerprint 2ba8632d609b
-- Phase enforce. For review; `plan advance compute-hash --phase enforce` runs it.

-- enforce.1: build index users_email_hash_idx
--   why   beside running writes to users, and after the backfill, so that batches stay cheap
--   lock  SHARE UPDATE EXCLUSIVE on app.users, during the build; only other schema changes wait
--   takes one index build on app.users
CREATE INDEX CONCURRENTLY "users_email_hash_idx" ON "app"."users" ("email_hash");
-- before a new try: DROP INDEX CONCURRENTLY IF EXISTS "app"."users_email_hash_idx";

======== verify.sql
-- Plan compute-hash, fingerprint 2ba8632d609b
-- Phase verify. For review; `plan advance compute-hash --phase verify` runs it.

-- verify.1: prove users-computed on all rows of users
--   why   one scan for all of them; one row that breaks a rule stops the plan
--   lock  ACCESS SHARE on app.users, during the scan; nobody waits
--   takes one scan of app.users
-- count
SELECT count(*)::text AS checked, count(*) FILTER (WHERE EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.plan_at < pg_catalog.now() - interval '1 minute'))::text AS v0 FROM "app"."users";
-- sample_0
-- SELECT "id"::text AS k0 FROM "app"."users" WHERE EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.plan_at < pg_catalog.now() - interval '1 minute') LIMIT $1::bigint;

-- verify.2: prove that users has its sync, indexes and constraints
--   why   an invalid index or a disabled trigger would show only later
--   lock  ACCESS SHARE on app.users, a moment; nobody waits
--   takes a moment
-- check
SELECT 'the trigger zn_plan_sync_users_979224cae3, which marks rows, is enabled and unchanged'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = to_regclass('"app"."users"') AND t.tgname = 'zn_plan_sync_users_979224cae3' AND t.tgenabled IN ('O', 'A') AND md5(p.prosrc) = '1cf1225e0a3d561d64be4727d330d9eb') AS holds UNION ALL SELECT 'the trigger zc_plan_sync_users_979224cae3, which marks rows, is enabled and unchanged'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = to_regclass('"app"."users"') AND t.tgname = 'zc_plan_sync_users_979224cae3' AND t.tgenabled IN ('O', 'A') AND md5(p.prosrc) = '1cf1225e0a3d561d64be4727d330d9eb') AS holds UNION ALL SELECT 'index users_email_hash_idx is valid'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass('"app"."users"') AND c.relname = 'users_email_hash_idx' AND i.indisvalid) AS holds;

======== contract.sql
-- Plan compute-hash, fingerprint 2ba8632d609b
-- Phase contract. For review; `plan advance compute-hash --phase contract` runs it.

-- contract.1: remove the triggers that mark rows of users
--   why   every writer writes email_hash itself by now
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
BEGIN;
SET LOCAL lock_timeout = '1s';
DROP TRIGGER "zn_plan_sync_users_979224cae3" ON "app"."users";
DROP TRIGGER "zc_plan_sync_users_979224cae3" ON "app"."users";
DROP FUNCTION "app"."zm_plan_sync_users_979224cae3"();
COMMIT;

-- contract.2: compute email_hash of the marked rows of users by hashed of ./transforms/email.js (SHA-256 32ac3d453490), until none is left
--   why   what clients wrote meanwhile; a mark goes in the transaction that writes the value, and later phases sweep again before they begin
--   lock  ROW EXCLUSIVE on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
--   POINT OF NO RETURN: this cannot be undone
-- This file cannot hold what computes email_hash: the runner calls
--   hashed of ./transforms/email.js, SHA-256 32ac3d453490f4b03f021d8951eb0521fba8bd350bd85889e2a98764cd05b126
-- for each row, and binds what it gives.
-- mark
SELECT pg_catalog.set_config('plan.backfill', 'zz_plan_sync_users_979224cae3', true), pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.set_config('lock_timeout', '100ms', true);
-- end
SELECT "plan_id"::text AS k0 FROM "app"."zm_plan_sync_users_979224cae3" ORDER BY "app"."zm_plan_sync_users_979224cae3"."plan_id" DESC LIMIT 1;
-- boundary_first
-- SELECT "plan_id"::text AS k0 FROM (SELECT "plan_id" FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $2::bigint ORDER BY "plan_id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- boundary
-- SELECT "plan_id"::text AS k0 FROM (SELECT "plan_id" FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $2::bigint AND "plan_id" > $3::bigint ORDER BY "plan_id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- batch_first
-- UPDATE "app"."users" SET "email_hash" = (CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) WHERE (NOT (("email_hash" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) AS varchar))) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text)) AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint);
-- batch
-- UPDATE "app"."users" SET "email_hash" = (CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) WHERE (NOT (("email_hash" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) AS varchar))) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text)) AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint AND "plan_id" > $2::bigint);
-- guarded_first
-- WITH plan_before AS MATERIALIZED (SELECT ctid AS "plan place", "id" AS "plan was 0", "last_name" AS "plan was 1", "full_name" AS "plan was 2", "email" AS "plan was 3" FROM "app"."users" WHERE (NOT (("email_hash" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) AS varchar))) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text)) AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint)), plan_written AS (UPDATE "app"."users" SET "email_hash" = (CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) FROM plan_before WHERE "app"."users".ctid OPERATOR(pg_catalog.=) plan_before."plan place" AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint) RETURNING ROW("app"."users"."id")::record OPERATOR(pg_catalog.*=) ROW("plan was 0")::record AS same_0, ROW("app"."users"."last_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 1")::record AS same_1, ROW("app"."users"."full_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 2")::record AS same_2, ROW("app"."users"."email")::record OPERATOR(pg_catalog.*=) ROW("plan was 3")::record AS same_3, ((NOT (("email_hash" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) AS varchar))) AND true AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text))) AS unfilled) SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[CASE WHEN NOT pg_catalog.bool_and(same_0) THEN 'id' END, CASE WHEN NOT pg_catalog.bool_and(same_1) THEN 'last_name' END, CASE WHEN NOT pg_catalog.bool_and(same_2) THEN 'full_name' END, CASE WHEN NOT pg_catalog.bool_and(same_3) THEN 'email' END]::text[], NULL))::text AS changed FROM plan_written;
-- guarded
-- WITH plan_before AS MATERIALIZED (SELECT ctid AS "plan place", "id" AS "plan was 0", "last_name" AS "plan was 1", "full_name" AS "plan was 2", "email" AS "plan was 3" FROM "app"."users" WHERE (NOT (("email_hash" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) AS varchar))) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text)) AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint AND "plan_id" > $2::bigint)), plan_written AS (UPDATE "app"."users" SET "email_hash" = (CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) FROM plan_before WHERE "app"."users".ctid OPERATOR(pg_catalog.=) plan_before."plan place" AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint AND "plan_id" > $2::bigint) RETURNING ROW("app"."users"."id")::record OPERATOR(pg_catalog.*=) ROW("plan was 0")::record AS same_0, ROW("app"."users"."last_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 1")::record AS same_1, ROW("app"."users"."full_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 2")::record AS same_2, ROW("app"."users"."email")::record OPERATOR(pg_catalog.*=) ROW("plan was 3")::record AS same_3, ((NOT (("email_hash" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) AS varchar))) AND true AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text))) AS unfilled) SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[CASE WHEN NOT pg_catalog.bool_and(same_0) THEN 'id' END, CASE WHEN NOT pg_catalog.bool_and(same_1) THEN 'last_name' END, CASE WHEN NOT pg_catalog.bool_and(same_2) THEN 'full_name' END, CASE WHEN NOT pg_catalog.bool_and(same_3) THEN 'email' END]::text[], NULL))::text AS changed FROM plan_written;
-- left_first
-- SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM "app"."users" WHERE ((NOT (("email_hash" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) AS varchar))) AND true AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text))) AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint) FOR NO KEY UPDATE) AS plan_left;
-- left
-- SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM "app"."users" WHERE ((NOT (("email_hash" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3" AS plan_marks WHERE plan_marks.k0 = "app"."users"."id" AND plan_marks.i0 = pg_catalog.md5(ROW("app"."users"."email_hash")::text)) THEN CAST((((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 1) AS varchar) ELSE "email_hash" END) AS varchar))) AND true AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text))) AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint AND "plan_id" > $2::bigint) FOR NO KEY UPDATE) AS plan_left;
-- read_first
-- SELECT plan_marks.plan_id::text AS p0, plan_marks.k0::text AS n0, plan_row.* FROM (SELECT * FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint) AS plan_marks LEFT JOIN (SELECT "id" AS plan_k0, "id"::text AS id, pg_catalog.md5(ROW("email")::text) AS was, "email"::text AS v0 FROM "app"."users") AS plan_row ON plan_row.plan_k0 = plan_marks.k0 ORDER BY plan_marks.plan_id;
-- read
-- SELECT plan_marks.plan_id::text AS p0, plan_marks.k0::text AS n0, plan_row.* FROM (SELECT * FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint AND "plan_id" > $2::bigint) AS plan_marks LEFT JOIN (SELECT "id" AS plan_k0, "id"::text AS id, pg_catalog.md5(ROW("email")::text) AS was, "email"::text AS v0 FROM "app"."users") AS plan_row ON plan_row.plan_k0 = plan_marks.k0 ORDER BY plan_marks.plan_id;
-- bind
-- SELECT pg_catalog.set_config('plan.computed', $1, true);
-- held_first
-- SELECT "id"::text AS id FROM "app"."users" WHERE (true) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text) AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint) FOR NO KEY UPDATE NOWAIT;
-- held
-- SELECT "id"::text AS id FROM "app"."users" WHERE (true) AND ((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> "id"::text) ->> 0 IS NOT DISTINCT FROM pg_catalog.md5(ROW("email")::text) AND ("id") IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE "plan_id" <= $1::bigint AND "plan_id" > $2::bigint) FOR NO KEY UPDATE NOWAIT;
-- row
-- DELETE FROM "app"."zm_plan_sync_users_979224cae3" WHERE (k0) IN (SELECT k0 FROM "app"."zm_plan_sync_users_979224cae3" WHERE plan_id IN (SELECT plan_done::bigint FROM pg_catalog.jsonb_array_elements_text($1::jsonb) AS plan_done));
-- place
-- DELETE FROM "app"."zm_plan_sync_users_979224cae3" WHERE plan_id IN (SELECT plan_done::bigint FROM pg_catalog.jsonb_array_elements_text($1::jsonb) AS plan_done);
-- triggers
SELECT g.tgname AS name, p.proname AS function, (g.tgtype OPERATOR(pg_catalog.&) 3) OPERATOR(pg_catalog.=) 3 AS early FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) g.tgfoid WHERE g.tgrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass('"app"."users"') AND NOT g.tgisinternal AND (g.tgtype OPERATOR(pg_catalog.&) 16) OPERATOR(pg_catalog.>) 0 AND g.tgname::text OPERATOR(pg_catalog.!~) '^(zz_|zn_|zc_|!!_|!!!)plan_sync_' AND g.tgenabled::text OPERATOR(pg_catalog.=) ANY (CASE pg_catalog.current_setting('session_replication_role') WHEN 'replica' THEN '{R,A}'::text[] ELSE '{O,A}'::text[] END) AND (g.tgattr::text OPERATOR(pg_catalog.=) '' OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.=) g.tgrelid AND a.attnum OPERATOR(pg_catalog.=) ANY (g.tgattr::int2[]) AND a.attname::text OPERATOR(pg_catalog.=) ANY (ARRAY['email_hash']::text[]))) ORDER BY g.tgname;
-- remaining
SELECT EXISTS (SELECT FROM "app"."zm_plan_sync_users_979224cae3") AS remaining;
-- vacuum
VACUUM (SKIP_LOCKED, TRUNCATE false) "app"."users";
-- size
SELECT pg_catalog.pg_relation_size('"app"."users"'::regclass)::text AS bytes;
-- estimate
SELECT pg_catalog.count(*)::text AS rows FROM "app"."zm_plan_sync_users_979224cae3";

-- contract.3: drop the marks of users
--   why   none is left, so every row has its value
--   lock  none
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
BEGIN;
SET LOCAL lock_timeout = '1s';
DROP TABLE "app"."zm_plan_sync_users_979224cae3";
COMMIT;

======== undo.sql
-- Plan compute-hash, fingerprint 2ba8632d609b
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback compute-hash` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.1 cannot be undone: this file is of no use after it.
-- contract.2 cannot be undone: this file is of no use after it.
-- contract.3 cannot be undone: this file is of no use after it.

-- undo of enforce.1: build index users_email_hash_idx
DROP INDEX CONCURRENTLY IF EXISTS "app"."users_email_hash_idx";

-- undo of expand.1: add users.email_hash; mark rows of users that are new or change, so that email_hash is computed for them
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'email_hash' AND NOT attisdropped AND true) AS done) AS found) THEN
    DROP TRIGGER IF EXISTS "zn_plan_sync_users_979224cae3" ON "app"."users";
    DROP TRIGGER IF EXISTS "zc_plan_sync_users_979224cae3" ON "app"."users";
    DROP FUNCTION IF EXISTS "app"."zm_plan_sync_users_979224cae3"();
    DROP TABLE IF EXISTS "app"."zm_plan_sync_users_979224cae3";
    ALTER TABLE "app"."users" DROP COLUMN IF EXISTS "email_hash";
  ELSE
    RAISE NOTICE 'expand.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
