======== contract.sql
-- Plan add-words, fingerprint d245a70e621a
-- Phase contract. For review; `plan advance add-words --phase contract` runs it.

-- contract.1: the list user_status gets invited, deleted
--   why   only the catalogue changes, and no table is locked; the server takes no word out of a list again, so this cannot be undone
--   lock  none
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TYPE "app"."user_status" ADD VALUE IF NOT EXISTS 'invited';
ALTER TYPE "app"."user_status" ADD VALUE IF NOT EXISTS 'deleted';
COMMIT;

======== undo.sql
-- Plan add-words, fingerprint d245a70e621a
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-words` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.1 cannot be undone: this file is of no use after it.
