======== contract.js
// Plan mongo-drop-field, fingerprint 9a306fe2c87d
// Phase contract. For review; `plan advance mongo-drop-field --phase contract` runs it.

// contract.1: retire the old shape of customers; hide index fax_1
//   why   nothing insists on it; going back gives documents what they lack by then; no query uses it any more, while one command brings it back at once
//   lock  collection X lock on shop.customers, a moment; reads and writes wait
//   takes a moment
db.runCommand({ collMod: "customers", validator: {}, validationLevel: "strict", validationAction: "error" });
db.runCommand({ collMod: "customers", index: { name: "fax_1", hidden: true } });

// contract.2: drop index fax_1
//   why   no query needs it any more
//   lock  collection X lock on shop.customers, a moment; reads and writes wait
//   takes a moment
//   POINT OF NO RETURN: this cannot be undone
db.runCommand({ dropIndexes: "customers", index: "fax_1" });

// contract.3: take fax of customers away, page by page
//   why   the point of no return; the values are first copied to plan_backup_customers_0f37b441bf
//   lock  document locks on shop.customers, per batch; only writers of the same documents wait
//   takes many short batches over shop.customers
//   POINT OF NO RETURN: this cannot be undone
// end
db.runCommand({
  aggregate: "customers",
  pipeline: [{ $sort: { _id: -1 } }, { $limit: 1 }, { $project: { _id: 0, k0: "$_id" } }],
  cursor: {}
});
// page_first
(limit, end) => db.runCommand({
  aggregate: "customers",
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
  aggregate: "customers",
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
  aggregate: "customers",
  pipeline: [
    { $match: { $expr: { $and: [{ $gt: ["$_id", { $literal: after }] }, { $lte: ["$_id", { $literal: end }] }] } } },
    { $sort: { _id: 1 } },
    { $limit: limit },
    { $project: { _id: 0, k0: "$_id" } }
  ],
  cursor: {}
})
// estimate
db.runCommand({ count: "customers" });
// cuts
db.runCommand({
  aggregate: "customers",
  pipeline: [
    { $sample: { size: 2000 } },
    { $match: { $expr: { $lt: ["$_id", { $literal: $3 }] } } },
    { $group: { _id: "$_id" } },
    { $sort: { _id: 1 } },
    { $group: { _id: null, keys: { $push: "$_id" } } },
    { $set: { part: { $range: [1, $1] } } },
    { $unwind: "$part" },
    { $project: {
      _id: 0,
      k0: { $arrayElemAt: ["$keys", { $floor: { $divide: [{ $multiply: ["$part", { $size: "$keys" }] }, $1] } }] }
    } }
  ],
  cursor: {}
});
// remaining
db.runCommand({
  aggregate: "customers",
  pipeline: [
    { $match: { $or: [{ fax: { $exists: true } }] } },
    { $limit: 1 },
    { $project: { _id: 0, remaining: { $literal: true } } }
  ],
  cursor: {}
});
// batch
(ids) => db.runCommand({
  aggregate: "customers",
  pipeline: [
    { $match: { _id: { $in: ids }, $or: [{ fax: { $exists: true } }] } },
    { $project: { fax: 1 } },
    { $merge: {
      into: "plan_backup_customers_0f37b441bf",
      on: "_id",
      whenMatched: "merge",
      whenNotMatched: "insert"
    } }
  ],
  cursor: {}
})
// batch.1
(ids) => db.runCommand({
  update: "customers",
  updates: [{
    q: { _id: { $in: ids }, $or: [{ fax: { $exists: true } }] },
    u: [{ $unset: ["fax"] }],
    multi: true
  }]
})

======== undo.js
// Plan mongo-drop-field, fingerprint 9a306fe2c87d
// Undo of every step that has one, the last step first.
// For review; `plan rollback mongo-drop-field` runs it, only for steps that were done, and first counts what would be lost.
// contract.2 cannot be undone: this file is of no use after it.
// contract.3 cannot be undone: this file is of no use after it.

// undo of contract.1: retire the old shape of customers; hide index fax_1
//   first gives documents what the old shape lacks
// end, page_first, page, page_beyond: as in contract.3
// undo
(ids) => db.runCommand({
  update: "customers",
  updates: [{
    q: { _id: { $in: ids }, $expr: { $eq: [{ $type: "$fax" }, "missing"] } },
    u: [{ $set: { fax: { $cond: [{ $eq: [{ $type: "$fax" }, "missing"] }, { $literal: "" }, "$fax"] } } }],
    multi: true
  }]
})
db.runCommand({ collMod: "customers", index: { name: "fax_1", hidden: false } });
db.runCommand({ collMod: "customers", validator: {}, validationLevel: "strict", validationAction: "error" });
