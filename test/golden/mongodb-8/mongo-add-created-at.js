======== expand.js
// Plan mongo-add-created-at, fingerprint ab2ba19f9ec0
// Phase expand. For review; `plan advance mongo-add-created-at --phase expand` runs it.

// expand.1: look on every document of users what is in the way of createdAt
//   why   reads only; a value where a subdocument has to be is counted before anything is written
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
// large
db.runCommand({
  aggregate: "users",
  pipeline: [
    { $match: {
      _id: { $in: $1 },
      $expr: { $and: [
        { $eq: [{ $ifNull: ["$createdAt", null] }, null] },
        { $ne: [
          { $ifNull: [
            { $cond: [{ $eq: [{ $type: "$_id" }, "objectId"] }, { $toDate: "$_id" }, "$$NOW"] },
            null
          ] },
          null
        ] }
      ] }
    } },
    { $set: { plan_weighed: {
      whole: { $bsonSize: "$$ROOT" },
      parts: { $add: [{ $bsonSize: { createdAt: "$createdAt" } }] }
    } } },
    { $set: { createdAt: { $cond: [{ $eq: [{ $type: "$_id" }, "objectId"] }, { $toDate: "$_id" }, "$$NOW"] } } },
    { $match: { $expr: { $gt: [
      { $add: [
        "$plan_weighed.whole",
        { $subtract: [{ $add: [{ $bsonSize: { createdAt: "$createdAt" } }] }, "$plan_weighed.parts"] }
      ] },
      16777216
    ] } } },
    { $limit: 5 },
    { $project: { _id: 0, key: "$_id" } }
  ],
  cursor: {}
});

// expand.2: let the new shape pass the validator of users
//   why   it knows only the old one, and would refuse the backfill and every write of the new one
//   lock  collection X lock on shop.users, a moment; reads and writes wait
//   takes a moment
db.runCommand({
  collMod: "users",
  validator: { $jsonSchema: {
    bsonType: "object",
    required: ["email", "last_name"],
    properties: {
      _id: {},
      email: { bsonType: "string" },
      last_name: { bsonType: "string", maxLength: 80 },
      last_seen: {},
      createdAt: {}
    },
    additionalProperties: false
  } },
  validationLevel: "strict",
  validationAction: "error"
});

======== backfill.js
// Plan mongo-add-created-at, fingerprint ab2ba19f9ec0
// Phase backfill. For review; `plan advance mongo-add-created-at --phase backfill` runs it.

// backfill.1: fill createdAt of users, page by page
//   why   each document is computed from what it holds at that moment, and only where that is still needed; each page is confirmed before the next one begins
//   lock  document locks on shop.users, per batch; only writers of the same documents wait
//   takes many short batches over shop.users
// end, page_first, page, page_beyond: as in expand.1
// estimate
db.runCommand({ count: "users" });
// cuts
db.runCommand({
  aggregate: "users",
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
  aggregate: "users",
  pipeline: [
    { $match: { $expr: { $and: [
      { $eq: [{ $ifNull: ["$createdAt", null] }, null] },
      { $ne: [
        { $ifNull: [{ $cond: [{ $eq: [{ $type: "$_id" }, "objectId"] }, { $toDate: "$_id" }, "$$NOW"] }, null] },
        null
      ] }
    ] } } },
    { $limit: 1 },
    { $project: { _id: 0, remaining: { $literal: true } } }
  ],
  cursor: {}
});
// batch
(ids) => db.runCommand({
  update: "users",
  updates: [{
    q: {
      _id: { $in: ids },
      $expr: { $and: [
        { $eq: [{ $ifNull: ["$createdAt", null] }, null] },
        { $ne: [
          { $ifNull: [
            { $cond: [{ $eq: [{ $type: "$_id" }, "objectId"] }, { $toDate: "$_id" }, "$$NOW"] },
            null
          ] },
          null
        ] }
      ] }
    },
    u: [{ $set: { createdAt: { $cond: [{ $eq: [{ $type: "$_id" }, "objectId"] }, { $toDate: "$_id" }, "$$NOW"] } } }],
    multi: true
  }]
})

======== enforce.js
// Plan mongo-add-created-at, fingerprint ab2ba19f9ec0
// Phase enforce. For review; `plan advance mongo-add-created-at --phase enforce` runs it.

