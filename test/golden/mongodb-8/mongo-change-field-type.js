======== expand.js
// Plan mongo-change-field-type, fingerprint c219c0e59b32
// Phase expand. For review; `plan advance mongo-change-field-type --phase expand` runs it.

// expand.1: try what becomes of placed_on on every document of orders
//   why   what cannot be converted is counted before anything is written; of documents that have the new type already the keys are noted, so that going back leaves them alone
//   lock  none on shop.orders, during the scan; nobody waits
//   takes one scan of shop.orders
// end
db.runCommand({
  aggregate: "orders",
  pipeline: [{ $sort: { _id: -1 } }, { $limit: 1 }, { $project: { _id: 0, k0: "$_id" } }],
  cursor: {}
});
// page_first
(limit, end) => db.runCommand({
  aggregate: "orders",
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
  aggregate: "orders",
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
  aggregate: "orders",
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
  aggregate: "orders",
  pipeline: [
    { $match: { _id: { $in: ids } } },
    { $group: {
      _id: null,
      unparsed: { $sum: { $cond: [
        { $and: [
          { $not: [{ $in: [{ $type: "$placed_on" }, ["date", "missing", "null"]] }] },
          { $not: [{ $in: [
            { $type: { $convert: { input: "$placed_on", to: "date", onError: null, onNull: null } } },
            ["date"]
          ] }] }
        ] },
        1,
        0
      ] } },
      answered: { $sum: 0 },
      taken: { $sum: 0 }
    } },
    { $project: { _id: 0 } }
  ],
  cursor: {}
})
// sample
(ids) => db.runCommand({
  aggregate: "orders",
  pipeline: [
    { $match: {
      _id: { $in: ids },
      $expr: { $and: [
        { $not: [{ $in: [{ $type: "$placed_on" }, ["date", "missing", "null"]] }] },
        { $not: [{ $in: [
          { $type: { $convert: { input: "$placed_on", to: "date", onError: null, onNull: null } } },
          ["date"]
        ] }] }
      ] }
    } },
    { $limit: 5 },
    { $project: {
      _id: 0,
      key: "$_id",
      why: { $cond: [
        { $and: [
          { $not: [{ $in: [{ $type: "$placed_on" }, ["date", "missing", "null"]] }] },
          { $not: [{ $in: [
            { $type: { $convert: { input: "$placed_on", to: "date", onError: null, onNull: null } } },
            ["date"]
          ] }] }
        ] },
        "unparsed",
        "taken"
      ] }
    } }
  ],
  cursor: {}
})
// large
db.runCommand({
  aggregate: "orders",
  pipeline: [
    { $match: {
      _id: { $in: $1 },
      $expr: { $and: [
        { $not: [{ $in: [{ $type: "$placed_on" }, ["date", "missing", "null"]] }] },
        { $in: [
          { $type: { $convert: { input: "$placed_on", to: "date", onError: null, onNull: null } } },
          ["date"]
        ] }
      ] }
    } },
    { $set: { plan_weighed: {
      whole: { $bsonSize: "$$ROOT" },
      parts: { $add: [{ $bsonSize: { placed_on: "$placed_on" } }] }
    } } },
    { $set: { placed_on: { $convert: { input: "$placed_on", to: "date", onError: null, onNull: null } } } },
    { $match: { $expr: { $gt: [
      { $add: [
        "$plan_weighed.whole",
        { $subtract: [{ $add: [{ $bsonSize: { placed_on: "$placed_on" } }] }, "$plan_weighed.parts"] }
      ] },
      16777216
    ] } } },
    { $limit: 5 },
    { $project: { _id: 0, key: "$_id" } }
  ],
  cursor: {}
});
// note
(ids) => db.runCommand({
  aggregate: "orders",
  pipeline: [
    { $match: {
      _id: { $in: ids },
      $expr: { $and: [
        { $in: [{ $type: "$placed_on" }, ["date"]] },
        { $not: [{ $and: [
          { $not: [{ $in: [{ $type: "$placed_on" }, ["date", "missing", "null"]] }] },
          { $in: [
            { $type: { $convert: { input: "$placed_on", to: "date", onError: null, onNull: null } } },
            ["date"]
          ] }
        ] }] }
      ] }
    } },
    { $project: { had: { $literal: true } } },
    { $merge: {
      into: "plan_aside_orders_5775052d43",
      on: "_id",
      whenMatched: "keepExisting",
      whenNotMatched: "insert"
    } }
  ],
  cursor: {}
})

======== backfill.js
// Plan mongo-change-field-type, fingerprint c219c0e59b32
// Phase backfill. For review; `plan advance mongo-change-field-type --phase backfill` runs it.

