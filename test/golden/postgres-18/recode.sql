======== expand.sql
-- Plan recode, fingerprint 6b536bef1525
-- Phase expand. For review; `plan advance recode --phase expand` runs it.

-- expand.1: try last_name on all rows of users
--   why   read-only, before anything is changed: what no value can be made of is counted and named now
--   lock  ACCESS SHARE on app.users, during the scan; nobody waits
--   takes one scan of app.users
-- end
-- SELECT "id"::text AS k0 FROM "app"."users" ORDER BY "app"."users"."id" DESC LIMIT 1;
-- boundary_first
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- boundary
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint AND "id" > $3::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- try_0_first
-- SELECT pg_catalog.count(*)::text AS all, pg_catalog.count(CAST((CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) AS character varying(80)))::text AS made, pg_catalog.count(CASE WHEN pg_catalog.length(pg_catalog.rtrim((CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END)::text)) > 80 THEN 1 / (pg_catalog.length(pg_catalog.rtrim((CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END)::text)) * 0) END)::text AS fit FROM "app"."users" WHERE "id" <= $1::bigint;
-- try_0
-- SELECT pg_catalog.count(*)::text AS all, pg_catalog.count(CAST((CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) AS character varying(80)))::text AS made, pg_catalog.count(CASE WHEN pg_catalog.length(pg_catalog.rtrim((CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END)::text)) > 80 THEN 1 / (pg_catalog.length(pg_catalog.rtrim((CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END)::text)) * 0) END)::text AS fit FROM "app"."users" WHERE "id" <= $1::bigint AND "id" > $2::bigint;
-- empty_0
-- SELECT "id"::text AS k0 FROM "app"."users" WHERE (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) IS NULL LIMIT $1::bigint;
-- look_empty_0
-- SELECT * FROM "app"."users" WHERE (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) IS NULL;

