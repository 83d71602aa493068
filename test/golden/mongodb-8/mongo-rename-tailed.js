======== expand.js
// Plan mongo-rename-tailed, fingerprint bf472eff01b8
// Phase expand. For review; `plan advance mongo-rename-tailed --phase expand` runs it.

// expand.1: try what becomes of customer.email on every document of orders
//   why   reads only; what cannot be converted, and what is there already with another value, is counted before anything is written
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
      unparsed: { $sum: 0 },
      answered: { $sum: 0 },
      taken: { $sum: { $cond: [
        { $or: [
          { $or: [{ $isArray: ["$customer"] }, { $isArray: ["$customer"] }] },
          { $and: [
            { $or: [
              { $ne: [{ $type: "$customer.email" }, "missing"] },
              { $not: [{ $in: [{ $type: "$customer" }, ["missing", "null", "object"]] }] }
            ] },
            { $not: [{ $and: [
              { $eq: [{ $type: "$customer.mail" }, { $type: "$customer.email" }] },
              { $eq: ["$customer.mail", "$customer.email"] }
            ] }] }
          ] }
        ] },
        1,
        0
      ] } }
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
      $expr: { $or: [
        { $or: [{ $isArray: ["$customer"] }, { $isArray: ["$customer"] }] },
        { $and: [
          { $or: [
            { $ne: [{ $type: "$customer.email" }, "missing"] },
            { $not: [{ $in: [{ $type: "$customer" }, ["missing", "null", "object"]] }] }
          ] },
          { $not: [{ $and: [
            { $eq: [{ $type: "$customer.mail" }, { $type: "$customer.email" }] },
            { $eq: ["$customer.mail", "$customer.email"] }
          ] }] }
        ] }
      ] }
    } },
    { $limit: 5 },
    { $project: { _id: 0, key: "$_id", why: "taken" } }
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
        { $ne: [{ $type: "$customer.mail" }, "missing"] },
        { $in: [{ $type: "$customer" }, ["missing", "null", "object"]] },
        { $not: [{ $and: [
          { $eq: [{ $type: "$customer.mail" }, { $type: "$customer.email" }] },
          { $eq: ["$customer.mail", "$customer.email"] }
        ] }] }
      ] }
    } },
    { $set: { plan_weighed: { whole: { $bsonSize: "$$ROOT" }, parts: { $add: [{ $bsonSize: { customer: "$customer" } }] } } } },
    { $set: { customer: { $mergeObjects: ["$customer", { email: "$customer.mail" }] } } },
    { $match: { $expr: { $gt: [
      { $add: [
        "$plan_weighed.whole",
        { $subtract: [{ $add: [{ $bsonSize: { customer: "$customer" } }] }, "$plan_weighed.parts"] }
      ] },
      16777216
    ] } } },
    { $limit: 5 },
    { $project: { _id: 0, key: "$_id" } }
  ],
  cursor: {}
});

// expand.2: remember where the changes of orders begin
//   why   plan sync follows them from here, so none is missed between it and the backfill
//   lock  none
//   takes a moment
// the tool itself: opens the stream of changes of orders and remembers its place

======== backfill.js
// Plan mongo-rename-tailed, fingerprint bf472eff01b8
// Phase backfill. For review; `plan advance mongo-rename-tailed --phase backfill` runs it.

// backfill.1: fill customer.email of orders, page by page
//   why   each document is computed from what it holds at that moment, and only where that is still needed; each page is confirmed before the next one begins
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
      { $ne: [{ $type: "$customer.mail" }, "missing"] },
      { $in: [{ $type: "$customer" }, ["missing", "null", "object"]] },
      { $not: [{ $and: [
        { $eq: [{ $type: "$customer.mail" }, { $type: "$customer.email" }] },
        { $eq: ["$customer.mail", "$customer.email"] }
      ] }] }
    ] } } },
    { $limit: 1 },
    { $project: { _id: 0, remaining: { $literal: true } } }
  ],
  cursor: {}
});
// batch
(ids) => db.runCommand({
  update: "orders",
  updates: [{
    q: {
      _id: { $in: ids },
      $expr: { $and: [
        { $ne: [{ $type: "$customer.mail" }, "missing"] },
        { $in: [{ $type: "$customer" }, ["missing", "null", "object"]] },
        { $not: [{ $and: [
          { $eq: [{ $type: "$customer.mail" }, { $type: "$customer.email" }] },
          { $eq: ["$customer.mail", "$customer.email"] }
        ] }] }
      ] }
    },
    u: [{ $set: { customer: { $mergeObjects: ["$customer", { email: "$customer.mail" }] } } }],
    multi: true
  }]
})
// emptied
(ids) => db.runCommand({
  update: "orders",
  updates: [{
    q: {
      _id: { $in: ids },
      $expr: { $and: [
        { $eq: [{ $type: "$customer.mail" }, "missing"] },
        { $ne: [{ $type: "$customer.email" }, "missing"] }
      ] }
    },
    u: [{ $unset: ["customer.email"] }],
    multi: true
  }]
})

