======== contract.sql
-- Plan add-words, fingerprint 0ef1d51a574e
-- Phase contract. For review; `plan advance add-words --phase contract` runs it.

-- contract.1: users.status becomes enum('active','blocked','invited','deleted')
--   why   only the catalogue changes: a row holds the place of its word in the list, and the new words come after all others; to go back the server would have to read or write all rows
--   lock  EXCLUSIVE metadata lock on app.users, a moment; reads and writes wait
--   takes a moment
--   POINT OF NO RETURN: this cannot be undone
ALTER TABLE `app`.`users` MODIFY COLUMN `status` enum('active','blocked','invited','deleted') DEFAULT NULL, ALGORITHM=INPLACE, LOCK=NONE;

======== undo.sql
-- Plan add-words, fingerprint 0ef1d51a574e
-- Undo of every step that has one, the last step first.
-- For review; `plan rollback add-words` runs it, only for steps that were done, and first counts what would be lost.
-- By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.
-- contract.1 cannot be undone: this file is of no use after it.
