======== expand.sql
-- Plan run-sql, fingerprint 2e459283d060
-- Phase expand. For review; `plan advance run-sql --phase expand` runs it.

-- expand.1: run update users set email = 'nobody@example.org' where email = …
--   why   a statement of the plan, as it is written; it and its ledger row are one transaction
--   lock  whatever the statement takes on what the statement names, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
SELECT pg_catalog.set_config('search_path', '"app"', true);
update users set email = 'nobody@example.org' where email = '';
SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
COMMIT;

======== contract.sql
-- Plan run-sql, fingerprint 2e459283d060
-- Phase contract. For review; `plan advance run-sql --phase contract` runs it.

-- contract.1: run delete from users where email = 'nobody@example.org'
--   why   a statement of the plan, as it is written; nothing undoes it; it and its ledger row are one transaction
--   lock  whatever the statement takes on what the statement names, a moment; reads and writes wait
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
BEGIN;
SET LOCAL lock_timeout = '1s';
SELECT pg_catalog.set_config('search_path', '"app"', true);
delete from users where email = 'nobody@example.org';
SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
COMMIT;

======== undo.sql
-- Plan run-sql, fingerprint 2e459283d060
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback run-sql` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.1 cannot be undone: this file is of no use after it.

-- undo of expand.1: run update users set email = 'nobody@example.org' where email = …
BEGIN;
SET LOCAL lock_timeout = '1s';
DO $by_hand$
BEGIN
  IF (SELECT done FROM (SELECT TRUE AS done) AS found) THEN
    EXECUTE $q$SELECT pg_catalog.set_config('search_path', '"app"', true)$q$;
    update users set email = '' where email = 'nobody@example.org';
    EXECUTE $q$SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true)$q$;
  ELSE
    RAISE NOTICE 'expand.1 is not done: nothing to undo';
  END IF;
END
$by_hand$;
COMMIT;
