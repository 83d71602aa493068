======== expand.sql
-- Plan add-identity, fingerprint bbb616415403
-- Phase expand. For review; `plan advance add-identity --phase expand` runs it.

-- expand.1: create the sequence plan_numbers_number_ff0480b1ec; add users.number; set the default of users.number
--   why   it numbers new rows and old ones until the column does so itself; every role that inserts may use it; nullable and without default, so only the catalogue changes and old code does not notice; it applies to new rows; no row is touched
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
CREATE SEQUENCE "app"."plan_numbers_number_ff0480b1ec";
GRANT USAGE ON SEQUENCE "app"."plan_numbers_number_ff0480b1ec" TO PUBLIC;
ALTER TABLE "app"."users" ADD COLUMN "number" bigint;
ALTER TABLE "app"."users" ALTER COLUMN "number" SET DEFAULT (pg_catalog.nextval('"app"."plan_numbers_number_ff0480b1ec"'::pg_catalog.regclass));
COMMIT;

======== backfill.sql
-- Plan add-identity, fingerprint bbb616415403
-- Phase backfill. For review; `plan advance add-identity --phase backfill` runs it.

-- backfill.1: fill number of users, batch by batch
--   why   one pass along the key; only rows that nobody has filled yet are written, each batch with its ledger row
--   lock  ROW EXCLUSIVE on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- mark
SELECT pg_catalog.set_config('plan.backfill', 'zz_plan_sync_users_3557ca2112', true), pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.set_config('lock_timeout', '100ms', true);
-- end
SELECT "id"::text AS k0 FROM "app"."users" ORDER BY "app"."users"."id" DESC LIMIT 1;
-- boundary_first
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- boundary
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint AND "id" > $3::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- batch_first
-- UPDATE "app"."users" SET "number" = (pg_catalog.nextval('"app"."plan_numbers_number_ff0480b1ec"'::pg_catalog.regclass)) WHERE (("number" IS NOT DISTINCT FROM NULL)) AND "id" <= $1::bigint;
-- batch
-- UPDATE "app"."users" SET "number" = (pg_catalog.nextval('"app"."plan_numbers_number_ff0480b1ec"'::pg_catalog.regclass)) WHERE (("number" IS NOT DISTINCT FROM NULL)) AND "id" <= $1::bigint AND "id" > $2::bigint;
-- guarded_first
-- WITH plan_before AS MATERIALIZED (SELECT ctid AS "plan place", "id" AS "plan was 0", "last_name" AS "plan was 1", "full_name" AS "plan was 2", "email" AS "plan was 3" FROM "app"."users" WHERE (("number" IS NOT DISTINCT FROM NULL)) AND "id" <= $1::bigint), plan_written AS (UPDATE "app"."users" SET "number" = (pg_catalog.nextval('"app"."plan_numbers_number_ff0480b1ec"'::pg_catalog.regclass)) FROM plan_before WHERE "app"."users".ctid OPERATOR(pg_catalog.=) plan_before."plan place" AND "id" <= $1::bigint RETURNING ROW("app"."users"."id")::record OPERATOR(pg_catalog.*=) ROW("plan was 0")::record AS same_0, ROW("app"."users"."last_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 1")::record AS same_1, ROW("app"."users"."full_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 2")::record AS same_2, ROW("app"."users"."email")::record OPERATOR(pg_catalog.*=) ROW("plan was 3")::record AS same_3, ((("number" IS NOT DISTINCT FROM NULL) AND true)) AS unfilled) SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[CASE WHEN NOT pg_catalog.bool_and(same_0) THEN 'id' END, CASE WHEN NOT pg_catalog.bool_and(same_1) THEN 'last_name' END, CASE WHEN NOT pg_catalog.bool_and(same_2) THEN 'full_name' END, CASE WHEN NOT pg_catalog.bool_and(same_3) THEN 'email' END]::text[], NULL))::text AS changed FROM plan_written;
-- guarded
-- WITH plan_before AS MATERIALIZED (SELECT ctid AS "plan place", "id" AS "plan was 0", "last_name" AS "plan was 1", "full_name" AS "plan was 2", "email" AS "plan was 3" FROM "app"."users" WHERE (("number" IS NOT DISTINCT FROM NULL)) AND "id" <= $1::bigint AND "id" > $2::bigint), plan_written AS (UPDATE "app"."users" SET "number" = (pg_catalog.nextval('"app"."plan_numbers_number_ff0480b1ec"'::pg_catalog.regclass)) FROM plan_before WHERE "app"."users".ctid OPERATOR(pg_catalog.=) plan_before."plan place" AND "id" <= $1::bigint AND "id" > $2::bigint RETURNING ROW("app"."users"."id")::record OPERATOR(pg_catalog.*=) ROW("plan was 0")::record AS same_0, ROW("app"."users"."last_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 1")::record AS same_1, ROW("app"."users"."full_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 2")::record AS same_2, ROW("app"."users"."email")::record OPERATOR(pg_catalog.*=) ROW("plan was 3")::record AS same_3, ((("number" IS NOT DISTINCT FROM NULL) AND true)) AS unfilled) SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[CASE WHEN NOT pg_catalog.bool_and(same_0) THEN 'id' END, CASE WHEN NOT pg_catalog.bool_and(same_1) THEN 'last_name' END, CASE WHEN NOT pg_catalog.bool_and(same_2) THEN 'full_name' END, CASE WHEN NOT pg_catalog.bool_and(same_3) THEN 'email' END]::text[], NULL))::text AS changed FROM plan_written;
-- left_first
-- SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM "app"."users" WHERE ((("number" IS NOT DISTINCT FROM NULL) AND true)) AND "id" <= $1::bigint FOR NO KEY UPDATE) AS plan_left;
-- left
-- SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM "app"."users" WHERE ((("number" IS NOT DISTINCT FROM NULL) AND true)) AND "id" <= $1::bigint AND "id" > $2::bigint FOR NO KEY UPDATE) AS plan_left;
-- cuts
-- SELECT "id"::text AS k0 FROM (SELECT "id", pg_catalog.row_number() OVER (ORDER BY "id") AS plan_n, pg_catalog.count(*) OVER () AS plan_all FROM "app"."users" TABLESAMPLE SYSTEM (least(100, greatest(0.001, 100 * 30000::float8 / greatest(1, $2::bigint)))) WHERE "id" < $3::bigint) AS sampled WHERE plan_n * $1::bigint / plan_all <> (plan_n - 1) * $1::bigint / plan_all AND plan_n < plan_all ORDER BY "id";
-- triggers
SELECT g.tgname AS name, p.proname AS function, (g.tgtype OPERATOR(pg_catalog.&) 3) OPERATOR(pg_catalog.=) 3 AS early FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) g.tgfoid WHERE g.tgrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass('"app"."users"') AND NOT g.tgisinternal AND (g.tgtype OPERATOR(pg_catalog.&) 16) OPERATOR(pg_catalog.>) 0 AND g.tgname::text OPERATOR(pg_catalog.!~) '^(zz_|zn_|zc_|!!_|!!!)plan_sync_' AND g.tgenabled::text OPERATOR(pg_catalog.=) ANY (CASE pg_catalog.current_setting('session_replication_role') WHEN 'replica' THEN '{R,A}'::text[] ELSE '{O,A}'::text[] END) AND (g.tgattr::text OPERATOR(pg_catalog.=) '' OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.=) g.tgrelid AND a.attnum OPERATOR(pg_catalog.=) ANY (g.tgattr::int2[]) AND a.attname::text OPERATOR(pg_catalog.=) ANY (ARRAY['number']::text[]))) ORDER BY g.tgname;
-- remaining
SELECT EXISTS (SELECT FROM "app"."users" WHERE ((("number" IS NOT DISTINCT FROM NULL) AND true))) AS remaining;
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
    EXECUTE $q$SELECT pg_catalog.set_config('plan.backfill', 'zz_plan_sync_users_3557ca2112', true), pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.set_config('lock_timeout', '100ms', true)$q$;
    IF plan_here IS NULL THEN
      EXECUTE $q$SELECT ARRAY[k0] FROM (SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary) AS keys$q$ INTO plan_to USING 1000, plan_last[1];
      plan_to := COALESCE(plan_to, plan_last);
      EXECUTE $q$UPDATE "app"."users" SET "number" = (pg_catalog.nextval('"app"."plan_numbers_number_ff0480b1ec"'::pg_catalog.regclass)) WHERE (("number" IS NOT DISTINCT FROM NULL)) AND "id" <= $1::bigint$q$ USING plan_to[1];
    ELSE
      EXECUTE $q$SELECT ARRAY[k0] FROM (SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint AND "id" > $3::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary) AS keys$q$ INTO plan_to USING 1000, plan_last[1], plan_here[1];
      plan_to := COALESCE(plan_to, plan_last);
      EXECUTE $q$UPDATE "app"."users" SET "number" = (pg_catalog.nextval('"app"."plan_numbers_number_ff0480b1ec"'::pg_catalog.regclass)) WHERE (("number" IS NOT DISTINCT FROM NULL)) AND "id" <= $1::bigint AND "id" > $2::bigint$q$ USING plan_to[1], plan_here[1];
    END IF;
    COMMIT;
    EXIT WHEN plan_to = plan_last;
    plan_here := plan_to;
  END LOOP;
