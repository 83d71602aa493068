======== enforce.js
// Plan mongo-add-index, fingerprint 2c9e27011f57
// Phase enforce. For review; `plan advance mongo-add-index --phase enforce` runs it.

// enforce.1: build index email_1
//   why   beside running writes to users, which do not wait for it
//   lock  intent locks on shop.users, during the build; nobody waits
//   takes one index build on shop.users
db.runCommand({
  createIndexes: "users",
  indexes: [{
    key: { email: 1 },
    name: "email_1",
    partialFilterExpression: { email: { $exists: true } },
    unique: true
  }]
});

======== verify.js
// Plan mongo-add-index, fingerprint 2c9e27011f57
// Phase verify. For review; `plan advance mongo-add-index --phase verify` runs it.

// verify.1: prove that users has index email_1
//   why   one that somebody took away would show only later
//   lock  none on shop.users, a moment; nobody waits
//   takes a moment
// check
// looks up: index email_1 is there

======== undo.js
// Plan mongo-add-index, fingerprint 2c9e27011f57
// Undo of every step that has one, the last step first.
// For review; `plan rollback mongo-add-index` runs it, and only for steps that were done.

// undo of enforce.1: build index email_1
db.runCommand({ dropIndexes: "users", index: "email_1" });
