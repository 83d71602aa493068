======== expand.sql
-- Plan backfill-archived, fingerprint 9a143e6aec52
-- Phase expand. For review; `plan advance backfill-archived --phase expand` runs it.

-- expand.1: try email on all rows of users
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
-- SELECT pg_catalog.count(*)::text AS all, pg_catalog.count(CAST((pg_catalog.lower("email")) AS text))::text AS made FROM "app"."users" WHERE "id" <= $1::bigint;
-- try_0
-- SELECT pg_catalog.count(*)::text AS all, pg_catalog.count(CAST((pg_catalog.lower("email")) AS text))::text AS made FROM "app"."users" WHERE "id" <= $1::bigint AND "id" > $2::bigint;
-- empty_0
-- SELECT "id"::text AS k0 FROM "app"."users" WHERE (pg_catalog.lower("email")) IS NULL LIMIT $1::bigint;
-- look_empty_0
-- SELECT * FROM "app"."users" WHERE (pg_catalog.lower("email")) IS NULL;

======== backfill.sql
-- Plan backfill-archived, fingerprint 9a143e6aec52
-- Phase backfill. For review; `plan advance backfill-archived --phase backfill` runs it.

-- backfill.1: create plan.archive_users_4c841a6b65 for old values of users
--   why   a table of the ledger with the key of each row: a rollback takes them from there
--   lock  none
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
CREATE TABLE "plan"."archive_users_4c841a6b65" ("id" bigint, "email" text, "plan_new_email_397c1631df" text, PRIMARY KEY ("id"));
COMMIT;

