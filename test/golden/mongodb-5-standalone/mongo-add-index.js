======== enforce.js
// Plan mongo-add-index, fingerprint c2a17d36b216
// Phase enforce. For review; `plan advance mongo-add-index --phase enforce` runs it.

// enforce.1: build index email_1
//   why   beside running writes to users, and after the backfill, so that pages stay cheap
//   lock  intent locks on shop.users, during the build; nobody waits
//   takes one index build on shop.users
db.runCommand({
  createIndexes: "users",
  indexes: [
    {
      key: { email: 1 },
      name: "email_1",
      partialFilterExpression: { email: { $exists: true } },
      unique: true
    }
  ]
});

======== verify.js
// Plan mongo-add-index, fingerprint c2a17d36b216
// Phase verify. For review; `plan advance mongo-add-index --phase verify` runs it.

// verify.1: prove that users has its validator and indexes
//   why   one that somebody took away would show only later
//   lock  none on shop.users, a moment; nobody waits
//   takes a moment
// check
// looks up: {"ask":"checks","checks":[{"what":"index email_1 is there","holds":{"ask":"index","collection":"users","name":"email_1","is":{"key":{"email":1},"name":"email_1","partialFilterExpression":{"email":{"$exists":true}},"unique":true}}}]}

======== undo.js
// Plan mongo-add-index, fingerprint c2a17d36b216
// Undo of every step that has one, the last step first.
// For review; `plan rollback mongo-add-index` runs it, and only for steps that were done.

// undo of enforce.1: build index email_1
db.runCommand({ dropIndexes: "users", index: "email_1" });
