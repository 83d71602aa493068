======== enforce.js
// Plan mongo-add-index, fingerprint cf39a18b3307
// Phase enforce. For review; `plan advance mongo-add-index --phase enforce` runs it.

// enforce.1: build index email_1
//   why   beside running writes to users, which do not wait for it
//   lock  intent locks on shop.users, during the build; nobody waits
//   takes one index build on shop.users
db.runCommand({
  createIndexes: "users",
  indexes: [{ key: { email: 1 }, name: "email_1", partialFilterExpression: { email: { $exists: true } } }]
});

// enforce.2: refuse new duplicates in index email_1
//   why   what is there already is looked at next, and nobody can add to it meanwhile
//   lock  collection X lock on shop.users, a moment; reads and writes wait
//   takes a moment
db.runCommand({ collMod: "users", index: { name: "email_1", prepareUnique: true } });

// enforce.3: make index email_1 unique
//   why   the index is there; the server reads it and refuses while it holds duplicates
//   lock  intent locks on shop.users, during the scan; nobody waits
//   takes one scan of shop.users
db.runCommand({ collMod: "users", index: { name: "email_1", unique: true } });

======== verify.js
// Plan mongo-add-index, fingerprint cf39a18b3307
// Phase verify. For review; `plan advance mongo-add-index --phase verify` runs it.

// verify.1: prove that users has index email_1
//   why   one that somebody took away would show only later
//   lock  none on shop.users, a moment; nobody waits
//   takes a moment
// check
// looks up: index email_1 is there

======== undo.js
// Plan mongo-add-index, fingerprint cf39a18b3307
// Undo of every step that has one, the last step first.
// For review; `plan rollback mongo-add-index` runs it, and only for steps that were done.

// undo of enforce.2: refuse new duplicates in index email_1
db.runCommand({ collMod: "users", index: { name: "email_1", prepareUnique: false } });

// undo of enforce.1: build index email_1
db.runCommand({ dropIndexes: "users", index: "email_1" });