// backfill.1: convert placed_on of orders, page by page
//   why   each document is computed from what it holds at that moment, and only where that is still needed; what it held before is kept aside first
//   lock  document locks on shop.orders, per batch; only writers of the same documents wait
//   takes many short batches over shop.orders
// end, page_first, page, page_beyond: as in expand.1
// estimate
db.runCommand({ count: "orders" });
// cuts
db.runCommand({
  aggregate: "orders",
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
  aggregate: "orders",
  pipeline: [
    { $match: { $expr: { $and: [
      { $not: [{ $in: [{ $type: "$placed_on" }, ["date", "missing", "null"]] }] },
      { $in: [
        { $type: { $convert: { input: "$placed_on", to: "date", onError: null, onNull: null } } },
        ["date"]
      ] }
    ] } } },
    { $limit: 1 },
    { $project: { _id: 0, remaining: { $literal: true } } }
  ],
  cursor: {}
});
// batch
(ids) => db.runCommand({
  aggregate: "orders",
  pipeline: [
    { $match: {
      _id: { $in: ids },
      $expr: { $and: [
        { $not: [{ $in: [{ $type: "$placed_on" }, ["date", "missing", "null"]] }] },
        { $in: [
          { $type: { $convert: { input: "$placed_on", to: "date", onError: null, onNull: null } } },
          ["date"]
        ] }
      ] }
    } },
    { $project: { value: "$placed_on" } },
    { $merge: {
      into: "plan_aside_orders_5775052d43",
      on: "_id",
      whenMatched: "replace",
      whenNotMatched: "insert"
    } }
  ],
  cursor: {}
})
// batch.1
(ids) => db.runCommand({
  update: "orders",
  updates: [{
    q: {
      _id: { $in: ids },
      $expr: { $and: [
        { $not: [{ $in: [{ $type: "$placed_on" }, ["date", "missing", "null"]] }] },
        { $in: [
          { $type: { $convert: { input: "$placed_on", to: "date", onError: null, onNull: null } } },
          ["date"]
        ] }
      ] }
    },
    u: [{ $set: { placed_on: { $convert: { input: "$placed_on", to: "date", onError: null, onNull: null } } } }],
    multi: true
  }]
})

======== enforce.js
// Plan mongo-change-field-type, fingerprint c219c0e59b32
// Phase enforce. For review; `plan advance mongo-change-field-type --phase enforce` runs it.

// enforce.1: sweep orders until nothing is found for a while
//   why   the evidence that every writer knows the new shape; what a sweep finds is filled
//   lock  document locks on shop.orders, per batch; only writers of the same documents wait
//   takes many short batches over shop.orders
// end, page_first, page, page_beyond: as in expand.1
// estimate, cuts, remaining, batch, batch.1: as in backfill.1
// differs
db.runCommand({
  aggregate: "orders",
  pipeline: [
    { $match: { $expr: { $and: [
      { $not: [{ $in: [{ $type: "$placed_on" }, ["date", "missing", "null"]] }] },
      { $in: [
        { $type: { $convert: { input: "$placed_on", to: "date", onError: null, onNull: null } } },
        ["date"]
      ] }
    ] } } },
    { $count: "violations" }
  ],
  cursor: {}
});
// stuck
db.runCommand({
  aggregate: "orders",
  pipeline: [
    { $match: { $expr: { $not: [{ $in: [{ $type: "$placed_on" }, ["date", "missing", "null"]] }] } } },
    { $limit: 5 },
    { $project: { _id: 0, key: "$_id" } }
  ],
  cursor: {}
});

// enforce.2: seal orders: its validator holds every writer to the new shape
//   why   from here on the server itself refuses who knows only the old one; one command undoes it
//   lock  collection X lock on shop.orders, a moment; reads and writes wait
//   takes a moment
db.runCommand({
  collMod: "orders",
  validator: { $expr: { $in: [{ $type: "$placed_on" }, ["date", "missing", "null"]] } },
  validationLevel: "strict",
  validationAction: "error"
});

======== verify.js
// Plan mongo-change-field-type, fingerprint c219c0e59b32
// Phase verify. For review; `plan advance mongo-change-field-type --phase verify` runs it.

// verify.1: prove placed_on-is-converted on all documents of orders
//   why   one scan for all of them; one document that breaks a rule stops the plan
//   lock  none on shop.orders, during the scan; nobody waits
//   takes one scan of shop.orders
// count
db.runCommand({
  aggregate: "orders",
  pipeline: [
    { $group: {
      _id: null,
      checked: { $sum: 1 },
      v0: { $sum: { $cond: [{ $in: [{ $type: "$placed_on" }, ["date", "missing", "null"]] }, 0, 1] } }
    } },
    { $project: { _id: 0 } }
  ],
  cursor: {}
});
// sample_0
(limit) => db.runCommand({
  aggregate: "orders",
  pipeline: [
    { $match: { $expr: { $not: [{ $in: [{ $type: "$placed_on" }, ["date", "missing", "null"]] }] } } },
    { $sort: { _id: 1 } },
    { $limit: limit },
    { $project: { _id: 0, key: "$_id" } }
  ],
  cursor: {}
})

// verify.2: prove that orders has its validator
//   why   one that somebody took away would show only later
//   lock  none on shop.orders, a moment; nobody waits
//   takes a moment
// check
// looks up: the validator of orders is the plan’s

======== contract.js
// Plan mongo-change-field-type, fingerprint c219c0e59b32
// Phase contract. For review; `plan advance mongo-change-field-type --phase contract` runs it.

