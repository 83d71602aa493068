======== expand.sql
-- Plan add-volatile-default, fingerprint 3565a33d1d43
-- Phase expand. For review; `plan advance add-volatile-default --phase expand` runs it.

-- expand.1: add users.public_id; set the default of users.public_id
--   why   nullable and without default, so only the catalogue changes and old code does not notice; it applies to new rows; no row is touched
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD COLUMN "public_id" uuid;
ALTER TABLE "app"."users" ALTER COLUMN "public_id" SET DEFAULT (gen_random_uuid());
COMMIT;

======== backfill.sql
-- Plan add-volatile-default, fingerprint 3565a33d1d43
-- Phase backfill. For review; `plan advance add-volatile-default --phase backfill` runs it.

-- backfill.1: fill public_id of users, batch by batch
--   why   one pass along the key; only rows that nobody has filled yet are written, each batch with its ledger row
--   lock  ROW EXCLUSIVE on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- mark
SELECT pg_catalog.set_config('plan.backfill', 'zz_plan_sync_users_a939da627a', true), pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.set_config('lock_timeout', '100ms', true);
-- end
SELECT "id"::text AS k0 FROM "app"."users" ORDER BY "app"."users"."id" DESC LIMIT 1;
-- boundary_first
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- boundary
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint AND "id" > $3::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- batch_first
-- UPDATE "app"."users" SET "public_id" = (gen_random_uuid()) WHERE (("public_id" IS NOT DISTINCT FROM NULL)) AND "id" <= $1::bigint;
-- batch
-- UPDATE "app"."users" SET "public_id" = (gen_random_uuid()) WHERE (("public_id" IS NOT DISTINCT FROM NULL)) AND "id" <= $1::bigint AND "id" > $2::bigint;
-- guarded_first
-- WITH plan_before AS MATERIALIZED (SELECT ctid AS "plan place", "id" AS "plan was 0", "last_name" AS "plan was 1", "full_name" AS "plan was 2", "email" AS "plan was 3" FROM "app"."users" WHERE (("public_id" IS NOT DISTINCT FROM NULL)) AND "id" <= $1::bigint), plan_written AS (UPDATE "app"."users" SET "public_id" = (gen_random_uuid()) FROM plan_before WHERE "app"."users".ctid OPERATOR(pg_catalog.=) plan_before."plan place" AND "id" <= $1::bigint RETURNING ROW("app"."users"."id")::record OPERATOR(pg_catalog.*=) ROW("plan was 0")::record AS same_0, ROW("app"."users"."last_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 1")::record AS same_1, ROW("app"."users"."full_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 2")::record AS same_2, ROW("app"."users"."email")::record OPERATOR(pg_catalog.*=) ROW("plan was 3")::record AS same_3, ((("public_id" IS NOT DISTINCT FROM NULL) AND true)) AS unfilled) SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[CASE WHEN NOT pg_catalog.bool_and(same_0) THEN 'id' END, CASE WHEN NOT pg_catalog.bool_and(same_1) THEN 'last_name' END, CASE WHEN NOT pg_catalog.bool_and(same_2) THEN 'full_name' END, CASE WHEN NOT pg_catalog.bool_and(same_3) THEN 'email' END]::text[], NULL))::text AS changed FROM plan_written;
-- guarded
-- WITH plan_before AS MATERIALIZED (SELECT ctid AS "plan place", "id" AS "plan was 0", "last_name" AS "plan was 1", "full_name" AS "plan was 2", "email" AS "plan was 3" FROM "app"."users" WHERE (("public_id" IS NOT DISTINCT FROM NULL)) AND "id" <= $1::bigint AND "id" > $2::bigint), plan_written AS (UPDATE "app"."users" SET "public_id" = (gen_random_uuid()) FROM plan_before WHERE "app"."users".ctid OPERATOR(pg_catalog.=) plan_before."plan place" AND "id" <= $1::bigint AND "id" > $2::bigint RETURNING ROW("app"."users"."id")::record OPERATOR(pg_catalog.*=) ROW("plan was 0")::record AS same_0, ROW("app"."users"."last_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 1")::record AS same_1, ROW("app"."users"."full_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 2")::record AS same_2, ROW("app"."users"."email")::record OPERATOR(pg_catalog.*=) ROW("plan was 3")::record AS same_3, ((("public_id" IS NOT DISTINCT FROM NULL) AND true)) AS unfilled) SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[CASE WHEN NOT pg_catalog.bool_and(same_0) THEN 'id' END, CASE WHEN NOT pg_catalog.bool_and(same_1) THEN 'last_name' END, CASE WHEN NOT pg_catalog.bool_and(same_2) THEN 'full_name' END, CASE WHEN NOT pg_catalog.bool_and(same_3) THEN 'email' END]::text[], NULL))::text AS changed FROM plan_written;
-- left_first
-- SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM "app"."users" WHERE ((("public_id" IS NOT DISTINCT FROM NULL) AND true)) AND "id" <= $1::bigint FOR NO KEY UPDATE) AS plan_left;
-- left
-- SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM "app"."users" WHERE ((("public_id" IS NOT DISTINCT FROM NULL) AND true)) AND "id" <= $1::bigint AND "id" > $2::bigint FOR NO KEY UPDATE) AS plan_left;
-- cuts
-- SELECT "id"::text AS k0 FROM (SELECT "id", pg_catalog.row_number() OVER (ORDER BY "id") AS plan_n, pg_catalog.count(*) OVER () AS plan_all FROM "app"."users" TABLESAMPLE SYSTEM (least(100, greatest(0.001, 100 * 30000::float8 / greatest(1, $2::bigint)))) WHERE "id" < $3::bigint) AS sampled WHERE plan_n * $1::bigint / plan_all <> (plan_n - 1) * $1::bigint / plan_all AND plan_n < plan_all ORDER BY "id";
-- triggers
SELECT g.tgname AS name, p.proname AS function, (g.tgtype OPERATOR(pg_catalog.&) 3) OPERATOR(pg_catalog.=) 3 AS early FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) g.tgfoid WHERE g.tgrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass('"app"."users"') AND NOT g.tgisinternal AND (g.tgtype OPERATOR(pg_catalog.&) 16) OPERATOR(pg_catalog.>) 0 AND g.tgname::text OPERATOR(pg_catalog.!~) '^(zz_|zn_|zc_|!!_|!!!)plan_sync_' AND g.tgenabled::text OPERATOR(pg_catalog.=) ANY (CASE pg_catalog.current_setting('session_replication_role') WHEN 'replica' THEN '{R,A}'::text[] ELSE '{O,A}'::text[] END) AND (g.tgattr::text OPERATOR(pg_catalog.=) '' OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.=) g.tgrelid AND a.attnum OPERATOR(pg_catalog.=) ANY (g.tgattr::int2[]) AND a.attname::text OPERATOR(pg_catalog.=) ANY (ARRAY['public_id']::text[]))) ORDER BY g.tgname;
-- remaining
SELECT EXISTS (SELECT FROM "app"."users" WHERE ((("public_id" IS NOT DISTINCT FROM NULL) AND true))) AS remaining;
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
    EXECUTE $q$SELECT pg_catalog.set_config('plan.backfill', 'zz_plan_sync_users_a939da627a', true), pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.set_config('lock_timeout', '100ms', true)$q$;
    IF plan_here IS NULL THEN
      EXECUTE $q$SELECT ARRAY[k0] FROM (SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary) AS keys$q$ INTO plan_to USING 1000, plan_last[1];
      plan_to := COALESCE(plan_to, plan_last);
      EXECUTE $q$UPDATE "app"."users" SET "public_id" = (gen_random_uuid()) WHERE (("public_id" IS NOT DISTINCT FROM NULL)) AND "id" <= $1::bigint$q$ USING plan_to[1];
    ELSE
      EXECUTE $q$SELECT ARRAY[k0] FROM (SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint AND "id" > $3::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary) AS keys$q$ INTO plan_to USING 1000, plan_last[1], plan_here[1];
      plan_to := COALESCE(plan_to, plan_last);
      EXECUTE $q$UPDATE "app"."users" SET "public_id" = (gen_random_uuid()) WHERE (("public_id" IS NOT DISTINCT FROM NULL)) AND "id" <= $1::bigint AND "id" > $2::bigint$q$ USING plan_to[1], plan_here[1];
    END IF;
    COMMIT;
    EXIT WHEN plan_to = plan_last;
    plan_here := plan_to;
  END LOOP;
