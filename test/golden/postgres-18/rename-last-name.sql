======== expand.sql
-- Plan rename-last-name, fingerprint 5f84a12cb8bd
-- Phase expand. For review; `plan advance rename-last-name --phase expand` runs it.

-- expand.1: add users.family_name; keep both shapes of users in step by a trigger; set the default of users.family_name
--   why   nullable and without default, so only the catalogue changes and old code does not notice; from the first moment the new column exists, whatever one version writes the other one reads; it applies to new rows; no row is touched
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD COLUMN "family_name" character varying(80);
COMMENT ON COLUMN "app"."users"."family_name" IS 'as in the passport';
CREATE FUNCTION "app"."zz_plan_sync_users_be2e882860"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $plan$
#variable_conflict use_column
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF (NEW."family_name" IS NOT DISTINCT FROM NULL OR NEW."family_name" IS NOT DISTINCT FROM ('unknown'::character varying)::character varying(80)) THEN
      NEW."family_name" := NEW."last_name";
    ELSIF (NEW."last_name" IS NOT DISTINCT FROM NULL OR NEW."last_name" IS NOT DISTINCT FROM ('unknown'::character varying)::character varying(80)) THEN
      NEW."last_name" := NEW."family_name";
    ELSIF NOT (NEW."family_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM NEW."last_name" COLLATE pg_catalog."C") THEN
      RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'one statement wrote different values to last_name, family_name, which are the same data in two shapes',
        HINT = 'write only one of the shapes, or set on_conflict in the plan',
        SCHEMA = 'app', TABLE = 'users', CONSTRAINT = 'zz_plan_sync_users_be2e882860';
    END IF;
  ELSE
    IF NOT (NEW."family_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."family_name" COLLATE pg_catalog."C") THEN
      IF NOT (NEW."last_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."last_name" COLLATE pg_catalog."C") THEN
        IF NOT (NEW."family_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM NEW."last_name" COLLATE pg_catalog."C") THEN
          RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'one statement wrote different values to last_name, family_name, which are the same data in two shapes',
            HINT = 'write only one of the shapes, or set on_conflict in the plan',
            SCHEMA = 'app', TABLE = 'users', CONSTRAINT = 'zz_plan_sync_users_be2e882860';
        END IF;
      ELSE
        NEW."last_name" := NEW."family_name";
      END IF;
    ELSIF NOT (NEW."last_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."last_name" COLLATE pg_catalog."C") THEN
      NEW."family_name" := NEW."last_name";
    END IF;
  END IF;
  RETURN NEW;
END
$plan$;
CREATE TRIGGER "zz_plan_sync_users_be2e882860" BEFORE INSERT OR UPDATE ON "app"."users" FOR EACH ROW WHEN (pg_catalog.current_setting('plan.backfill', true) IS DISTINCT FROM 'zz_plan_sync_users_be2e882860' OR pg_catalog.pg_trigger_depth() > 0) EXECUTE FUNCTION "app"."zz_plan_sync_users_be2e882860"();
ALTER TABLE "app"."users" ALTER COLUMN "family_name" SET DEFAULT ('unknown'::character varying);
COMMIT;

======== backfill.sql
-- Plan rename-last-name, fingerprint 5f84a12cb8bd
-- Phase backfill. For review; `plan advance rename-last-name --phase backfill` runs it.

-- backfill.1: fill family_name of users, batch by batch
--   why   one pass along the key; only rows that nobody has filled yet are written, each batch with its ledger row
--   lock  ROW EXCLUSIVE on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- mark
SELECT pg_catalog.set_config('plan.backfill', 'zz_plan_sync_users_be2e882860', true), pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.set_config('lock_timeout', '100ms', true);
-- end
SELECT "id"::text AS k0 FROM "app"."users" ORDER BY "app"."users"."id" DESC LIMIT 1;
-- boundary_first
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- boundary
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint AND "id" > $3::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- batch_first
-- UPDATE "app"."users" SET "family_name" = ("last_name") WHERE (("family_name" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL))) AND "id" <= $1::bigint;
-- batch
-- UPDATE "app"."users" SET "family_name" = ("last_name") WHERE (("family_name" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL))) AND "id" <= $1::bigint AND "id" > $2::bigint;
-- guarded_first
-- WITH plan_before AS MATERIALIZED (SELECT ctid AS "plan place", "id" AS "plan was 0", "last_name" AS "plan was 1", "full_name" AS "plan was 2", "email" AS "plan was 3" FROM "app"."users" WHERE (("family_name" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL))) AND "id" <= $1::bigint), plan_written AS (UPDATE "app"."users" SET "family_name" = ("last_name") FROM plan_before WHERE "app"."users".ctid OPERATOR(pg_catalog.=) plan_before."plan place" AND "id" <= $1::bigint RETURNING ROW("app"."users"."id")::record OPERATOR(pg_catalog.*=) ROW("plan was 0")::record AS same_0, ROW("app"."users"."last_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 1")::record AS same_1, ROW("app"."users"."full_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 2")::record AS same_2, ROW("app"."users"."email")::record OPERATOR(pg_catalog.*=) ROW("plan was 3")::record AS same_3, ((("family_name" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL)) AND (("last_name") IS DISTINCT FROM NULL))) AS unfilled) SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[CASE WHEN NOT pg_catalog.bool_and(same_0) THEN 'id' END, CASE WHEN NOT pg_catalog.bool_and(same_1) THEN 'last_name' END, CASE WHEN NOT pg_catalog.bool_and(same_2) THEN 'full_name' END, CASE WHEN NOT pg_catalog.bool_and(same_3) THEN 'email' END]::text[], NULL))::text AS changed FROM plan_written;
-- guarded
-- WITH plan_before AS MATERIALIZED (SELECT ctid AS "plan place", "id" AS "plan was 0", "last_name" AS "plan was 1", "full_name" AS "plan was 2", "email" AS "plan was 3" FROM "app"."users" WHERE (("family_name" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL))) AND "id" <= $1::bigint AND "id" > $2::bigint), plan_written AS (UPDATE "app"."users" SET "family_name" = ("last_name") FROM plan_before WHERE "app"."users".ctid OPERATOR(pg_catalog.=) plan_before."plan place" AND "id" <= $1::bigint AND "id" > $2::bigint RETURNING ROW("app"."users"."id")::record OPERATOR(pg_catalog.*=) ROW("plan was 0")::record AS same_0, ROW("app"."users"."last_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 1")::record AS same_1, ROW("app"."users"."full_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 2")::record AS same_2, ROW("app"."users"."email")::record OPERATOR(pg_catalog.*=) ROW("plan was 3")::record AS same_3, ((("family_name" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL)) AND (("last_name") IS DISTINCT FROM NULL))) AS unfilled) SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[CASE WHEN NOT pg_catalog.bool_and(same_0) THEN 'id' END, CASE WHEN NOT pg_catalog.bool_and(same_1) THEN 'last_name' END, CASE WHEN NOT pg_catalog.bool_and(same_2) THEN 'full_name' END, CASE WHEN NOT pg_catalog.bool_and(same_3) THEN 'email' END]::text[], NULL))::text AS changed FROM plan_written;
-- left_first
-- SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM "app"."users" WHERE ((("family_name" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL)) AND (("last_name") IS DISTINCT FROM NULL))) AND "id" <= $1::bigint FOR NO KEY UPDATE) AS plan_left;
-- left
-- SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM "app"."users" WHERE ((("family_name" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL)) AND (("last_name") IS DISTINCT FROM NULL))) AND "id" <= $1::bigint AND "id" > $2::bigint FOR NO KEY UPDATE) AS plan_left;
-- cuts
-- SELECT "id"::text AS k0 FROM (SELECT "id", pg_catalog.row_number() OVER (ORDER BY "id") AS plan_n, pg_catalog.count(*) OVER () AS plan_all FROM "app"."users" TABLESAMPLE SYSTEM (least(100, greatest(0.001, 100 * 30000::float8 / greatest(1, $2::bigint)))) WHERE "id" < $3::bigint) AS sampled WHERE plan_n * $1::bigint / plan_all <> (plan_n - 1) * $1::bigint / plan_all AND plan_n < plan_all ORDER BY "id";
-- triggers
SELECT g.tgname AS name, p.proname AS function, (g.tgtype OPERATOR(pg_catalog.&) 3) OPERATOR(pg_catalog.=) 3 AS early FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) g.tgfoid WHERE g.tgrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass('"app"."users"') AND NOT g.tgisinternal AND (g.tgtype OPERATOR(pg_catalog.&) 16) OPERATOR(pg_catalog.>) 0 AND g.tgname::text OPERATOR(pg_catalog.!~) '^(zz_|zn_|zc_|!!_|!!!)plan_sync_' AND g.tgenabled::text OPERATOR(pg_catalog.=) ANY (CASE pg_catalog.current_setting('session_replication_role') WHEN 'replica' THEN '{R,A}'::text[] ELSE '{O,A}'::text[] END) AND (g.tgattr::text OPERATOR(pg_catalog.=) '' OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.=) g.tgrelid AND a.attnum OPERATOR(pg_catalog.=) ANY (g.tgattr::int2[]) AND a.attname::text OPERATOR(pg_catalog.=) ANY (ARRAY['family_name']::text[]))) ORDER BY g.tgname;
-- remaining
SELECT EXISTS (SELECT FROM "app"."users" WHERE ((("family_name" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL)) AND (("last_name") IS DISTINCT FROM NULL)))) AS remaining;
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
    EXECUTE $q$SELECT pg_catalog.set_config('plan.backfill', 'zz_plan_sync_users_be2e882860', true), pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.set_config('lock_timeout', '100ms', true)$q$;
    IF plan_here IS NULL THEN
      EXECUTE $q$SELECT ARRAY[k0] FROM (SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary) AS keys$q$ INTO plan_to USING 1000, plan_last[1];
      plan_to := COALESCE(plan_to, plan_last);
      EXECUTE $q$UPDATE "app"."users" SET "family_name" = ("last_name") WHERE (("family_name" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL))) AND "id" <= $1::bigint$q$ USING plan_to[1];
    ELSE
      EXECUTE $q$SELECT ARRAY[k0] FROM (SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint AND "id" > $3::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary) AS keys$q$ INTO plan_to USING 1000, plan_last[1], plan_here[1];
      plan_to := COALESCE(plan_to, plan_last);
      EXECUTE $q$UPDATE "app"."users" SET "family_name" = ("last_name") WHERE (("family_name" IS NOT DISTINCT FROM NULL AND ("last_name" IS DISTINCT FROM NULL))) AND "id" <= $1::bigint AND "id" > $2::bigint$q$ USING plan_to[1], plan_here[1];
    END IF;
    COMMIT;
    EXIT WHEN plan_to = plan_last;
    plan_here := plan_to;
  END LOOP;
