======== expand.sql
-- Plan drop-column-archived, fingerprint 9a28f1291584
-- Phase expand. For review; `plan advance drop-column-archived --phase expand` runs it.

-- expand.1: set the default of users.legacy_code
--   why   it applies to new rows; no row is touched
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ALTER COLUMN "legacy_code" SET DEFAULT ('none');
COMMIT;

======== contract.sql
-- Plan drop-column-archived, fingerprint 9a28f1291584
-- Phase contract. For review; `plan advance drop-column-archived --phase contract` runs it.

-- contract.1: refuse statements that write legacy_code of users, by a trigger
--   why   a client that still writes it is told so before anything is lost; reads go on, and one command undoes it
--   lock  SHARE ROW EXCLUSIVE on app.users, a moment; writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
CREATE FUNCTION "app"."!!!plan_sync_users_551cf232e3"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $plan$
#variable_conflict use_column
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT ((NEW."legacy_code" IS NOT DISTINCT FROM NULL OR NEW."legacy_code" IS NOT DISTINCT FROM ('none')::character varying(80))) THEN
      RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'plan drop-column-archived is about to drop legacy_code of users, and this statement writes it',
        HINT = 'deploy the version that no longer writes legacy_code, everywhere; plan rollback drop-column-archived ends the plan and keeps it',
        SCHEMA = 'app', TABLE = 'users', CONSTRAINT = 'zz_plan_sync_users_551cf232e3';
    END IF;
  ELSE
    IF NOT (NEW."legacy_code" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."legacy_code" COLLATE pg_catalog."C") THEN
      RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'plan drop-column-archived is about to drop legacy_code of users, and this statement writes it',
        HINT = 'deploy the version that no longer writes legacy_code, everywhere; plan rollback drop-column-archived ends the plan and keeps it',
        SCHEMA = 'app', TABLE = 'users', CONSTRAINT = 'zz_plan_sync_users_551cf232e3';
    END IF;
  END IF;
  RETURN NEW;
END
$plan$;
CREATE TRIGGER "!!!plan_sync_users_551cf232e3" BEFORE INSERT OR UPDATE ON "app"."users" FOR EACH ROW EXECUTE FUNCTION "app"."!!!plan_sync_users_551cf232e3"();
COMMIT;

-- contract.2: create plan.archive_users_232d7f2ff9 for old values of users
--   why   a table of the ledger with the key of each row: a rollback after the drop takes them from there
--   lock  none
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
CREATE TABLE "plan"."archive_users_232d7f2ff9" ("id" bigint, "legacy_code" character varying(80), PRIMARY KEY ("id"));
COMMIT;