END
$by_hand$;

======== enforce.sql
-- Plan add-volatile-default, fingerprint 3565a33d1d43
-- Phase enforce. For review; `plan advance add-volatile-default --phase enforce` runs it.

-- enforce.1: build unique index users_public_id_key
--   why   beside running writes to users, and after the backfill, so that batches stay cheap
--   lock  SHARE UPDATE EXCLUSIVE on app.users, during the build; only other schema changes wait
--   takes one index build on app.users
CREATE UNIQUE INDEX CONCURRENTLY "users_public_id_key" ON "app"."users" ("public_id");
-- before a new try: DROP INDEX CONCURRENTLY IF EXISTS "app"."users_public_id_key";

-- enforce.2: make users_public_id_key a unique constraint
--   why   the index is already there, so only the catalogue changes
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD CONSTRAINT "users_public_id_key" UNIQUE USING INDEX "users_public_id_key";
COMMIT;

-- enforce.3: require users.public_id, not validated
--   why   new rows need a value from now on; the others are not read yet
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD CONSTRAINT "users_public_id_not_null" NOT NULL "public_id" NOT VALID;
COMMIT;

-- enforce.4: validate constraint users_public_id_not_null
--   why   reads the whole table while reads and writes go on
--   lock  SHARE UPDATE EXCLUSIVE on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
ALTER TABLE "app"."users" VALIDATE CONSTRAINT "users_public_id_not_null";

