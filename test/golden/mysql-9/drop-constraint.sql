======== contract.sql
-- Plan drop-constraint, fingerprint 3d5ee7e4258f
-- Phase contract. For review; `plan advance drop-constraint --phase contract` runs it.

-- contract.1: drop the check users_named of users
--   why   only the catalogue changes; from then on rows need not meet it
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
ALTER TABLE `app`.`users` DROP CONSTRAINT `users_named`, ALGORITHM=INSTANT, LOCK=DEFAULT;

======== undo.sql
-- Plan drop-constraint, fingerprint 3d5ee7e4258f
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback drop-constraint` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.1 cannot be undone: this file is of no use after it.