-- contract.3: copy legacy_code of all rows of users to archive_users_232d7f2ff9, batch by batch
--   why   one pass along the key, each batch with its ledger row; the old column has no writers any more
--   lock  ACCESS SHARE on app.users, per batch; nobody waits
--   takes many short batches over app.users
-- mark
SELECT pg_catalog.set_config('lock_timeout', '100ms', true);
-- end
SELECT "id"::text AS k0 FROM "app"."users" ORDER BY "app"."users"."id" DESC LIMIT 1;
-- boundary_first
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- boundary
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint AND "id" > $3::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- batch_first
-- INSERT INTO "plan"."archive_users_232d7f2ff9" AS plan_kept ("id", "legacy_code") SELECT "app"."users"."id", "app"."users"."legacy_code" FROM "app"."users" WHERE "id" <= $1::bigint ON CONFLICT ("id") DO UPDATE SET "legacy_code" = EXCLUDED."legacy_code" WHERE NOT (plan_kept."legacy_code" COLLATE pg_catalog."C" IS NOT DISTINCT FROM EXCLUDED."legacy_code" COLLATE pg_catalog."C");
-- batch
-- INSERT INTO "plan"."archive_users_232d7f2ff9" AS plan_kept ("id", "legacy_code") SELECT "app"."users"."id", "app"."users"."legacy_code" FROM "app"."users" WHERE "id" <= $1::bigint AND "id" > $2::bigint ON CONFLICT ("id") DO UPDATE SET "legacy_code" = EXCLUDED."legacy_code" WHERE NOT (plan_kept."legacy_code" COLLATE pg_catalog."C" IS NOT DISTINCT FROM EXCLUDED."legacy_code" COLLATE pg_catalog."C");
-- triggers
SELECT '' AS name, '' AS function, false AS early WHERE false;
-- guarded_first
-- INSERT INTO "plan"."archive_users_232d7f2ff9" AS plan_kept ("id", "legacy_code") SELECT "app"."users"."id", "app"."users"."legacy_code" FROM "app"."users" WHERE "id" <= $1::bigint ON CONFLICT ("id") DO UPDATE SET "legacy_code" = EXCLUDED."legacy_code" WHERE NOT (plan_kept."legacy_code" COLLATE pg_catalog."C" IS NOT DISTINCT FROM EXCLUDED."legacy_code" COLLATE pg_catalog."C");
-- guarded
-- INSERT INTO "plan"."archive_users_232d7f2ff9" AS plan_kept ("id", "legacy_code") SELECT "app"."users"."id", "app"."users"."legacy_code" FROM "app"."users" WHERE "id" <= $1::bigint AND "id" > $2::bigint ON CONFLICT ("id") DO UPDATE SET "legacy_code" = EXCLUDED."legacy_code" WHERE NOT (plan_kept."legacy_code" COLLATE pg_catalog."C" IS NOT DISTINCT FROM EXCLUDED."legacy_code" COLLATE pg_catalog."C");
-- left_first
-- INSERT INTO "plan"."archive_users_232d7f2ff9" AS plan_kept ("id", "legacy_code") SELECT "app"."users"."id", "app"."users"."legacy_code" FROM "app"."users" WHERE "id" <= $1::bigint ON CONFLICT ("id") DO UPDATE SET "legacy_code" = EXCLUDED."legacy_code" WHERE NOT (plan_kept."legacy_code" COLLATE pg_catalog."C" IS NOT DISTINCT FROM EXCLUDED."legacy_code" COLLATE pg_catalog."C");
-- left
-- INSERT INTO "plan"."archive_users_232d7f2ff9" AS plan_kept ("id", "legacy_code") SELECT "app"."users"."id", "app"."users"."legacy_code" FROM "app"."users" WHERE "id" <= $1::bigint AND "id" > $2::bigint ON CONFLICT ("id") DO UPDATE SET "legacy_code" = EXCLUDED."legacy_code" WHERE NOT (plan_kept."legacy_code" COLLATE pg_catalog."C" IS NOT DISTINCT FROM EXCLUDED."legacy_code" COLLATE pg_catalog."C");
-- remaining
SELECT false AS remaining;
-- estimate
SELECT (CASE WHEN reltuples >= 0 AND relpages > 0 THEN reltuples / relpages ELSE 50 END * (pg_catalog.pg_relation_size('"app"."users"'::regclass) / pg_catalog.current_setting('block_size')::int))::bigint::text AS rows FROM pg_catalog.pg_class WHERE oid = '"app"."users"'::regclass;
-- The same by hand, in batches with a commit each. What stops it may be run again. It does not wait for replicas or for the
-- application, and does not look at what its triggers change. The tool goes on from there: it fills what is still empty.
DO $by_hand$
DECLARE
  plan_last text[];
  plan_here text[];
  plan_to text[];
BEGIN
  EXECUTE $q$SELECT ARRAY[k0] FROM (SELECT "id"::text AS k0 FROM "app"."users" ORDER BY "app"."users"."id" DESC LIMIT 1) AS keys$q$ INTO plan_last;
  WHILE plan_last IS NOT NULL LOOP
    EXECUTE $q$SELECT pg_catalog.set_config('lock_timeout', '100ms', true)$q$;
    IF plan_here IS NULL THEN
      EXECUTE $q$SELECT ARRAY[k0] FROM (SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary) AS keys$q$ INTO plan_to USING 1000, plan_last[1];
      plan_to := COALESCE(plan_to, plan_last);
      EXECUTE $q$INSERT INTO "plan"."archive_users_232d7f2ff9" AS plan_kept ("id", "legacy_code") SELECT "app"."users"."id", "app"."users"."legacy_code" FROM "app"."users" WHERE "id" <= $1::bigint ON CONFLICT ("id") DO UPDATE SET "legacy_code" = EXCLUDED."legacy_code" WHERE NOT (plan_kept."legacy_code" COLLATE pg_catalog."C" IS NOT DISTINCT FROM EXCLUDED."legacy_code" COLLATE pg_catalog."C")$q$ USING plan_to[1];
    ELSE
      EXECUTE $q$SELECT ARRAY[k0] FROM (SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint AND "id" > $3::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary) AS keys$q$ INTO plan_to USING 1000, plan_last[1], plan_here[1];
      plan_to := COALESCE(plan_to, plan_last);
      EXECUTE $q$INSERT INTO "plan"."archive_users_232d7f2ff9" AS plan_kept ("id", "legacy_code") SELECT "app"."users"."id", "app"."users"."legacy_code" FROM "app"."users" WHERE "id" <= $1::bigint AND "id" > $2::bigint ON CONFLICT ("id") DO UPDATE SET "legacy_code" = EXCLUDED."legacy_code" WHERE NOT (plan_kept."legacy_code" COLLATE pg_catalog."C" IS NOT DISTINCT FROM EXCLUDED."legacy_code" COLLATE pg_catalog."C")$q$ USING plan_to[1], plan_here[1];
    END IF;
    COMMIT;
    EXIT WHEN plan_to = plan_last;
    plan_here := plan_to;
  END LOOP;