// enforce.1: sweep users until nothing is found for a while
//   why   the evidence that every writer knows the new shape; what a sweep finds is filled
//   lock  document locks on shop.users, per batch; only writers of the same documents wait
//   takes many short batches over shop.users
// end, page_first, page, page_beyond: as in expand.1
// estimate, cuts, remaining, batch: as in backfill.1
// differs
db.runCommand({
  aggregate: "users",
  pipeline: [
    { $match: { $expr: { $and: [
      { $eq: [{ $ifNull: ["$createdAt", null] }, null] },
      { $ne: [
        { $ifNull: [{ $cond: [{ $eq: [{ $type: "$_id" }, "objectId"] }, { $toDate: "$_id" }, "$$NOW"] }, null] },
        null
      ] }
    ] } } },
    { $count: "violations" }
  ],
  cursor: {}
});
// stuck
db.runCommand({
  aggregate: "users",
  pipeline: [
    { $match: { $expr: { $not: [{ $in: [{ $type: "$createdAt" }, ["date"]] }] } } },
    { $limit: 5 },
    { $project: { _id: 0, key: "$_id" } }
  ],
  cursor: {}
});

// enforce.2: seal users: its validator holds every writer to the new shape
//   why   from here on the server itself refuses who knows only the old one; one command undoes it
//   lock  collection X lock on shop.users, a moment; reads and writes wait
//   takes a moment
db.runCommand({
  collMod: "users",
  validator: { $and: [
    { $jsonSchema: {
      bsonType: "object",
      required: ["email", "last_name"],
      properties: {
        _id: {},
        email: { bsonType: "string" },
        last_name: { bsonType: "string", maxLength: 80 },
        last_seen: {},
        createdAt: {}
      },
      additionalProperties: false
    } },
    { $jsonSchema: { required: ["createdAt"], properties: { createdAt: { bsonType: "date" } } } }
  ] },
  validationLevel: "strict",
  validationAction: "error"
});

======== verify.js
// Plan mongo-add-created-at, fingerprint ab2ba19f9ec0
// Phase verify. For review; `plan advance mongo-add-created-at --phase verify` runs it.

// verify.1: prove createdAt-is-there on all documents of users
//   why   one scan for all of them; one document that breaks a rule stops the plan
//   lock  none on shop.users, during the scan; nobody waits
//   takes one scan of shop.users
// count
db.runCommand({
  aggregate: "users",
  pipeline: [
    { $group: {
      _id: null,
      checked: { $sum: 1 },
      v0: { $sum: { $cond: [{ $in: [{ $type: "$createdAt" }, ["date"]] }, 0, 1] } }
    } },
    { $project: { _id: 0 } }
  ],
  cursor: {}
});
// sample_0
(limit) => db.runCommand({
  aggregate: "users",
  pipeline: [
    { $match: { $expr: { $not: [{ $in: [{ $type: "$createdAt" }, ["date"]] }] } } },
    { $sort: { _id: 1 } },
    { $limit: limit },
    { $project: { _id: 0, key: "$_id" } }
  ],
  cursor: {}
})

// verify.2: prove that users has its validator
//   why   one that somebody took away would show only later
//   lock  none on shop.users, a moment; nobody waits
//   takes a moment
// check
// looks up: the validator of users is the plan’s

======== undo.js
// Plan mongo-add-created-at, fingerprint ab2ba19f9ec0
// Undo of every step that has one, the last step first.
// For review; `plan rollback mongo-add-created-at` runs it, only for steps that were done, and first counts what would be lost.

// undo of enforce.2: seal users: its validator holds every writer to the new shape
db.runCommand({
  collMod: "users",
  validator: { $jsonSchema: {
    bsonType: "object",
    required: ["email", "last_name"],
    properties: {
      _id: {},
      email: { bsonType: "string" },
      last_name: { bsonType: "string", maxLength: 80 },
      last_seen: {},
      createdAt: {}
    },
    additionalProperties: false
  } },
  validationLevel: "strict",
  validationAction: "error"
});

// undo of expand.2: let the new shape pass the validator of users
//   first takes the new fields away again
// end, page_first, page, page_beyond: as in expand.1
// undo
(ids) => db.runCommand({
  update: "users",
  updates: [{
    q: { _id: { $in: ids }, $or: [{ createdAt: { $exists: true } }] },
    u: [{ $unset: ["createdAt"] }],
    multi: true
  }]
})
db.runCommand({
  collMod: "users",
  validator: { $jsonSchema: {
    bsonType: "object",
    required: ["email", "last_name"],
    properties: {
      _id: {},
      email: { bsonType: "string" },
      last_name: { bsonType: "string", maxLength: 80 },
      last_seen: {}
    },
    additionalProperties: false
  } },
  validationLevel: "strict",
  validationAction: "error"
});
