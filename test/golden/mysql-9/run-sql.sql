======== expand.sql
-- Plan run-sql, fingerprint b5d814ae134a
-- Phase expand. For review; `plan advance run-sql --phase expand` runs it.

-- expand.1: run update users set email = 'nobody@example.org' where email = …
--   why   a statement of the plan, as it is written; it and its ledger row are one transaction
--   lock  whatever the statement takes on what the statement names, a moment; reads and writes wait
--   takes a moment
START TRANSACTION;
update users set email = 'nobody@example.org' where email = '';
COMMIT;

======== contract.sql
-- Plan run-sql, fingerprint b5d814ae134a
-- Phase contract. For review; `plan advance run-sql --phase contract` runs it.

-- contract.1: run delete from users where email = 'nobody@example.org'
--   why   a statement of the plan, as it is written; nothing undoes it; it and its ledger row are one transaction
--   lock  whatever the statement takes on what the statement names, a moment; reads and writes wait
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
START TRANSACTION;
delete from users where email = 'nobody@example.org';
COMMIT;

======== undo.sql
-- Plan run-sql, fingerprint b5d814ae134a
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback run-sql` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.1 cannot be undone: this file is of no use after it.

-- undo of expand.1: run update users set email = 'nobody@example.org' where email = …
START TRANSACTION;
update users set email = '' where email = 'nobody@example.org';
COMMIT;