END
$by_hand$;

======== enforce.sql
-- Plan rename-last-name, fingerprint 5f84a12cb8bd
-- Phase enforce. For review; `plan advance rename-last-name --phase enforce` runs it.

-- enforce.1: build index users_lower_last_name_a22ee67905
--   why   beside running writes to users, and after the backfill, so that batches stay cheap
--   lock  SHARE UPDATE EXCLUSIVE on app.users, during the build; only other schema changes wait
--   takes one index build on app.users
CREATE INDEX CONCURRENTLY "users_lower_last_name_a22ee67905" ON app.users USING btree (lower(("family_name")::text)) WHERE ("family_name" IS NOT NULL);
-- before a new try: DROP INDEX CONCURRENTLY IF EXISTS "app"."users_lower_last_name_a22ee67905";

-- enforce.2: require users.family_name, not validated
--   why   new rows need a value from now on; the others are not read yet
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD CONSTRAINT "users_family_name_not_null" NOT NULL "family_name" NOT VALID;
COMMIT;

-- enforce.3: validate constraint users_family_name_not_null
--   why   reads the whole table while reads and writes go on
--   lock  SHARE UPDATE EXCLUSIVE on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
ALTER TABLE "app"."users" VALIDATE CONSTRAINT "users_family_name_not_null";