// contract.1: retire the old shape of orders
//   why   nothing insists on it; going back gives documents what they lack by then
//   lock  collection X lock on shop.orders, a moment; reads and writes wait
//   takes a moment
db.runCommand({
  collMod: "orders",
  validator: { $expr: { $in: [{ $type: "$placed_on" }, ["date", "missing", "null"]] } },
  validationLevel: "strict",
  validationAction: "error"
});

// contract.2: drop plan_aside_orders_5775052d43, the values before the conversion
//   why   the point of no return: without them going back could only convert back
//   lock  collection X lock on shop.plan_aside_orders_5775052d43, a moment; reads and writes wait
//   takes a moment
//   POINT OF NO RETURN: this cannot be undone
db.runCommand({ drop: "plan_aside_orders_5775052d43" });

======== undo.js
// Plan mongo-change-field-type, fingerprint c219c0e59b32
// Undo of every step that has one, the last step first.
// For review; `plan rollback mongo-change-field-type` runs it, only for steps that were done, and first counts what would be lost.
// contract.2 cannot be undone: this file is of no use after it.

// undo of contract.1: retire the old shape of orders
db.runCommand({
  collMod: "orders",
  validator: { $expr: { $in: [{ $type: "$placed_on" }, ["date", "missing", "null"]] } },
  validationLevel: "strict",
  validationAction: "error"
});

// undo of enforce.2: seal orders: its validator holds every writer to the new shape
db.runCommand({ collMod: "orders", validator: {}, validationLevel: "strict", validationAction: "error" });

// undo of backfill.1: convert placed_on of orders, page by page
// end, page_first, page, page_beyond: as in expand.1
// undo
(ids) => db.runCommand({
  aggregate: "plan_aside_orders_5775052d43",
  pipeline: [
    { $match: { _id: { $in: ids } } },
    { $project: { plan_kept_5f2ae949d1: { value: "$value", had: "$had" } } },
    { $merge: { into: "orders", on: "_id", whenMatched: "merge", whenNotMatched: "discard" } }
  ],
  cursor: {},
  bypassDocumentValidation: true
})
// undo.1
(ids) => db.runCommand({
  update: "orders",
  updates: [{
    q: {
      _id: { $in: ids },
      $or: [
        { plan_kept_5f2ae949d1: { $exists: true } },
        { $expr: { $in: [{ $type: "$placed_on" }, ["date"]] } }
      ]
    },
    u: [
      { $set: { plan_kept_5f2ae949d1: { $cond: [
        { $or: [
          { $eq: [{ $type: "$plan_kept_5f2ae949d1" }, "missing"] },
          { $eq: ["$plan_kept_5f2ae949d1.had", true] }
        ] },
        "$plan_kept_5f2ae949d1",
        { $let: {
          vars: { again: { $convert: { input: "$plan_kept_5f2ae949d1.value", to: "date", onError: null, onNull: null } } },
          in: { $cond: [
            { $and: [
              { $eq: [{ $type: "$$again" }, { $type: "$placed_on" }] },
              { $eq: ["$$again", "$placed_on"] }
            ] },
            "$plan_kept_5f2ae949d1",
            "$$REMOVE"
          ] }
        } }
      ] } } },
      { $set: { placed_on: { $cond: [
        { $or: [
          { $ne: [{ $type: "$plan_kept_5f2ae949d1" }, "missing"] },
          { $and: [
            { $in: [{ $type: "$placed_on" }, ["date"]] },
            { $let: {
              vars: { back: { $cond: [
                { $eq: [{ $type: "$placed_on" }, "date"] },
                { $dateToString: { date: "$placed_on", format: "%Y-%m-%d" } },
                null
              ] } },
              in: { $and: [
                { $ne: [{ $ifNull: ["$$back", null] }, null] },
                { $and: [
                  { $eq: [
                    { $type: { $convert: { input: "$$back", to: "date", onError: null, onNull: null } } },
                    { $type: "$placed_on" }
                  ] },
                  { $eq: [
                    { $convert: { input: "$$back", to: "date", onError: null, onNull: null } },
                    "$placed_on"
                  ] }
                ] }
              ] }
            } }
          ] }
        ] },
        { $cond: [
          { $eq: [{ $type: "$plan_kept_5f2ae949d1" }, "missing"] },
          { $cond: [
            { $eq: [{ $type: "$placed_on" }, "date"] },
            { $dateToString: { date: "$placed_on", format: "%Y-%m-%d" } },
            null
          ] },
          { $cond: [
            { $eq: ["$plan_kept_5f2ae949d1.had", true] },
            "$placed_on",
            "$plan_kept_5f2ae949d1.value"
          ] }
        ] },
        "$placed_on"
      ] } } },
      { $unset: ["plan_kept_5f2ae949d1"] }
    ],
    multi: true
  }]
})
db.runCommand({ delete: "plan_aside_orders_5775052d43", deletes: [{ q: { had: { $ne: true } }, limit: 0 }] });

// undo of expand.1: try what becomes of placed_on on every document of orders
//   takes the new fields away again
// end, page_first, page, page_beyond: as in expand.1
// undo, undo.1: as in backfill.1
db.runCommand({ drop: "plan_aside_orders_5775052d43" });
