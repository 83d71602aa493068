======== expand.js
// Plan mongo-add-index, fingerprint e0457d7eb11b
// Phase expand. For review; `plan advance mongo-add-index --phase expand` runs it.

// expand.1: look for documents of users that share a value of email_1
//   why   reads only; what would keep the index from being unique is named before anything is written
//   lock  none on shop.users, during the scan; nobody waits
//   takes one scan of shop.users
// end
db.runCommand({
  aggregate: "users",
  pipeline: [{ $sort: { _id: -1 } }, { $limit: 1 }, { $project: { _id: 0, k0: "$_id" } }],
  cursor: {}
});
// page_first
(limit, end) => db.runCommand({
  aggregate: "users",
  pipeline: [
    { $match: { $expr: { $lte: ["$_id", { $literal: end }] } } },
    { $sort: { _id: 1 } },
    { $limit: limit },
    { $project: { _id: 0, k0: "$_id" } }
  ],
  cursor: {}
})
// page
(limit, end, after) => db.runCommand({
  aggregate: "users",
  pipeline: [
    { $match: { _id: { $gt: after }, $expr: { $lte: ["$_id", { $literal: end }] } } },
    { $sort: { _id: 1 } },
    { $limit: limit },
    { $project: { _id: 0, k0: "$_id" } }
  ],
  cursor: {}
})
// page_beyond
(limit, end, after) => db.runCommand({
  aggregate: "users",
  pipeline: [
    { $match: { $expr: { $and: [{ $gt: ["$_id", { $literal: after }] }, { $lte: ["$_id", { $literal: end }] }] } } },
    { $sort: { _id: 1 } },
    { $limit: limit },
    { $project: { _id: 0, k0: "$_id" } }
  ],
  cursor: {}
})
// count
(ids) => db.runCommand({
  aggregate: "users",
  pipeline: [
    { $match: { _id: { $in: ids } } },
    { $group: { _id: null, unparsed: { $sum: 0 }, answered: { $sum: 0 }, taken: { $sum: 0 } } },
    { $project: { _id: 0 } }
  ],
  cursor: {}
})
// sample
(ids) => db.runCommand({
  aggregate: "users",
  pipeline: [
    { $match: { _id: { $in: ids }, $expr: false } },
    { $limit: 5 },
    { $project: { _id: 0, key: "$_id", why: "taken" } }
  ],
  cursor: {}
})
// unique
db.runCommand({
  aggregate: "users",
  pipeline: [
    { $match: { email: { $exists: true } } },
    { $group: {
      _id: { v0: { $ifNull: ["$email", null] } },
      count: { $sum: 1 },
      k0: { $min: "$_id" },
      k1: { $max: "$_id" }
    } },
    { $match: { count: { $gt: 1 } } },
    { $limit: 5 },
    { $project: { _id: 0, k0: 1, k1: 1 } }
  ],
  cursor: {},
  allowDiskUse: true
});

======== enforce.js
// Plan mongo-add-index, fingerprint e0457d7eb11b
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
// Plan mongo-add-index, fingerprint e0457d7eb11b
// Phase verify. For review; `plan advance mongo-add-index --phase verify` runs it.

// verify.1: prove that users has index email_1
//   why   one that somebody took away would show only later
//   lock  none on shop.users, a moment; nobody waits
//   takes a moment
// check
// looks up: index email_1 is there

======== undo.js
// Plan mongo-add-index, fingerprint e0457d7eb11b
// Undo of every step that has one, the last step first.
// For review; `plan rollback mongo-add-index` runs it, only for steps that were done, and first counts what would be lost.

// undo of enforce.2: refuse new duplicates in index email_1
db.runCommand({ collMod: "users", index: { name: "email_1", prepareUnique: false } });

// undo of enforce.1: build index email_1
db.runCommand({ dropIndexes: "users", index: "email_1" });