END
$by_hand$;

-- contract.4: prove legacy_code-can-come-back on all rows of users
--   why   one scan for all of them; one row that breaks a rule stops the plan
--   lock  ACCESS SHARE on app.users, during the scan; nobody waits
--   takes one scan of app.users
-- count
SELECT count(*)::text AS checked, count(*) FILTER (WHERE NOT (("legacy_code" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) AS varchar))))::text AS v0 FROM "app"."users";
-- sample_0
-- SELECT "id"::text AS k0 FROM "app"."users" WHERE NOT (("legacy_code" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) AS varchar))) LIMIT $1::bigint;

-- contract.5: remove the trigger that keeps legacy_code of users from being written; drop users.legacy_code
--   why   what it guards is dropped now; a rollback brings back what it held; without CASCADE, so anything that still depends on it stops this
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
--   what it drops is kept: plan rollback brings it back, by the steps of the file restore
BEGIN;
SET LOCAL lock_timeout = '1s';
DROP TRIGGER "!!!plan_sync_users_551cf232e3" ON "app"."users";
DROP FUNCTION "app"."!!!plan_sync_users_551cf232e3"();
ALTER TABLE "app"."users" DROP COLUMN "legacy_code";
COMMIT;

======== restore.sql
-- Plan drop-column-archived, fingerprint 9a28f1291584
-- What contract has dropped comes back by these steps, first to last; then the file undo goes on.
-- For review; `plan rollback drop-column-archived` runs it, where the drop was done, and says before what each row gets.

-- restore.1: add users.legacy_code; set the default of users.legacy_code
--   why   nullable and without default, so only the catalogue changes and old code does not notice; it applies to new rows; no row is touched
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD COLUMN "legacy_code" character varying(80);
ALTER TABLE "app"."users" ALTER COLUMN "legacy_code" SET DEFAULT ('none');
COMMIT;