END
$by_hand$;

======== enforce.sql
-- Plan add-identity, fingerprint bbb616415403
-- Phase enforce. For review; `plan advance add-identity --phase enforce` runs it.

-- enforce.1: build unique index users_number_key
--   why   beside running writes to users, and after the backfill, so that batches stay cheap
--   lock  SHARE UPDATE EXCLUSIVE on app.users, during the build; only other schema changes wait
--   takes one index build on app.users
CREATE UNIQUE INDEX CONCURRENTLY "users_number_key" ON "app"."users" ("number");
-- before a new try: DROP INDEX CONCURRENTLY IF EXISTS "app"."users_number_key";

-- enforce.2: make users_number_key a unique constraint
--   why   the index is already there, so only the catalogue changes
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD CONSTRAINT "users_number_key" UNIQUE USING INDEX "users_number_key";
COMMIT;

-- enforce.3: require users.number, not validated
--   why   new rows need a value from now on; the others are not read yet
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD CONSTRAINT "users_number_not_null" NOT NULL "number" NOT VALID;
COMMIT;

-- enforce.4: validate constraint users_number_not_null
--   why   reads the whole table while reads and writes go on
--   lock  SHARE UPDATE EXCLUSIVE on app.users, during the scan; only other schema changes wait
--   takes one scan of app.users
ALTER TABLE "app"."users" VALIDATE CONSTRAINT "users_number_not_null";