-- backfill.2: set email of all rows of users, batch by batch
--   why   one pass along the key, each batch with its ledger row, so no row is written twice; what a row had before is kept in archive_users_4c841a6b65 by the same transaction; what a client writes behind the pass stays
--   lock  ROW EXCLUSIVE on app.users, per batch; only writers of the same rows wait
--   takes many short batches over app.users
-- mark
SELECT pg_catalog.set_config('plan.backfill', 'zz_plan_sync_users_41867ff9c5', true), pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.set_config('lock_timeout', '100ms', true);
-- end
SELECT "id"::text AS k0 FROM "app"."users" ORDER BY "app"."users"."id" DESC LIMIT 1;
-- boundary_first
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- boundary
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "app"."users" WHERE "id" <= $2::bigint AND "id" > $3::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- lock_first
-- SELECT pg_catalog.count(*)::text AS locked FROM (SELECT FROM "app"."users" WHERE (true) AND "id" <= $1::bigint FOR NO KEY UPDATE NOWAIT) AS plan_locked;
-- lock
-- SELECT pg_catalog.count(*)::text AS locked FROM (SELECT FROM "app"."users" WHERE (true) AND "id" <= $1::bigint AND "id" > $2::bigint FOR NO KEY UPDATE NOWAIT) AS plan_locked;
-- batch_first
-- UPDATE "app"."users" SET "email" = (pg_catalog.lower("email")) WHERE (true) AND EXISTS (SELECT FROM "plan"."archive_users_4c841a6b65" plan_kept WHERE plan_kept."id" = "app"."users"."id") AND "id" <= $1::bigint;
-- batch
-- UPDATE "app"."users" SET "email" = (pg_catalog.lower("email")) WHERE (true) AND EXISTS (SELECT FROM "plan"."archive_users_4c841a6b65" plan_kept WHERE plan_kept."id" = "app"."users"."id") AND "id" <= $1::bigint AND "id" > $2::bigint;
-- guarded_first
-- WITH plan_before AS MATERIALIZED (SELECT ctid AS "plan place", "id" AS "plan was 0", "last_name" AS "plan was 1", "full_name" AS "plan was 2" FROM "app"."users" WHERE (true) AND EXISTS (SELECT FROM "plan"."archive_users_4c841a6b65" plan_kept WHERE plan_kept."id" = "app"."users"."id") AND "id" <= $1::bigint), plan_written AS (UPDATE "app"."users" SET "email" = (pg_catalog.lower("email")) FROM plan_before WHERE "app"."users".ctid OPERATOR(pg_catalog.=) plan_before."plan place" AND "id" <= $1::bigint RETURNING ROW("app"."users"."id")::record OPERATOR(pg_catalog.*=) ROW("plan was 0")::record AS same_0, ROW("app"."users"."last_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 1")::record AS same_1, ROW("app"."users"."full_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 2")::record AS same_2, ((true AND false)) AND EXISTS (SELECT FROM "plan"."archive_users_4c841a6b65" plan_kept WHERE plan_kept."id" = "app"."users"."id") AS unfilled) SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[CASE WHEN NOT pg_catalog.bool_and(same_0) THEN 'id' END, CASE WHEN NOT pg_catalog.bool_and(same_1) THEN 'last_name' END, CASE WHEN NOT pg_catalog.bool_and(same_2) THEN 'full_name' END]::text[], NULL))::text AS changed FROM plan_written;
-- guarded
-- WITH plan_before AS MATERIALIZED (SELECT ctid AS "plan place", "id" AS "plan was 0", "last_name" AS "plan was 1", "full_name" AS "plan was 2" FROM "app"."users" WHERE (true) AND EXISTS (SELECT FROM "plan"."archive_users_4c841a6b65" plan_kept WHERE plan_kept."id" = "app"."users"."id") AND "id" <= $1::bigint AND "id" > $2::bigint), plan_written AS (UPDATE "app"."users" SET "email" = (pg_catalog.lower("email")) FROM plan_before WHERE "app"."users".ctid OPERATOR(pg_catalog.=) plan_before."plan place" AND "id" <= $1::bigint AND "id" > $2::bigint RETURNING ROW("app"."users"."id")::record OPERATOR(pg_catalog.*=) ROW("plan was 0")::record AS same_0, ROW("app"."users"."last_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 1")::record AS same_1, ROW("app"."users"."full_name")::record OPERATOR(pg_catalog.*=) ROW("plan was 2")::record AS same_2, ((true AND false)) AND EXISTS (SELECT FROM "plan"."archive_users_4c841a6b65" plan_kept WHERE plan_kept."id" = "app"."users"."id") AS unfilled) SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[CASE WHEN NOT pg_catalog.bool_and(same_0) THEN 'id' END, CASE WHEN NOT pg_catalog.bool_and(same_1) THEN 'last_name' END, CASE WHEN NOT pg_catalog.bool_and(same_2) THEN 'full_name' END]::text[], NULL))::text AS changed FROM plan_written;
-- left_first
-- SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM "app"."users" WHERE ((true AND false)) AND EXISTS (SELECT FROM "plan"."archive_users_4c841a6b65" plan_kept WHERE plan_kept."id" = "app"."users"."id") AND "id" <= $1::bigint FOR NO KEY UPDATE) AS plan_left;
-- left
-- SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM "app"."users" WHERE ((true AND false)) AND EXISTS (SELECT FROM "plan"."archive_users_4c841a6b65" plan_kept WHERE plan_kept."id" = "app"."users"."id") AND "id" <= $1::bigint AND "id" > $2::bigint FOR NO KEY UPDATE) AS plan_left;
-- cuts
-- SELECT "id"::text AS k0 FROM (SELECT "id", pg_catalog.row_number() OVER (ORDER BY "id") AS plan_n, pg_catalog.count(*) OVER () AS plan_all FROM "app"."users" TABLESAMPLE SYSTEM (least(100, greatest(0.001, 100 * 30000::float8 / greatest(1, $2::bigint)))) WHERE "id" < $3::bigint) AS sampled WHERE plan_n * $1::bigint / plan_all <> (plan_n - 1) * $1::bigint / plan_all AND plan_n < plan_all ORDER BY "id";
-- old_first
-- INSERT INTO "plan"."archive_users_4c841a6b65" ("id", "email") SELECT "id", "email" FROM "app"."users" WHERE (true) AND "id" <= $1::bigint FOR NO KEY UPDATE NOWAIT ON CONFLICT ("id") DO UPDATE SET "email" = EXCLUDED."email";
-- old
-- INSERT INTO "plan"."archive_users_4c841a6b65" ("id", "email") SELECT "id", "email" FROM "app"."users" WHERE (true) AND "id" <= $1::bigint AND "id" > $2::bigint FOR NO KEY UPDATE NOWAIT ON CONFLICT ("id") DO UPDATE SET "email" = EXCLUDED."email";
-- new_first
-- UPDATE "plan"."archive_users_4c841a6b65" AS plan_kept SET "plan_new_email_397c1631df" = plan_row."email" FROM (SELECT "id", "email" FROM "app"."users" WHERE "id" <= $1::bigint) AS plan_row WHERE plan_kept."id" = plan_row."id";
-- new
-- UPDATE "plan"."archive_users_4c841a6b65" AS plan_kept SET "plan_new_email_397c1631df" = plan_row."email" FROM (SELECT "id", "email" FROM "app"."users" WHERE "id" <= $1::bigint AND "id" > $2::bigint) AS plan_row WHERE plan_kept."id" = plan_row."id";
-- triggers
SELECT g.tgname AS name, p.proname AS function, (g.tgtype OPERATOR(pg_catalog.&) 3) OPERATOR(pg_catalog.=) 3 AS early FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) g.tgfoid WHERE g.tgrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass('"app"."users"') AND NOT g.tgisinternal AND (g.tgtype OPERATOR(pg_catalog.&) 16) OPERATOR(pg_catalog.>) 0 AND g.tgname::text OPERATOR(pg_catalog.!~) '^(zz_|zn_|zc_|!!_|!!!)plan_sync_' AND g.tgenabled::text OPERATOR(pg_catalog.=) ANY (CASE pg_catalog.current_setting('session_replication_role') WHEN 'replica' THEN '{R,A}'::text[] ELSE '{O,A}'::text[] END) AND (g.tgattr::text OPERATOR(pg_catalog.=) '' OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.=) g.tgrelid AND a.attnum OPERATOR(pg_catalog.=) ANY (g.tgattr::int2[]) AND a.attname::text OPERATOR(pg_catalog.=) ANY (ARRAY['email']::text[]))) ORDER BY g.tgname;
-- remaining
SELECT false AS remaining;
-- vacuum
VACUUM (SKIP_LOCKED, TRUNCATE false) "app"."users";
-- size
SELECT pg_catalog.pg_relation_size('"app"."users"'::regclass)::text AS bytes;
-- estimate
SELECT (CASE WHEN reltuples >= 0 AND relpages > 0 THEN reltuples / relpages ELSE 50 END * (pg_catalog.pg_relation_size('"app"."users"'::regclass) / pg_catalog.current_setting('block_size')::int))::bigint::text AS rows FROM pg_catalog.pg_class WHERE oid = '"app"."users"'::regclass;