-- restore.2: bring back legacy_code of users, batch by batch
--   why   each row gets what was kept of it, unless its new shape has changed since; then the old one is made from that
--   lock  ROW EXCLUSIVE on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- mark
SELECT pg_catalog.set_config('plan.backfill', 'zz_plan_sync_users_551cf232e3', true), pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.set_config('lock_timeout', '100ms', true);
-- end
SELECT "id"::text AS k0 FROM "app"."users" ORDER BY "app"."users"."id" DESC LIMIT 1;
-- boundary_first
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- boundary
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint AND "id" > $3::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- lock_first
-- SELECT pg_catalog.count(*)::text AS locked FROM (SELECT FROM "app"."users" WHERE ((("legacy_code" IS NOT DISTINCT FROM NULL) AND NOT (("legacy_code" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) AS varchar))))) AND "id" <= $1::bigint FOR NO KEY UPDATE NOWAIT) AS plan_locked;
-- lock
-- SELECT pg_catalog.count(*)::text AS locked FROM (SELECT FROM "app"."users" WHERE ((("legacy_code" IS NOT DISTINCT FROM NULL) AND NOT (("legacy_code" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) AS varchar))))) AND "id" <= $1::bigint AND "id" > $2::bigint FOR NO KEY UPDATE NOWAIT) AS plan_locked;
-- batch_first
-- UPDATE "app"."users" SET "legacy_code" = (CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) WHERE ((("legacy_code" IS NOT DISTINCT FROM NULL) AND NOT (("legacy_code" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) AS varchar))))) AND "id" <= $1::bigint;
-- batch
-- UPDATE "app"."users" SET "legacy_code" = (CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) WHERE ((("legacy_code" IS NOT DISTINCT FROM NULL) AND NOT (("legacy_code" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) AS varchar))))) AND "id" <= $1::bigint AND "id" > $2::bigint;
-- guarded_first
-- WITH plan_before AS MATERIALIZED (SELECT ctid AS "plan place", "id" AS "plan was 0", "full_name" AS "plan was 1", "email" AS "plan was 2" FROM "app"."users" WHERE ((("legacy_code" IS NOT DISTINCT FROM NULL) AND NOT (("legacy_code" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) AS varchar))))) AND "id" <= $1::bigint), plan_written AS (UPDATE "app"."users" SET "legacy_code" = (CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) FROM plan_before WHERE "app"."users".ctid OPERATOR(pg_catalog.=) plan_before."plan place" AND "id" <= $1::bigint RETURNING ROW("app"."users"."id")::record OPERATOR(pg_catalog.*=) ROW("plan was 0")::record AS same_0, ROW("app"."users"."full_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 1")::record AS same_1, ROW("app"."users"."email")::record OPERATOR(pg_catalog.*=) ROW("plan was 2")::record AS same_2, (((("legacy_code" IS NOT DISTINCT FROM NULL) AND NOT (("legacy_code" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) AS varchar)))) AND true)) AS unfilled) SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[CASE WHEN NOT pg_catalog.bool_and(same_0) THEN 'id' END, CASE WHEN NOT pg_catalog.bool_and(same_1) THEN 'full_name' END, CASE WHEN NOT pg_catalog.bool_and(same_2) THEN 'email' END]::text[], NULL))::text AS changed FROM plan_written;
-- guarded
-- WITH plan_before AS MATERIALIZED (SELECT ctid AS "plan place", "id" AS "plan was 0", "full_name" AS "plan was 1", "email" AS "plan was 2" FROM "app"."users" WHERE ((("legacy_code" IS NOT DISTINCT FROM NULL) AND NOT (("legacy_code" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) AS varchar))))) AND "id" <= $1::bigint AND "id" > $2::bigint), plan_written AS (UPDATE "app"."users" SET "legacy_code" = (CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) FROM plan_before WHERE "app"."users".ctid OPERATOR(pg_catalog.=) plan_before."plan place" AND "id" <= $1::bigint AND "id" > $2::bigint RETURNING ROW("app"."users"."id")::record OPERATOR(pg_catalog.*=) ROW("plan was 0")::record AS same_0, ROW("app"."users"."full_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 1")::record AS same_1, ROW("app"."users"."email")::record OPERATOR(pg_catalog.*=) ROW("plan was 2")::record AS same_2, (((("legacy_code" IS NOT DISTINCT FROM NULL) AND NOT (("legacy_code" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) AS varchar)))) AND true)) AS unfilled) SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[CASE WHEN NOT pg_catalog.bool_and(same_0) THEN 'id' END, CASE WHEN NOT pg_catalog.bool_and(same_1) THEN 'full_name' END, CASE WHEN NOT pg_catalog.bool_and(same_2) THEN 'email' END]::text[], NULL))::text AS changed FROM plan_written;
-- left_first
-- SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM "app"."users" WHERE (((("legacy_code" IS NOT DISTINCT FROM NULL) AND NOT (("legacy_code" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) AS varchar)))) AND true)) AND "id" <= $1::bigint FOR NO KEY UPDATE) AS plan_left;
-- left
-- SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM "app"."users" WHERE (((("legacy_code" IS NOT DISTINCT FROM NULL) AND NOT (("legacy_code" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) AS varchar)))) AND true)) AND "id" <= $1::bigint AND "id" > $2::bigint FOR NO KEY UPDATE) AS plan_left;
-- cuts
-- SELECT "id"::text AS k0 FROM (SELECT "id", pg_catalog.row_number() OVER (ORDER BY "id") AS plan_n, pg_catalog.count(*) OVER () AS plan_all FROM "app"."users" TABLESAMPLE SYSTEM (least(100, greatest(0.001, 100 * 30000::float8 / greatest(1, $2::bigint)))) WHERE "id" < $3::bigint) AS sampled WHERE plan_n * $1::bigint / plan_all <> (plan_n - 1) * $1::bigint / plan_all AND plan_n < plan_all ORDER BY "id";
-- triggers
SELECT g.tgname AS name, p.proname AS function, (g.tgtype OPERATOR(pg_catalog.&) 3) OPERATOR(pg_catalog.=) 3 AS early FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) g.tgfoid WHERE g.tgrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass('"app"."users"') AND NOT g.tgisinternal AND (g.tgtype OPERATOR(pg_catalog.&) 16) OPERATOR(pg_catalog.>) 0 AND g.tgname::text OPERATOR(pg_catalog.!~) '^(zz_|zn_|zc_|!!_|!!!)plan_sync_' AND g.tgenabled::text OPERATOR(pg_catalog.=) ANY (CASE pg_catalog.current_setting('session_replication_role') WHEN 'replica' THEN '{R,A}'::text[] ELSE '{O,A}'::text[] END) AND (g.tgattr::text OPERATOR(pg_catalog.=) '' OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.=) g.tgrelid AND a.attnum OPERATOR(pg_catalog.=) ANY (g.tgattr::int2[]) AND a.attname::text OPERATOR(pg_catalog.=) ANY (ARRAY['legacy_code']::text[]))) ORDER BY g.tgname;
-- remaining
SELECT EXISTS (SELECT FROM "app"."users" WHERE (((("legacy_code" IS NOT DISTINCT FROM NULL) AND NOT (("legacy_code" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) AS varchar)))) AND true))) AS remaining;
-- vacuum
VACUUM (SKIP_LOCKED, TRUNCATE false) "app"."users";
-- size
SELECT pg_catalog.pg_relation_size('"app"."users"'::regclass)::text AS bytes;
-- estimate
SELECT (CASE WHEN reltuples >= 0 AND relpages > 0 THEN reltuples / relpages ELSE 50 END * (pg_catalog.pg_relation_size('"app"."users"'::regclass) / pg_catalog.current_setting('block_size')::int))::bigint::text AS rows FROM pg_catalog.pg_class WHERE oid = '"app"."users"'::regclass;
-- The same by hand, in batches with a commit each. What stops it may be run again. It does not wait for replicas or for the
-- application, and does not look at what its triggers change. The tool goes on from there: it fills what is still empty.
DO $by_hand$
DECLARE
  plan_last text[];
  plan_here text[];
  plan_to text[];