-- enforce.5: let users.number number its rows itself (always)
--   why   all rows have a number, so only the catalogue changes; it goes on behind the greatest one
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ALTER COLUMN "number" DROP DEFAULT;
ALTER TABLE "app"."users" ALTER COLUMN "number" ADD GENERATED ALWAYS AS IDENTITY;
SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence('"app"."users"', 'number')::pg_catalog.regclass, greatest(s.last_value, (SELECT max("number") FROM "app"."users")), s.is_called OR (SELECT max("number") FROM "app"."users") IS NOT NULL) FROM "app"."plan_numbers_number_ff0480b1ec" AS s;
DROP SEQUENCE "app"."plan_numbers_number_ff0480b1ec";
COMMIT;

======== verify.sql
-- Plan add-identity, fingerprint bbb616415403
-- Phase verify. For review; `plan advance add-identity --phase verify` runs it.

-- verify.1: prove number-not-null on all rows of users
--   why   one scan for all of them; one row that breaks a rule stops the plan
--   lock  ACCESS SHARE on app.users, during the scan; nobody waits
--   takes one scan of app.users
-- count
SELECT count(*)::text AS checked, count(*) FILTER (WHERE "number" IS NOT DISTINCT FROM NULL)::text AS v0 FROM "app"."users";
-- sample_0
-- SELECT "id"::text AS k0 FROM "app"."users" WHERE "number" IS NOT DISTINCT FROM NULL LIMIT $1::bigint;