======== verify.sql
-- Plan rename-last-name, fingerprint 5f84a12cb8bd
-- Phase verify. For review; `plan advance rename-last-name --phase verify` runs it.

-- verify.1: prove last_name-equals-family_name on all rows of users
--   why   one scan for all of them; one row that breaks a rule stops the plan
--   lock  ACCESS SHARE on app.users, during the scan; nobody waits
--   takes one scan of app.users
-- count
SELECT count(*)::text AS checked, count(*) FILTER (WHERE NOT ("family_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM ("last_name") COLLATE pg_catalog."C"))::text AS v0 FROM "app"."users";
-- sample_0
-- SELECT "id"::text AS k0 FROM "app"."users" WHERE NOT ("family_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM ("last_name") COLLATE pg_catalog."C") LIMIT $1::bigint;

-- verify.2: prove that users has its sync, indexes and constraints
--   why   an invalid index or a disabled trigger would show only later
--   lock  ACCESS SHARE on app.users, a moment; nobody waits
--   takes a moment
-- check
SELECT 'the sync trigger zz_plan_sync_users_be2e882860 is enabled and unchanged'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = to_regclass('"app"."users"') AND t.tgname = 'zz_plan_sync_users_be2e882860' AND t.tgenabled IN ('O', 'A') AND md5(p.prosrc) = '834621d06c04d5b46ce02d5a75ba5c48' AND p.proconfig = ARRAY['search_path=pg_catalog, pg_temp'] AND NOT p.prosecdef) AS holds UNION ALL SELECT 'the function of the sync trigger zz_plan_sync_users_be2e882860 belongs to nobody who could not change the table as well'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid WHERE t.tgrelid = to_regclass('"app"."users"') AND t.tgname = 'zz_plan_sync_users_be2e882860' AND pg_catalog.pg_has_role(p.proowner, c.relowner, 'MEMBER')) AS holds UNION ALL SELECT 'no BEFORE trigger has a name that sorts behind zz_plan_sync_users_be2e882860 (rename one that has)'::text AS what, EXISTS (SELECT WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = to_regclass('"app"."users"') AND (tgtype & 3) = 3 AND (tgtype & 20) > 0 AND tgname::text !~ '^(zz_|zn_|zc_|!!_|!!!)plan_sync_' AND (tgname > 'zz_plan_sync_users_be2e882860'::name))) AS holds UNION ALL SELECT 'family_name has the type of the column it replaces'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_attribute b USING (attrelid, atttypid, atttypmod, attcollation) WHERE a.attrelid = to_regclass('"app"."users"') AND a.attname = 'family_name' AND b.attname = 'last_name') AS holds UNION ALL SELECT 'index users_lower_last_name_a22ee67905 is valid'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass('"app"."users"') AND c.relname = 'users_lower_last_name_a22ee67905' AND i.indisvalid) AS holds UNION ALL SELECT 'constraint users_family_name_not_null is validated'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass('"app"."users"') AND conname = 'users_family_name_not_null' AND convalidated) AS holds UNION ALL SELECT 'family_name is NOT NULL'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'family_name' AND attnotnull AND NOT attisdropped) AS holds;