======== verify.sql
-- Plan add-volatile-default, fingerprint 3565a33d1d43
-- Phase verify. For review; `plan advance add-volatile-default --phase verify` runs it.

-- verify.1: prove public_id-not-null on all rows of users
--   why   one scan for all of them; one row that breaks a rule stops the plan
--   lock  ACCESS SHARE on app.users, during the scan; nobody waits
--   takes one scan of app.users
-- count
SELECT count(*)::text AS checked, count(*) FILTER (WHERE "public_id" IS NOT DISTINCT FROM NULL)::text AS v0 FROM "app"."users";
-- sample_0
-- SELECT "id"::text AS k0 FROM "app"."users" WHERE "public_id" IS NOT DISTINCT FROM NULL LIMIT $1::bigint;

-- verify.2: prove that users has its sync, indexes and constraints
--   why   an invalid index or a disabled trigger would show only later
--   lock  ACCESS SHARE on app.users, a moment; nobody waits
--   takes a moment
-- check
SELECT 'index users_public_id_key is valid'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass('"app"."users"') AND c.relname = 'users_public_id_key' AND i.indisvalid) AS holds UNION ALL SELECT 'constraint users_public_id_not_null is validated'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass('"app"."users"') AND conname = 'users_public_id_not_null' AND convalidated) AS holds UNION ALL SELECT 'public_id is NOT NULL'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'public_id' AND attnotnull AND NOT attisdropped) AS holds;

======== undo.sql
-- Plan add-volatile-default, fingerprint 3565a33d1d43
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-volatile-default` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of enforce.3: require users.public_id, not validated
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass('"app"."users"') AND conname = 'users_public_id_not_null' AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" DROP CONSTRAINT IF EXISTS "users_public_id_not_null";
  ELSE
    RAISE NOTICE 'enforce.3 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;

-- undo of enforce.2: make users_public_id_key a unique constraint
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass('"app"."users"') AND conname = 'users_public_id_key' AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" DROP CONSTRAINT IF EXISTS "users_public_id_key";
  ELSE
    RAISE NOTICE 'enforce.2 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;

-- undo of enforce.1: build unique index users_public_id_key
DROP INDEX CONCURRENTLY IF EXISTS "app"."users_public_id_key";

-- undo of expand.1: add users.public_id; set the default of users.public_id
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'public_id' AND NOT attisdropped AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" ALTER COLUMN "public_id" DROP DEFAULT;
    ALTER TABLE "app"."users" DROP COLUMN IF EXISTS "public_id";
  ELSE
    RAISE NOTICE 'expand.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