BEGIN
  EXECUTE $q$SELECT ARRAY[k0] FROM (SELECT "id"::text AS k0 FROM "app"."users" ORDER BY "app"."users"."id" DESC LIMIT 1) AS keys$q$ INTO plan_last;
  WHILE plan_last IS NOT NULL LOOP
    EXECUTE $q$SELECT pg_catalog.set_config('plan.backfill', 'zz_plan_sync_users_551cf232e3', true), pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.set_config('lock_timeout', '100ms', true)$q$;
    IF plan_here IS NULL THEN
      EXECUTE $q$SELECT ARRAY[k0] FROM (SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary) AS keys$q$ INTO plan_to USING 1000, plan_last[1];
      plan_to := COALESCE(plan_to, plan_last);
      EXECUTE $q$UPDATE "app"."users" SET "legacy_code" = (CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) WHERE ((("legacy_code" IS NOT DISTINCT FROM NULL) AND NOT (("legacy_code" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) AS varchar))))) AND "id" <= $1::bigint$q$ USING plan_to[1];
    ELSE
      EXECUTE $q$SELECT ARRAY[k0] FROM (SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint AND "id" > $3::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary) AS keys$q$ INTO plan_to USING 1000, plan_last[1], plan_here[1];
      plan_to := COALESCE(plan_to, plan_last);
      EXECUTE $q$UPDATE "app"."users" SET "legacy_code" = (CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) WHERE ((("legacy_code" IS NOT DISTINCT FROM NULL) AND NOT (("legacy_code" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) AS varchar))))) AND "id" <= $1::bigint AND "id" > $2::bigint$q$ USING plan_to[1], plan_here[1];
    END IF;
    COMMIT;
    EXIT WHEN plan_to = plan_last;
    plan_here := plan_to;
  END LOOP;
END
$by_hand$;

-- restore.3: require users.legacy_code, not validated
--   why   new rows need a value from now on; the others are not read yet
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD CONSTRAINT "users_legacy_code_not_null_59813778fc" NOT NULL "legacy_code" NOT VALID;
COMMIT;