======== enforce.js
// Plan mongo-rename-tailed, fingerprint bf472eff01b8
// Phase enforce. For review; `plan advance mongo-rename-tailed --phase enforce` runs it.

// enforce.1: sweep orders until nothing is found for a while
//   why   the evidence that every writer knows the new shape; what a sweep finds is filled
//   lock  document locks on shop.orders, per batch; only writers of the same documents wait
//   takes many short batches over shop.orders
// end, page_first, page, page_beyond: as in expand.1
// estimate, cuts, remaining, batch: as in backfill.1
// differs
db.runCommand({
  aggregate: "orders",
  pipeline: [
    { $match: { $expr: { $and: [
      { $ne: [{ $type: "$customer.mail" }, "missing"] },
      { $in: [{ $type: "$customer" }, ["missing", "null", "object"]] },
      { $not: [{ $and: [
        { $eq: [{ $type: "$customer.mail" }, { $type: "$customer.email" }] },
        { $eq: ["$customer.mail", "$customer.email"] }
      ] }] }
    ] } } },
    { $count: "violations" }
  ],
  cursor: {}
});
// stuck
db.runCommand({
  aggregate: "orders",
  pipeline: [
    { $match: { $expr: { $not: [{ $and: [
      { $eq: [{ $type: "$customer.mail" }, { $type: "$customer.email" }] },
      { $eq: ["$customer.mail", "$customer.email"] }
    ] }] } } },
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
  validator: { $expr: { $and: [
    { $eq: [{ $type: "$customer.mail" }, { $type: "$customer.email" }] },
    { $eq: ["$customer.mail", "$customer.email"] }
  ] } },
  validationLevel: "strict",
  validationAction: "error"
});

======== verify.js
// Plan mongo-rename-tailed, fingerprint bf472eff01b8
// Phase verify. For review; `plan advance mongo-rename-tailed --phase verify` runs it.

// verify.1: prove customer.mail-equals-customer.email on all documents of orders
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
      v0: { $sum: { $cond: [
        { $and: [
          { $eq: [{ $type: "$customer.mail" }, { $type: "$customer.email" }] },
          { $eq: ["$customer.mail", "$customer.email"] }
        ] },
        0,
        1
      ] } }
    } },
    { $project: { _id: 0 } }
  ],
  cursor: {}
});
// sample_0
(limit) => db.runCommand({
  aggregate: "orders",
  pipeline: [
    { $match: { $expr: { $not: [{ $and: [
      { $eq: [{ $type: "$customer.mail" }, { $type: "$customer.email" }] },
      { $eq: ["$customer.mail", "$customer.email"] }
    ] }] } } },
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
// Plan mongo-rename-tailed, fingerprint bf472eff01b8
// Phase contract. For review; `plan advance mongo-rename-tailed --phase contract` runs it.

// contract.1: retire the old shape of orders: its validator no longer asks for it
//   why   writers may stop writing it, while going back still brings both together
//   lock  collection X lock on shop.orders, a moment; reads and writes wait
//   takes a moment
db.runCommand({ collMod: "orders", validator: {}, validationLevel: "strict", validationAction: "error" });

// contract.2: take customer.mail of orders away, page by page
//   why   the point of no return
//   lock  document locks on shop.orders, per batch; only writers of the same documents wait
//   takes many short batches over shop.orders
//   POINT OF NO RETURN: this cannot be undone
// end, page_first, page, page_beyond: as in expand.1
// estimate, cuts: as in backfill.1
// remaining
db.runCommand({
  aggregate: "orders",
  pipeline: [
    { $match: { $or: [{ "customer.mail": { $exists: true } }] } },
    { $limit: 1 },
    { $project: { _id: 0, remaining: { $literal: true } } }
  ],
  cursor: {}
});
// batch
(ids) => db.runCommand({
  update: "orders",
  updates: [{
    q: { _id: { $in: ids }, $or: [{ "customer.mail": { $exists: true } }] },
    u: [{ $unset: ["customer.mail"] }],
    multi: true
  }]
})

======== undo.js
// Plan mongo-rename-tailed, fingerprint bf472eff01b8
// Undo of every step that has one, the last step first.
// For review; `plan rollback mongo-rename-tailed` runs it, only for steps that were done, and first counts what would be lost.
// contract.2 cannot be undone: this file is of no use after it.

// undo of contract.1: retire the old shape of orders: its validator no longer asks for it
//   first gives documents what the old shape lacks
// end, page_first, page, page_beyond: as in expand.1
// undo
(ids) => db.runCommand({
  update: "orders",
  updates: [{
    q: {
      _id: { $in: ids },
      $expr: { $or: [
        { $and: [
          { $and: [
            { $ne: [{ $type: "$customer.email" }, "missing"] },
            { $in: [{ $type: "$customer" }, ["missing", "null", "object"]] }
          ] },
          { $not: [{ $and: [
            { $eq: [{ $type: "$customer.mail" }, { $type: "$customer.email" }] },
            { $eq: ["$customer.mail", "$customer.email"] }
          ] }] }
        ] },
        { $and: [
          { $ne: [{ $type: "$customer.mail" }, "missing"] },
          { $eq: [{ $type: "$customer.email" }, "missing"] },
          { $in: [{ $type: "$customer" }, ["missing", "null", "object"]] },
          { $not: [{ $and: [
            { $eq: [{ $type: "$customer.mail" }, { $type: "$customer.email" }] },
            { $eq: ["$customer.mail", "$customer.email"] }
          ] }] }
        ] }
      ] }
    },
    u: [
      { $set: { customer: { $cond: [
        { $and: [
          { $and: [
            { $ne: [{ $type: "$customer.email" }, "missing"] },
            { $in: [{ $type: "$customer" }, ["missing", "null", "object"]] }
          ] },
          { $not: [{ $and: [
            { $eq: [{ $type: "$customer.mail" }, { $type: "$customer.email" }] },
            { $eq: ["$customer.mail", "$customer.email"] }
          ] }] }
        ] },
        { $mergeObjects: ["$customer", { mail: "$customer.email" }] },
        "$customer"
      ] } } },
      { $set: { customer: { $cond: [
        { $and: [
          { $ne: [{ $type: "$customer.mail" }, "missing"] },
          { $eq: [{ $type: "$customer.email" }, "missing"] },
          { $in: [{ $type: "$customer" }, ["missing", "null", "object"]] },
          { $not: [{ $and: [
            { $eq: [{ $type: "$customer.mail" }, { $type: "$customer.email" }] },
            { $eq: ["$customer.mail", "$customer.email"] }
          ] }] }
        ] },
        { $mergeObjects: ["$customer", { email: "$customer.mail" }] },
        "$customer"
      ] } } }
    ],
    multi: true
  }]
})
db.runCommand({
  collMod: "orders",
  validator: { $expr: { $and: [
    { $eq: [{ $type: "$customer.mail" }, { $type: "$customer.email" }] },
    { $eq: ["$customer.mail", "$customer.email"] }
  ] } },
  validationLevel: "strict",
  validationAction: "error"
});

// undo of enforce.2: seal orders: its validator holds every writer to the new shape
db.runCommand({ collMod: "orders", validator: {}, validationLevel: "strict", validationAction: "error" });

// undo of expand.2: remember where the changes of orders begin
// the tool itself: forgets the place in the stream of changes of orders

// undo of expand.1: try what becomes of customer.email on every document of orders
//   takes the new fields away again
// end, page_first, page, page_beyond: as in expand.1
// undo
(ids) => db.runCommand({
  update: "orders",
  updates: [{
    q: { _id: { $in: ids }, $or: [{ "customer.email": { $exists: true } }] },
    u: [
      { $set: { customer: { $cond: [
        { $and: [
          { $eq: [{ $type: "$customer.mail" }, "missing"] },
          { $and: [
            { $ne: [{ $type: "$customer.email" }, "missing"] },
            { $in: [{ $type: "$customer" }, ["missing", "null", "object"]] }
          ] }
        ] },
        { $mergeObjects: ["$customer", { mail: "$customer.email" }] },
        "$customer"
      ] } } },
      { $unset: ["customer.email"] }
    ],
    multi: true
  }]
})