-- verify.2: prove that users has its sync, indexes and constraints
--   why   an invalid index or a disabled trigger would show only later
--   lock  ACCESS SHARE on app.users, a moment; nobody waits
--   takes a moment
-- check
SELECT 'index users_number_key is valid'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass('"app"."users"') AND c.relname = 'users_number_key' AND i.indisvalid) AS holds UNION ALL SELECT 'constraint users_number_not_null is validated'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass('"app"."users"') AND conname = 'users_number_not_null' AND convalidated) AS holds UNION ALL SELECT 'number is NOT NULL'::text AS what, EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'number' AND attnotnull AND NOT attisdropped) AS holds;

======== undo.sql
-- Plan add-identity, fingerprint bbb616415403
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-identity` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of enforce.5: let users.number number its rows itself (always)
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('"app"."users"') AND attname = 'number' AND NOT attisdropped AND attidentity <> '') AS done) AS found) THEN
    LOCK TABLE "app"."users" IN ACCESS EXCLUSIVE MODE;
    CREATE SEQUENCE "app"."plan_numbers_number_ff0480b1ec";
    GRANT USAGE ON SEQUENCE "app"."plan_numbers_number_ff0480b1ec" TO PUBLIC;
    EXECUTE $q$SELECT pg_catalog.setval('"app"."plan_numbers_number_ff0480b1ec"'::pg_catalog.regclass, pg_catalog.nextval(pg_catalog.pg_get_serial_sequence('"app"."users"', 'number')::pg_catalog.regclass))$q$;
    ALTER TABLE "app"."users" ALTER COLUMN "number" DROP IDENTITY;
    ALTER TABLE "app"."users" ALTER COLUMN "number" SET DEFAULT pg_catalog.nextval('"app"."plan_numbers_number_ff0480b1ec"'::pg_catalog.regclass);
  ELSE
    RAISE NOTICE 'enforce.5 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;

-- undo of enforce.3: require users.number, not validated
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass('"app"."users"') AND conname = 'users_number_not_null' AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" DROP CONSTRAINT IF EXISTS "users_number_not_null";
  ELSE
    RAISE NOTICE 'enforce.3 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;

-- undo of enforce.2: make users_number_key a unique constraint
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass('"app"."users"') AND conname = 'users_number_key' AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" DROP CONSTRAINT IF EXISTS "users_number_key";
  ELSE
    RAISE NOTICE 'enforce.2 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;

-- undo of enforce.1: build unique index users_number_key
DROP INDEX CONCURRENTLY IF EXISTS "app"."users_number_key";

-- undo of expand.1: create the sequence plan_numbers_number_ff0480b1ec; add users.number; set the default of users.number
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid WHERE c.relnamespace = pg_catalog.to_regnamespace('"app"') AND c.relname = 'plan_numbers_number_ff0480b1ec' AND true) AS done) AS found) THEN
    ALTER TABLE "app"."users" ALTER COLUMN "number" DROP DEFAULT;
    ALTER TABLE "app"."users" DROP COLUMN IF EXISTS "number";
    DROP SEQUENCE IF EXISTS "app"."plan_numbers_number_ff0480b1ec";
  ELSE
    RAISE NOTICE 'expand.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