-- restore.4: validate constraint users_legacy_code_not_null_59813778fc
--   why   reads the whole table while reads and writes go on
--   lock  SHARE UPDATE EXCLUSIVE on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
ALTER TABLE "app"."users" VALIDATE CONSTRAINT "users_legacy_code_not_null_59813778fc";

-- restore.5: refuse statements that write legacy_code of users, by a trigger
--   why   a client that still writes it is told so before anything is lost; reads go on, and one command undoes it
--   lock  SHARE ROW EXCLUSIVE on app.users, a moment; writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
CREATE FUNCTION "app"."!!!plan_sync_users_551cf232e3"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $plan$
#variable_conflict use_column
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT ((NEW."legacy_code" IS NOT DISTINCT FROM NULL OR NEW."legacy_code" IS NOT DISTINCT FROM ('none')::character varying(80))) THEN
      RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'plan drop-column-archived is about to drop legacy_code of users, and this statement writes it',
        HINT = 'deploy the version that no longer writes legacy_code, everywhere; plan rollback drop-column-archived ends the plan and keeps it',
        SCHEMA = 'app', TABLE = 'users', CONSTRAINT = 'zz_plan_sync_users_551cf232e3';
    END IF;
  ELSE
    IF NOT (NEW."legacy_code" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."legacy_code" COLLATE pg_catalog."C") THEN
      RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'plan drop-column-archived is about to drop legacy_code of users, and this statement writes it',
        HINT = 'deploy the version that no longer writes legacy_code, everywhere; plan rollback drop-column-archived ends the plan and keeps it',
        SCHEMA = 'app', TABLE = 'users', CONSTRAINT = 'zz_plan_sync_users_551cf232e3';
    END IF;
  END IF;
  RETURN NEW;
END
$plan$;
CREATE TRIGGER "!!!plan_sync_users_551cf232e3" BEFORE INSERT OR UPDATE ON "app"."users" FOR EACH ROW EXECUTE FUNCTION "app"."!!!plan_sync_users_551cf232e3"();
COMMIT;

-- restore.6: prove legacy_code-can-come-back on all rows of users
--   why   one scan for all of them; one row that breaks a rule stops the plan
--   lock  ACCESS SHARE on app.users, during the scan; nobody waits
--   takes one scan of app.users
-- count
SELECT count(*)::text AS checked, count(*) FILTER (WHERE NOT (("legacy_code" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) AS varchar))))::text AS v0 FROM "app"."users";
-- sample_0
-- SELECT "id"::text AS k0 FROM "app"."users" WHERE NOT (("legacy_code" IS NOT DISTINCT FROM CAST((CASE WHEN EXISTS (SELECT FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") THEN (SELECT plan_kept."legacy_code" FROM "plan"."archive_users_232d7f2ff9" plan_kept WHERE plan_kept."id" = "app"."users"."id") ELSE ('none') END) AS varchar))) LIMIT $1::bigint;

======== undo.sql
-- Plan drop-column-archived, fingerprint 9a28f1291584
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback drop-column-archived` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- What contract.5 drops has to come back first: see the file restore.

-- undo of contract.2: create plan.archive_users_232d7f2ff9 for old values of users
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid WHERE c.relnamespace = pg_catalog.to_regnamespace('"plan"') AND c.relname = 'archive_users_232d7f2ff9' AND true) AS done) AS found) THEN
    DROP TABLE IF EXISTS "plan"."archive_users_232d7f2ff9";
  ELSE
    RAISE NOTICE 'contract.2 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;

-- undo of contract.1: refuse statements that write legacy_code of users, by a trigger
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT (SELECT count(*) FROM pg_catalog.pg_trigger WHERE tgrelid = to_regclass('"app"."users"') AND tgname IN ('!!!plan_sync_users_551cf232e3')) = 1 AS done) AS found) THEN
    DROP TRIGGER "!!!plan_sync_users_551cf232e3" ON "app"."users";
    DROP FUNCTION "app"."!!!plan_sync_users_551cf232e3"();
  ELSE
    RAISE NOTICE 'contract.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;

-- undo of expand.1: set the default of users.legacy_code
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'legacy_code' AND NOT attisdropped AND atthasdef) AS done) AS found) THEN
    ALTER TABLE "app"."users" ALTER COLUMN "legacy_code" DROP DEFAULT;
  ELSE
    RAISE NOTICE 'expand.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