-- verify.3: prove no-empty-names
--   why   the plan's own query must find nothing
--   lock  ACCESS SHARE on the tables of the query, during the scan; nobody waits
--   takes one scan of the tables of the query
-- count
SELECT count(*)::text AS violations FROM (
select id from users where family_name = ''
) AS broken;
-- sample
SELECT (SELECT value FROM json_each_text(row_to_json(broken)) LIMIT 1) AS k0 FROM (
select id from users where family_name = ''
) AS broken LIMIT 5;

======== contract.sql
-- Plan rename-last-name, fingerprint 5f84a12cb8bd
-- Phase contract. For review; `plan advance rename-last-name --phase contract` runs it.

-- contract.1: retire users.last_name under another name; let the sync of users follow
--   why   clients that still use it fail now, while renaming it back still undoes everything; the retired column is still kept in step, so going back loses nothing
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" RENAME COLUMN "last_name" TO "plan_drop_last_name_66936aef44";
DROP TRIGGER "zz_plan_sync_users_be2e882860" ON "app"."users";
DROP FUNCTION "app"."zz_plan_sync_users_be2e882860"();
CREATE FUNCTION "app"."zz_plan_sync_users_be2e882860"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $plan$
#variable_conflict use_column
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF (NEW."family_name" IS NOT DISTINCT FROM NULL OR NEW."family_name" IS NOT DISTINCT FROM ('unknown'::character varying)::character varying(80)) THEN
      NEW."family_name" := NEW."plan_drop_last_name_66936aef44";
    ELSIF (NEW."plan_drop_last_name_66936aef44" IS NOT DISTINCT FROM NULL OR NEW."plan_drop_last_name_66936aef44" IS NOT DISTINCT FROM ('unknown'::character varying)::character varying(80)) THEN
      NEW."plan_drop_last_name_66936aef44" := NEW."family_name";
    ELSIF NOT (NEW."family_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM NEW."plan_drop_last_name_66936aef44" COLLATE pg_catalog."C") THEN
      RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'one statement wrote different values to last_name, family_name, which are the same data in two shapes',
        HINT = 'write only one of the shapes, or set on_conflict in the plan',
        SCHEMA = 'app', TABLE = 'users', CONSTRAINT = 'zz_plan_sync_users_be2e882860';
    END IF;
  ELSE
    IF NOT (NEW."family_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."family_name" COLLATE pg_catalog."C") THEN
      IF NOT (NEW."plan_drop_last_name_66936aef44" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."plan_drop_last_name_66936aef44" COLLATE pg_catalog."C") THEN
        IF NOT (NEW."family_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM NEW."plan_drop_last_name_66936aef44" COLLATE pg_catalog."C") THEN
          RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'one statement wrote different values to last_name, family_name, which are the same data in two shapes',
            HINT = 'write only one of the shapes, or set on_conflict in the plan',
            SCHEMA = 'app', TABLE = 'users', CONSTRAINT = 'zz_plan_sync_users_be2e882860';
        END IF;
      ELSE
        NEW."plan_drop_last_name_66936aef44" := NEW."family_name";
      END IF;
    ELSIF NOT (NEW."plan_drop_last_name_66936aef44" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."plan_drop_last_name_66936aef44" COLLATE pg_catalog."C") THEN
      NEW."family_name" := NEW."plan_drop_last_name_66936aef44";
    END IF;
  END IF;
  RETURN NEW;
END
$plan$;
CREATE TRIGGER "zz_plan_sync_users_be2e882860" BEFORE INSERT OR UPDATE ON "app"."users" FOR EACH ROW WHEN (pg_catalog.current_setting('plan.backfill', true) IS DISTINCT FROM 'zz_plan_sync_users_be2e882860' OR pg_catalog.pg_trigger_depth() > 0) EXECUTE FUNCTION "app"."zz_plan_sync_users_be2e882860"();
COMMIT;

-- contract.2: remove the sync trigger of users; drop users.plan_drop_last_name_66936aef44; index users_lower_last_name gets its name
--   why   only one shape is left to write; the point of no return; without CASCADE, so anything that still depends on it stops this; the old index went with its column
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
BEGIN;
SET LOCAL lock_timeout = '1s';
DROP TRIGGER "zz_plan_sync_users_be2e882860" ON "app"."users";
DROP FUNCTION "app"."zz_plan_sync_users_be2e882860"();
ALTER TABLE "app"."users" DROP COLUMN "plan_drop_last_name_66936aef44";
ALTER INDEX "app"."users_lower_last_name_a22ee67905" RENAME TO "users_lower_last_name";
COMMIT;

======== undo.sql
-- Plan rename-last-name, fingerprint 5f84a12cb8bd
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback rename-last-name` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.2 cannot be undone: this file is of no use after it.

-- undo of contract.1: retire users.last_name under another name; let the sync of users follow
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'plan_drop_last_name_66936aef44' AND NOT attisdropped AND true) AS done) AS found) THEN
    DROP TRIGGER "zz_plan_sync_users_be2e882860" ON "app"."users";
    DROP FUNCTION "app"."zz_plan_sync_users_be2e882860"();
    CREATE FUNCTION "app"."zz_plan_sync_users_be2e882860"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $plan$
#variable_conflict use_column
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF (NEW."family_name" IS NOT DISTINCT FROM NULL OR NEW."family_name" IS NOT DISTINCT FROM ('unknown'::character varying)::character varying(80)) THEN
      NEW."family_name" := NEW."last_name";
    ELSIF (NEW."last_name" IS NOT DISTINCT FROM NULL OR NEW."last_name" IS NOT DISTINCT FROM ('unknown'::character varying)::character varying(80)) THEN
      NEW."last_name" := NEW."family_name";
    ELSIF NOT (NEW."family_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM NEW."last_name" COLLATE pg_catalog."C") THEN
      RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'one statement wrote different values to last_name, family_name, which are the same data in two shapes',
        HINT = 'write only one of the shapes, or set on_conflict in the plan',
        SCHEMA = 'app', TABLE = 'users', CONSTRAINT = 'zz_plan_sync_users_be2e882860';
    END IF;
  ELSE
    IF NOT (NEW."family_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."family_name" COLLATE pg_catalog."C") THEN
      IF NOT (NEW."last_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."last_name" COLLATE pg_catalog."C") THEN
        IF NOT (NEW."family_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM NEW."last_name" COLLATE pg_catalog."C") THEN
          RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'one statement wrote different values to last_name, family_name, which are the same data in two shapes',
            HINT = 'write only one of the shapes, or set on_conflict in the plan',
            SCHEMA = 'app', TABLE = 'users', CONSTRAINT = 'zz_plan_sync_users_be2e882860';
        END IF;
      ELSE
        NEW."last_name" := NEW."family_name";
      END IF;
    ELSIF NOT (NEW."last_name" COLLATE pg_catalog."C" IS NOT DISTINCT FROM OLD."last_name" COLLATE pg_catalog."C") THEN
      NEW."family_name" := NEW."last_name";
    END IF;
  END IF;
  RETURN NEW;
END
$plan$;
    CREATE TRIGGER "zz_plan_sync_users_be2e882860" BEFORE INSERT OR UPDATE ON "app"."users" FOR EACH ROW WHEN (pg_catalog.current_setting('plan.backfill', true) IS DISTINCT FROM 'zz_plan_sync_users_be2e882860' OR pg_catalog.pg_trigger_depth() > 0) EXECUTE FUNCTION "app"."zz_plan_sync_users_be2e882860"();
    ALTER TABLE "app"."users" RENAME COLUMN "plan_drop_last_name_66936aef44" TO "last_name";
  ELSE
    RAISE NOTICE 'contract.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;

-- undo of enforce.2: require users.family_name, not validated
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass('"app"."users"') AND conname = 'users_family_name_not_null' AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" DROP CONSTRAINT IF EXISTS "users_family_name_not_null";
  ELSE
    RAISE NOTICE 'enforce.2 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;

-- undo of enforce.1: build index users_lower_last_name_a22ee67905
DROP INDEX CONCURRENTLY IF EXISTS "app"."users_lower_last_name_a22ee67905";

-- undo of expand.1: add users.family_name; keep both shapes of users in step by a trigger; set the default of users.family_name
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'family_name' AND NOT attisdropped AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" ALTER COLUMN "family_name" DROP DEFAULT;
    DROP TRIGGER IF EXISTS "zz_plan_sync_users_be2e882860" ON "app"."users";
    DROP FUNCTION IF EXISTS "app"."zz_plan_sync_users_be2e882860"();
    ALTER TABLE "app"."users" DROP COLUMN IF EXISTS "family_name";
  ELSE
    RAISE NOTICE 'expand.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