======== undo.sql
-- Plan backfill-archived, fingerprint 9a143e6aec52
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback backfill-archived` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.

-- undo of backfill.2: set email of all rows of users, batch by batch
-- end
-- SELECT "id"::text AS k0 FROM "plan"."archive_users_4c841a6b65" ORDER BY "plan"."archive_users_4c841a6b65"."id" DESC LIMIT 1;
-- boundary_first
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "plan"."archive_users_4c841a6b65" WHERE "id" <= $2::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- boundary
-- SELECT "id"::text AS k0 FROM (SELECT "id" FROM "plan"."archive_users_4c841a6b65" WHERE "id" <= $2::bigint AND "id" > $3::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary;
-- mark
-- SELECT pg_catalog.set_config('plan.backfill', '', true), pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.set_config('lock_timeout', '100ms', true);
-- undo_first
-- UPDATE "app"."users" SET "email" = plan_kept."email" FROM (SELECT * FROM "plan"."archive_users_4c841a6b65" WHERE "id" <= $1::bigint) AS plan_kept WHERE plan_kept."id" = "app"."users"."id" AND plan_kept."plan_new_email_397c1631df" COLLATE pg_catalog."C" IS NOT DISTINCT FROM "app"."users"."email" COLLATE pg_catalog."C";
-- undo_first.1
-- DELETE FROM "plan"."archive_users_4c841a6b65" WHERE "id" <= $1::bigint;
-- undo
-- UPDATE "app"."users" SET "email" = plan_kept."email" FROM (SELECT * FROM "plan"."archive_users_4c841a6b65" WHERE "id" <= $1::bigint AND "id" > $2::bigint) AS plan_kept WHERE plan_kept."id" = "app"."users"."id" AND plan_kept."plan_new_email_397c1631df" COLLATE pg_catalog."C" IS NOT DISTINCT FROM "app"."users"."email" COLLATE pg_catalog."C";
-- undo.1
-- DELETE FROM "plan"."archive_users_4c841a6b65" WHERE "id" <= $1::bigint AND "id" > $2::bigint;
-- The same by hand, in batches with a commit each. What stops it may be run again.
DO $by_hand$
DECLARE
  plan_last text[];
  plan_here text[];
  plan_to text[];
BEGIN
  BEGIN
  EXECUTE $q$SELECT ARRAY[k0] FROM (SELECT "id"::text AS k0 FROM "plan"."archive_users_4c841a6b65" ORDER BY "plan"."archive_users_4c841a6b65"."id" DESC LIMIT 1) AS keys$q$ INTO plan_last;
  EXCEPTION WHEN undefined_table THEN RAISE NOTICE $q$nothing to undo$q$;
  END;
  WHILE plan_last IS NOT NULL LOOP
    EXECUTE $q$SELECT pg_catalog.set_config('plan.backfill', '', true), pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.set_config('lock_timeout', '100ms', true)$q$;
    IF plan_here IS NULL THEN
      EXECUTE $q$SELECT ARRAY[k0] FROM (SELECT "id"::text AS k0 FROM (SELECT "id" FROM "plan"."archive_users_4c841a6b65" WHERE "id" <= $2::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary) AS keys$q$ INTO plan_to USING 1000, plan_last[1];
      plan_to := COALESCE(plan_to, plan_last);
      EXECUTE $q$UPDATE "app"."users" SET "email" = plan_kept."email" FROM (SELECT * FROM "plan"."archive_users_4c841a6b65" WHERE "id" <= $1::bigint) AS plan_kept WHERE plan_kept."id" = "app"."users"."id" AND plan_kept."plan_new_email_397c1631df" COLLATE pg_catalog."C" IS NOT DISTINCT FROM "app"."users"."email" COLLATE pg_catalog."C"$q$ USING plan_to[1];
      EXECUTE $q$DELETE FROM "plan"."archive_users_4c841a6b65" WHERE "id" <= $1::bigint$q$ USING plan_to[1];
    ELSE
      EXECUTE $q$SELECT ARRAY[k0] FROM (SELECT "id"::text AS k0 FROM (SELECT "id" FROM "plan"."archive_users_4c841a6b65" WHERE "id" <= $2::bigint AND "id" > $3::bigint ORDER BY "id" OFFSET $1::bigint LIMIT 1) AS boundary) AS keys$q$ INTO plan_to USING 1000, plan_last[1], plan_here[1];
      plan_to := COALESCE(plan_to, plan_last);
      EXECUTE $q$UPDATE "app"."users" SET "email" = plan_kept."email" FROM (SELECT * FROM "plan"."archive_users_4c841a6b65" WHERE "id" <= $1::bigint AND "id" > $2::bigint) AS plan_kept WHERE plan_kept."id" = "app"."users"."id" AND plan_kept."plan_new_email_397c1631df" COLLATE pg_catalog."C" IS NOT DISTINCT FROM "app"."users"."email" COLLATE pg_catalog."C"$q$ USING plan_to[1], plan_here[1];
      EXECUTE $q$DELETE FROM "plan"."archive_users_4c841a6b65" WHERE "id" <= $1::bigint AND "id" > $2::bigint$q$ USING plan_to[1], plan_here[1];
    END IF;
    COMMIT;
    EXIT WHEN plan_to = plan_last;
    plan_here := plan_to;
  END LOOP;
END
$by_hand$;

-- undo of backfill.1: create plan.archive_users_4c841a6b65 for old values of users
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid WHERE c.relnamespace = pg_catalog.to_regnamespace('"plan"') AND c.relname = 'archive_users_4c841a6b65' AND true) AS done) AS found) THEN
    DROP TABLE IF EXISTS "plan"."archive_users_4c841a6b65";
  ELSE
    RAISE NOTICE 'backfill.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