-- expand.2: add users.plan_new_last_name_5508d7ad1e; keep both shapes of users in step by a trigger; set the default of users.plan_new_last_name_5508d7ad1e
--   why   nullable and without default, so only the catalogue changes and old code does not notice; from the first moment the new column exists, whatever one version writes the other one reads; it applies to new rows; no row is touched
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD COLUMN "plan_new_last_name_5508d7ad1e" character varying(80);
COMMENT ON COLUMN "app"."users"."plan_new_last_name_5508d7ad1e" IS 'as in the passport';
CREATE FUNCTION "app"."zz_plan_sync_users_40ce4b9070"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, MDY' SET IntervalStyle = 'postgres' SET extra_float_digits = '1' SET bytea_output = 'hex' AS $plan$
#variable_conflict use_column
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF (NEW."plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM NULL OR NEW."plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM ('n/a')::character varying(80)) THEN
      NEW."plan_new_last_name_5508d7ad1e" := (SELECT (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) FROM (SELECT NEW.*) AS "users");
    ELSIF (NEW."last_name" IS NOT DISTINCT FROM NULL OR NEW."last_name" IS NOT DISTINCT FROM ('unknown'::character varying)::character varying(80)) THEN
      NEW."last_name" := (SELECT (CASE "last_name"::text WHEN 'n/a' THEN 'unknown' ELSE "last_name" END) FROM (SELECT NEW."plan_new_last_name_5508d7ad1e" AS "last_name") AS "users");
    ELSIF NOT ((NEW."plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM (SELECT (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) FROM (SELECT NEW.*) AS "users")) OR (NEW."last_name" IS NOT DISTINCT FROM (SELECT (CASE "last_name"::text WHEN 'n/a' THEN 'unknown' ELSE "last_name" END) FROM (SELECT NEW."plan_new_last_name_5508d7ad1e" AS "last_name") AS "users"))) THEN
      RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'one statement wrote different values to last_name, plan_new_last_name_5508d7ad1e, which are the same data in two shapes',
        HINT = 'write only one of the shapes, or set on_conflict in the plan',
        SCHEMA = 'app', TABLE = 'users', CONSTRAINT = 'zz_plan_sync_users_40ce4b9070';
    END IF;
  ELSE
    IF NOT (NEW."plan_new_last_name_5508d7ad1e" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."plan_new_last_name_5508d7ad1e" COLLATE pg_catalog."C") THEN
      IF NOT (NEW."last_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."last_name" COLLATE pg_catalog."C") THEN
        IF NOT ((NEW."plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM (SELECT (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) FROM (SELECT NEW.*) AS "users")) OR (NEW."last_name" IS NOT DISTINCT FROM (SELECT (CASE "last_name"::text WHEN 'n/a' THEN 'unknown' ELSE "last_name" END) FROM (SELECT NEW."plan_new_last_name_5508d7ad1e" AS "last_name") AS "users"))) THEN
          RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'one statement wrote different values to last_name, plan_new_last_name_5508d7ad1e, which are the same data in two shapes',
            HINT = 'write only one of the shapes, or set on_conflict in the plan',
            SCHEMA = 'app', TABLE = 'users', CONSTRAINT = 'zz_plan_sync_users_40ce4b9070';
        END IF;
      ELSE
        NEW."last_name" := (SELECT (CASE "last_name"::text WHEN 'n/a' THEN 'unknown' ELSE "last_name" END) FROM (SELECT NEW."plan_new_last_name_5508d7ad1e" AS "last_name") AS "users");
      END IF;
    ELSIF NOT (NEW."last_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."last_name" COLLATE pg_catalog."C") THEN
      NEW."plan_new_last_name_5508d7ad1e" := (SELECT (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) FROM (SELECT NEW.*) AS "users");
    END IF;
  END IF;
  RETURN NEW;
END
$plan$;
CREATE TRIGGER "zz_plan_sync_users_40ce4b9070" BEFORE INSERT OR UPDATE ON "app"."users" FOR EACH ROW WHEN (pg_catalog.current_setting('plan.backfill', true) IS DISTINCT FROM 'zz_plan_sync_users_40ce4b9070' OR pg_catalog.pg_trigger_depth() > 0) EXECUTE FUNCTION "app"."zz_plan_sync_users_40ce4b9070"();
ALTER TABLE "app"."users" ALTER COLUMN "plan_new_last_name_5508d7ad1e" SET DEFAULT ('n/a');
COMMIT;
-- must work first: SELECT (SELECT (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) FROM (SELECT plan_row.*) AS "users"), (SELECT (CASE "last_name"::text WHEN 'n/a' THEN 'unknown' ELSE "last_name" END) FROM (SELECT plan_row."plan_new_last_name_5508d7ad1e" AS "last_name") AS "users") FROM (SELECT * FROM "app"."users" LIMIT 1) AS plan_row;
-- must work first: EXPLAIN UPDATE "app"."users" SET "plan_new_last_name_5508d7ad1e" = (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END);

======== backfill.sql
-- Plan recode, fingerprint 6b536bef1525
-- Phase backfill. For review; `plan advance recode --phase backfill` runs it.

-- backfill.1: fill plan_new_last_name_5508d7ad1e of users, batch by batch
--   why   one pass along the key; only rows that nobody has filled yet are written, each batch with its ledger row
--   lock  ROW EXCLUSIVE on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- mark
SELECT pg_catalog.set_config('plan.backfill', 'zz_plan_sync_users_40ce4b9070', true), pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.set_config('lock_timeout', '100ms', true);
-- end
SELECT "id"::text AS k0 FROM "app"."users" ORDER BY "app"."users"."id" DESC LIMIT 1;
-- boundary_first
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- boundary
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint AND "id" > $3::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- batch_first
-- UPDATE "app"."users" SET "plan_new_last_name_5508d7ad1e" = (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) WHERE (("plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL))) AND "id" <= $1::bigint;
-- batch
-- UPDATE "app"."users" SET "plan_new_last_name_5508d7ad1e" = (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) WHERE (("plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL))) AND "id" <= $1::bigint AND "id" > $2::bigint;
-- guarded_first
-- WITH plan_before AS MATERIALIZED (SELECT ctid AS "plan place", "id" AS "plan was 0", "last_name" AS "plan was 1", "full_name" AS "plan was 2", "email" AS "plan was 3" FROM "app"."users" WHERE (("plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL))) AND "id" <= $1::bigint), plan_written AS (UPDATE "app"."users" SET "plan_new_last_name_5508d7ad1e" = (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) FROM plan_before WHERE "app"."users".ctid OPERATOR(pg_catalog.=) plan_before."plan place" AND "id" <= $1::bigint RETURNING ROW("app"."users"."id")::record OPERATOR(pg_catalog.*=) ROW("plan was 0")::record AS same_0, ROW("app"."users"."last_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 1")::record AS same_1, ROW("app"."users"."full_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 2")::record AS same_2, ROW("app"."users"."email")::record OPERATOR(pg_catalog.*=) ROW("plan was 3")::record AS same_3, ((("plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL)) AND ((CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) IS DISTINCT FROM NULL))) AS unfilled) SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[CASE WHEN NOT pg_catalog.bool_and(same_0) THEN 'id' END, CASE WHEN NOT pg_catalog.bool_and(same_1) THEN 'last_name' END, CASE WHEN NOT pg_catalog.bool_and(same_2) THEN 'full_name' END, CASE WHEN NOT pg_catalog.bool_and(same_3) THEN 'email' END]::text[], NULL))::text AS changed FROM plan_written;
-- guarded
-- WITH plan_before AS MATERIALIZED (SELECT ctid AS "plan place", "id" AS "plan was 0", "last_name" AS "plan was 1", "full_name" AS "plan was 2", "email" AS "plan was 3" FROM "app"."users" WHERE (("plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL))) AND "id" <= $1::bigint AND "id" > $2::bigint), plan_written AS (UPDATE "app"."users" SET "plan_new_last_name_5508d7ad1e" = (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) FROM plan_before WHERE "app"."users".ctid OPERATOR(pg_catalog.=) plan_before."plan place" AND "id" <= $1::bigint AND "id" > $2::bigint RETURNING ROW("app"."users"."id")::record OPERATOR(pg_catalog.*=) ROW("plan was 0")::record AS same_0, ROW("app"."users"."last_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 1")::record AS same_1, ROW("app"."users"."full_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 2")::record AS same_2, ROW("app"."users"."email")::record OPERATOR(pg_catalog.*=) ROW("plan was 3")::record AS same_3, ((("plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL)) AND ((CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) IS DISTINCT FROM NULL))) AS unfilled) SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[CASE WHEN NOT pg_catalog.bool_and(same_0) THEN 'id' END, CASE WHEN NOT pg_catalog.bool_and(same_1) THEN 'last_name' END, CASE WHEN NOT pg_catalog.bool_and(same_2) THEN 'full_name' END, CASE WHEN NOT pg_catalog.bool_and(same_3) THEN 'email' END]::text[], NULL))::text AS changed FROM plan_written;
-- left_first
-- SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM "app"."users" WHERE ((("plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL)) AND ((CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) IS DISTINCT FROM NULL))) AND "id" <= $1::bigint FOR NO KEY UPDATE) AS plan_left;
-- left
-- SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM "app"."users" WHERE ((("plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL)) AND ((CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) IS DISTINCT FROM NULL))) AND "id" <= $1::bigint AND "id" > $2::bigint FOR NO KEY UPDATE) AS plan_left;
-- cuts
-- SELECT "id"::text AS k0 FROM (SELECT "id", pg_catalog.row_number() OVER (ORDER BY "id") AS plan_n, pg_catalog.count(*) OVER () AS plan_all FROM "app"."users" TABLESAMPLE SYSTEM (least(100, greatest(0.001, 100 * 30000::float8 / greatest(1, $2::bigint)))) WHERE "id" < $3::bigint) AS sampled WHERE plan_n * $1::bigint / plan_all <> (plan_n - 1) * $1::bigint / plan_all AND plan_n < plan_all ORDER BY "id";
-- triggers
SELECT g.tgname AS name, p.proname AS function, (g.tgtype OPERATOR(pg_catalog.&) 3) OPERATOR(pg_catalog.=) 3 AS early FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) g.tgfoid WHERE g.tgrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass('"app"."users"') AND NOT g.tgisinternal AND (g.tgtype OPERATOR(pg_catalog.&) 16) OPERATOR(pg_catalog.>) 0 AND g.tgname::text OPERATOR(pg_catalog.!~) '^(zz_|zn_|zc_|!!_|!!!)plan_sync_' AND g.tgenabled::text OPERATOR(pg_catalog.=) ANY (CASE pg_catalog.current_setting('session_replication_role') WHEN 'replica' THEN '{R,A}'::text[] ELSE '{O,A}'::text[] END) AND (g.tgattr::text OPERATOR(pg_catalog.=) '' OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.=) g.tgrelid AND a.attnum OPERATOR(pg_catalog.=) ANY (g.tgattr::int2[]) AND a.attname::text OPERATOR(pg_catalog.=) ANY (ARRAY['plan_new_last_name_5508d7ad1e']::text[]))) ORDER BY g.tgname;
-- remaining
SELECT EXISTS (SELECT FROM "app"."users" WHERE ((("plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL)) AND ((CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) IS DISTINCT FROM NULL)))) AS remaining;
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
    EXECUTE $q$SELECT pg_catalog.set_config('plan.backfill', 'zz_plan_sync_users_40ce4b9070', true), pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.set_config('lock_timeout', '100ms', true)$q$;
    IF plan_here IS NULL THEN
      EXECUTE $q$SELECT ARRAY[k0] FROM (SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary) AS keys$q$ INTO plan_to USING 1000, plan_last[1];
      plan_to := COALESCE(plan_to, plan_last);
      EXECUTE $q$UPDATE "app"."users" SET "plan_new_last_name_5508d7ad1e" = (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) WHERE (("plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL))) AND "id" <= $1::bigint$q$ USING plan_to[1];
    ELSE
      EXECUTE $q$SELECT ARRAY[k0] FROM (SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint AND "id" > $3::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary) AS keys$q$ INTO plan_to USING 1000, plan_last[1], plan_here[1];
      plan_to := COALESCE(plan_to, plan_last);
      EXECUTE $q$UPDATE "app"."users" SET "plan_new_last_name_5508d7ad1e" = (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) WHERE (("plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL))) AND "id" <= $1::bigint AND "id" > $2::bigint$q$ USING plan_to[1], plan_here[1];
    END IF;
    COMMIT;
    EXIT WHEN plan_to = plan_last;
    plan_here := plan_to;
  END LOOP;
END
$by_hand$;

======== enforce.sql
-- Plan recode, fingerprint 6b536bef1525
-- Phase enforce. For review; `plan advance recode --phase enforce` runs it.

-- enforce.1: build index users_lower_last_name_23b4aa9fc3
--   why   beside running writes to users, and after the backfill, so that batches stay cheap
--   lock  SHARE UPDATE EXCLUSIVE on app.users, during the build; only other schema changes wait
--   takes one index build on app.users
CREATE INDEX CONCURRENTLY "users_lower_last_name_23b4aa9fc3" ON app.users USING btree (lower(("plan_new_last_name_5508d7ad1e")::text)) WHERE ("plan_new_last_name_5508d7ad1e" IS NOT NULL);
-- before a new try: DROP INDEX CONCURRENTLY IF EXISTS "app"."users_lower_last_name_23b4aa9fc3";

-- enforce.2: require users.plan_new_last_name_5508d7ad1e, not validated
--   why   new rows need a value from now on; the others are not read yet
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD CONSTRAINT "users_plan_new_last_name_5508d7ad1e_not_null" NOT NULL "plan_new_last_name_5508d7ad1e" NOT VALID;
COMMIT;

-- enforce.3: validate constraint users_plan_new_last_name_5508d7ad1e_not_null
--   why   reads the whole table while reads and writes go on
--   lock  SHARE UPDATE EXCLUSIVE on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
ALTER TABLE "app"."users" VALIDATE CONSTRAINT "users_plan_new_last_name_5508d7ad1e_not_null";

======== verify.sql
-- Plan recode, fingerprint 6b536bef1525
-- Phase verify. For review; `plan advance recode --phase verify` runs it.

-- verify.1: prove last_name-agrees-with-its-new-form on all rows of users
--   why   one scan for all of them; one row that breaks a rule stops the plan
--   lock  ACCESS SHARE on app.users, during the scan; nobody waits
--   takes one scan of app.users
-- count
SELECT count(*)::text AS checked, count(*) FILTER (WHERE NOT (("plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END)) OR ("last_name" IS NOT DISTINCT FROM (SELECT (CASE "last_name"::text WHEN 'n/a' THEN 'unknown' ELSE "last_name" END) FROM (SELECT "plan_new_last_name_5508d7ad1e" AS "last_name") AS "users"))))::text AS v0 FROM "app"."users";
-- sample_0
-- SELECT "id"::text AS k0 FROM "app"."users" WHERE NOT (("plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END)) OR ("last_name" IS NOT DISTINCT FROM (SELECT (CASE "last_name"::text WHEN 'n/a' THEN 'unknown' ELSE "last_name" END) FROM (SELECT "plan_new_last_name_5508d7ad1e" AS "last_name") AS "users"))) LIMIT $1::bigint;

-- verify.2: prove that users has its sync, indexes and constraints
--   why   an invalid index or a disabled trigger would show only later
--   lock  ACCESS SHARE on app.users, a moment; nobody waits
--   takes a moment
-- check
SELECT 'the sync trigger zz_plan_sync_users_40ce4b9070 is enabled and unchanged'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = to_regclass('"app"."users"') AND t.tgname = 'zz_plan_sync_users_40ce4b9070' AND t.tgenabled IN ('O', 'A') AND md5(p.prosrc) = '828e1956290b69e0c036cf0c342b6cfa' AND p.proconfig = ARRAY['search_path=pg_catalog, pg_temp', 'TimeZone=UTC', 'DateStyle=ISO, MDY', 'IntervalStyle=postgres', 'extra_float_digits=1', 'bytea_output=hex'] AND NOT p.prosecdef) AS holds UNION ALL SELECT 'the function of the sync trigger zz_plan_sync_users_40ce4b9070 belongs to nobody who could not change the table as well'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid WHERE t.tgrelid = to_regclass('"app"."users"') AND t.tgname = 'zz_plan_sync_users_40ce4b9070' AND pg_catalog.pg_has_role(p.proowner, c.relowner, 'MEMBER')) AS holds UNION ALL SELECT 'no BEFORE trigger has a name that sorts behind zz_plan_sync_users_40ce4b9070 (rename one that has)'::text AS what, EXISTS (SELECT WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = to_regclass('"app"."users"') AND (tgtype & 3) = 3 AND (tgtype & 20) > 0 AND tgname::text !~ '^(zz_|zn_|zc_|!!_|!!!)plan_sync_' AND (tgname > 'zz_plan_sync_users_40ce4b9070'::name))) AS holds UNION ALL SELECT 'index users_lower_last_name_23b4aa9fc3 is valid'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass('"app"."users"') AND c.relname = 'users_lower_last_name_23b4aa9fc3' AND i.indisvalid) AS holds UNION ALL SELECT 'constraint users_plan_new_last_name_5508d7ad1e_not_null is validated'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass('"app"."users"') AND conname = 'users_plan_new_last_name_5508d7ad1e_not_null' AND convalidated) AS holds UNION ALL SELECT 'plan_new_last_name_5508d7ad1e is NOT NULL'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'plan_new_last_name_5508d7ad1e' AND attnotnull AND NOT attisdropped) AS holds;

======== contract.sql
-- Plan recode, fingerprint 6b536bef1525
-- Phase contract. For review; `plan advance recode --phase contract` runs it.

-- contract.1: swap: plan_new_last_name_5508d7ad1e becomes users.last_name; let the sync of users follow
--   why   both names change in the same moment, so every statement finds one of the two columns there; changing them back undoes it; the retired column is still kept in step, so going back loses nothing
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" RENAME COLUMN "last_name" TO "plan_drop_last_name_66936aef44";
ALTER TABLE "app"."users" RENAME COLUMN "plan_new_last_name_5508d7ad1e" TO "last_name";
DROP TRIGGER "zz_plan_sync_users_40ce4b9070" ON "app"."users";
DROP FUNCTION "app"."zz_plan_sync_users_40ce4b9070"();
CREATE FUNCTION "app"."zz_plan_sync_users_40ce4b9070"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, MDY' SET IntervalStyle = 'postgres' SET extra_float_digits = '1' SET bytea_output = 'hex' AS $plan$
#variable_conflict use_column
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF (NEW."last_name" IS NOT DISTINCT FROM NULL OR NEW."last_name" IS NOT DISTINCT FROM ('n/a')::character varying(80)) THEN
      NEW."last_name" := (SELECT (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) FROM (SELECT NEW."plan_drop_last_name_66936aef44" AS "last_name") AS "users");
    ELSIF (NEW."plan_drop_last_name_66936aef44" IS NOT DISTINCT FROM NULL OR NEW."plan_drop_last_name_66936aef44" IS NOT DISTINCT FROM ('unknown'::character varying)::character varying(80)) THEN
      NEW."plan_drop_last_name_66936aef44" := (SELECT (CASE "last_name"::text WHEN 'n/a' THEN 'unknown' ELSE "last_name" END) FROM (SELECT NEW.*) AS "users");
    ELSIF NOT ((NEW."last_name" IS NOT DISTINCT FROM (SELECT (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) FROM (SELECT NEW."plan_drop_last_name_66936aef44" AS "last_name") AS "users")) OR (NEW."plan_drop_last_name_66936aef44" IS NOT DISTINCT FROM (SELECT (CASE "last_name"::text WHEN 'n/a' THEN 'unknown' ELSE "last_name" END) FROM (SELECT NEW.*) AS "users"))) THEN
      RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'one statement wrote different values to plan_drop_last_name_66936aef44, last_name, which are the same data in two shapes',
        HINT = 'write only one of the shapes, or set on_conflict in the plan',
        SCHEMA = 'app', TABLE = 'users', CONSTRAINT = 'zz_plan_sync_users_40ce4b9070';
    END IF;
  ELSE
    IF NOT (NEW."last_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."last_name" COLLATE pg_catalog."C") THEN
      IF NOT (NEW."plan_drop_last_name_66936aef44" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."plan_drop_last_name_66936aef44" COLLATE pg_catalog."C") THEN
        IF NOT ((NEW."last_name" IS NOT DISTINCT FROM (SELECT (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) FROM (SELECT NEW."plan_drop_last_name_66936aef44" AS "last_name") AS "users")) OR (NEW."plan_drop_last_name_66936aef44" IS NOT DISTINCT FROM (SELECT (CASE "last_name"::text WHEN 'n/a' THEN 'unknown' ELSE "last_name" END) FROM (SELECT NEW.*) AS "users"))) THEN
          RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'one statement wrote different values to plan_drop_last_name_66936aef44, last_name, which are the same data in two shapes',
            HINT = 'write only one of the shapes, or set on_conflict in the plan',
            SCHEMA = 'app', TABLE = 'users', CONSTRAINT = 'zz_plan_sync_users_40ce4b9070';
        END IF;
      ELSE
        NEW."plan_drop_last_name_66936aef44" := (SELECT (CASE "last_name"::text WHEN 'n/a' THEN 'unknown' ELSE "last_name" END) FROM (SELECT NEW.*) AS "users");
      END IF;
    ELSIF NOT (NEW."plan_drop_last_name_66936aef44" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."plan_drop_last_name_66936aef44" COLLATE pg_catalog."C") THEN
      NEW."last_name" := (SELECT (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) FROM (SELECT NEW."plan_drop_last_name_66936aef44" AS "last_name") AS "users");
    END IF;
  END IF;
  RETURN NEW;
END
$plan$;
CREATE TRIGGER "zz_plan_sync_users_40ce4b9070" BEFORE INSERT OR UPDATE ON "app"."users" FOR EACH ROW WHEN (pg_catalog.current_setting('plan.backfill', true) IS DISTINCT FROM 'zz_plan_sync_users_40ce4b9070' OR pg_catalog.pg_trigger_depth() > 0) EXECUTE FUNCTION "app"."zz_plan_sync_users_40ce4b9070"();
COMMIT;

-- contract.2: remove the sync trigger of users; drop users.plan_drop_last_name_66936aef44; index users_lower_last_name gets its name
--   why   only one shape is left to write; the point of no return; without CASCADE, so anything that still depends on it stops this; the old index went with its column
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
BEGIN;
SET LOCAL lock_timeout = '1s';
DROP TRIGGER "zz_plan_sync_users_40ce4b9070" ON "app"."users";
DROP FUNCTION "app"."zz_plan_sync_users_40ce4b9070"();
ALTER TABLE "app"."users" DROP COLUMN "plan_drop_last_name_66936aef44";
ALTER INDEX "app"."users_lower_last_name_23b4aa9fc3" RENAME TO "users_lower_last_name";
COMMIT;

======== undo.sql
-- Plan recode, fingerprint 6b536bef1525
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback recode` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.2 cannot be undone: this file is of no use after it.

-- undo of contract.1: swap: plan_new_last_name_5508d7ad1e becomes users.last_name; let the sync of users follow
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'plan_drop_last_name_66936aef44' AND NOT attisdropped AND true) AS done) AS found) THEN
    DROP TRIGGER "zz_plan_sync_users_40ce4b9070" ON "app"."users";
    DROP FUNCTION "app"."zz_plan_sync_users_40ce4b9070"();
    CREATE FUNCTION "app"."zz_plan_sync_users_40ce4b9070"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, MDY' SET IntervalStyle = 'postgres' SET extra_float_digits = '1' SET bytea_output = 'hex' AS $plan$
#variable_conflict use_column
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF (NEW."plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM NULL OR NEW."plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM ('n/a')::character varying(80)) THEN
      NEW."plan_new_last_name_5508d7ad1e" := (SELECT (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) FROM (SELECT NEW.*) AS "users");
    ELSIF (NEW."last_name" IS NOT DISTINCT FROM NULL OR NEW."last_name" IS NOT DISTINCT FROM ('unknown'::character varying)::character varying(80)) THEN
      NEW."last_name" := (SELECT (CASE "last_name"::text WHEN 'n/a' THEN 'unknown' ELSE "last_name" END) FROM (SELECT NEW."plan_new_last_name_5508d7ad1e" AS "last_name") AS "users");
    ELSIF NOT ((NEW."plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM (SELECT (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) FROM (SELECT NEW.*) AS "users")) OR (NEW."last_name" IS NOT DISTINCT FROM (SELECT (CASE "last_name"::text WHEN 'n/a' THEN 'unknown' ELSE "last_name" END) FROM (SELECT NEW."plan_new_last_name_5508d7ad1e" AS "last_name") AS "users"))) THEN
      RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'one statement wrote different values to last_name, plan_new_last_name_5508d7ad1e, which are the same data in two shapes',
        HINT = 'write only one of the shapes, or set on_conflict in the plan',
        SCHEMA = 'app', TABLE = 'users', CONSTRAINT = 'zz_plan_sync_users_40ce4b9070';
    END IF;
  ELSE
    IF NOT (NEW."plan_new_last_name_5508d7ad1e" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."plan_new_last_name_5508d7ad1e" COLLATE pg_catalog."C") THEN
      IF NOT (NEW."last_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."last_name" COLLATE pg_catalog."C") THEN
        IF NOT ((NEW."plan_new_last_name_5508d7ad1e" IS NOT DISTINCT FROM (SELECT (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) FROM (SELECT NEW.*) AS "users")) OR (NEW."last_name" IS NOT DISTINCT FROM (SELECT (CASE "last_name"::text WHEN 'n/a' THEN 'unknown' ELSE "last_name" END) FROM (SELECT NEW."plan_new_last_name_5508d7ad1e" AS "last_name") AS "users"))) THEN
          RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'one statement wrote different values to last_name, plan_new_last_name_5508d7ad1e, which are the same data in two shapes',
            HINT = 'write only one of the shapes, or set on_conflict in the plan',
            SCHEMA = 'app', TABLE = 'users', CONSTRAINT = 'zz_plan_sync_users_40ce4b9070';
        END IF;
      ELSE
        NEW."last_name" := (SELECT (CASE "last_name"::text WHEN 'n/a' THEN 'unknown' ELSE "last_name" END) FROM (SELECT NEW."plan_new_last_name_5508d7ad1e" AS "last_name") AS "users");
      END IF;
    ELSIF NOT (NEW."last_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."last_name" COLLATE pg_catalog."C") THEN
      NEW."plan_new_last_name_5508d7ad1e" := (SELECT (CASE "last_name"::text WHEN 'unknown' THEN 'n/a' ELSE "last_name" END) FROM (SELECT NEW.*) AS "users");
    END IF;
  END IF;
  RETURN NEW;
END
$plan$;
    CREATE TRIGGER "zz_plan_sync_users_40ce4b9070" BEFORE INSERT OR UPDATE ON "app"."users" FOR EACH ROW WHEN (pg_catalog.current_setting('plan.backfill', true) IS DISTINCT FROM 'zz_plan_sync_users_40ce4b9070' OR pg_catalog.pg_trigger_depth() > 0) EXECUTE FUNCTION "app"."zz_plan_sync_users_40ce4b9070"();
    ALTER TABLE "app"."users" RENAME COLUMN "last_name" TO "plan_new_last_name_5508d7ad1e";
    ALTER TABLE "app"."users" RENAME COLUMN "plan_drop_last_name_66936aef44" TO "last_name";
  ELSE
    RAISE NOTICE 'contract.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;

-- undo of enforce.2: require users.plan_new_last_name_5508d7ad1e, not validated
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass('"app"."users"') AND conname = 'users_plan_new_last_name_5508d7ad1e_not_null' AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" DROP CONSTRAINT IF EXISTS "users_plan_new_last_name_5508d7ad1e_not_null";
  ELSE
    RAISE NOTICE 'enforce.2 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;

-- undo of enforce.1: build index users_lower_last_name_23b4aa9fc3
DROP INDEX CONCURRENTLY IF EXISTS "app"."users_lower_last_name_23b4aa9fc3";

-- undo of expand.2: add users.plan_new_last_name_5508d7ad1e; keep both shapes of users in step by a trigger; set the default of users.plan_new_last_name_5508d7ad1e
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'plan_new_last_name_5508d7ad1e' AND NOT attisdropped AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" ALTER COLUMN "plan_new_last_name_5508d7ad1e" DROP DEFAULT;
    DROP TRIGGER IF EXISTS "zz_plan_sync_users_40ce4b9070" ON "app"."users";
    DROP FUNCTION IF EXISTS "app"."zz_plan_sync_users_40ce4b9070"();
    ALTER TABLE "app"."users" DROP COLUMN IF EXISTS "plan_new_last_name_5508d7ad1e";
  ELSE
    RAISE NOTICE 'expand.2 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
