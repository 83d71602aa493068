======== expand.js
// Plan mongo-rename-field, fingerprint 03ed9a9fbceb
// Phase expand. For review; `plan advance mongo-rename-field --phase expand` runs it.

// expand.1: try what becomes of family_name on every document of users
//   why   reads only; what cannot be converted, and what is there already with another value, is counted before anything is written
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
    { $group: {
      _id: null,
      unparsed: { $sum: 0 },
      answered: { $sum: 0 },
      taken: { $sum: { $cond: [
        { $and: [
          { $ne: [{ $type: "$family_name" }, "missing"] },
          { $not: [{ $and: [
            { $eq: [{ $type: "$last_name" }, { $type: "$family_name" }] },
            { $eq: ["$last_name", "$family_name"] }
          ] }] }
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
  aggregate: "users",
  pipeline: [
    { $match: {
      _id: { $in: ids },
      $expr: { $and: [
        { $ne: [{ $type: "$family_name" }, "missing"] },
        { $not: [{ $and: [
          { $eq: [{ $type: "$last_name" }, { $type: "$family_name" }] },
          { $eq: ["$last_name", "$family_name"] }
        ] }] }
      ] }
    } },
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
        { $ne: [{ $type: "$last_name" }, "missing"] },
        { $not: [{ $and: [
          { $eq: [{ $type: "$last_name" }, { $type: "$family_name" }] },
          { $eq: ["$last_name", "$family_name"] }
        ] }] }
      ] }
    } },
    { $set: { plan_weighed: {
      whole: { $bsonSize: "$$ROOT" },
      parts: { $add: [{ $bsonSize: { family_name: "$family_name" } }, { $bsonSize: { last_name: "$last_name" } }] }
    } } },
    { $set: { family_name: "$last_name" } },
    { $match: { $expr: { $gt: [
      { $add: [
        "$plan_weighed.whole",
        { $subtract: [
          { $add: [
            { $bsonSize: { family_name: "$family_name" } },
            { $bsonSize: { last_name: "$last_name" } }
          ] },
          "$plan_weighed.parts"
        ] }
      ] },
      16777216
    ] } } },
    { $limit: 5 },
    { $project: { _id: 0, key: "$_id" } }
  ],
  cursor: {}
});
// unique
db.runCommand({
  aggregate: "users",
  pipeline: [
    { $set: { family_name: { $cond: [
      { $and: [
        { $ne: [{ $type: "$last_name" }, "missing"] },
        { $not: [{ $and: [
          { $eq: [{ $type: "$last_name" }, { $type: "$family_name" }] },
          { $eq: ["$last_name", "$family_name"] }
        ] }] }
      ] },
      "$last_name",
      "$family_name"
    ] } } },
    { $group: {
      _id: { v0: { $ifNull: ["$email", null] }, v1: { $ifNull: ["$family_name", null] } },
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
      family_name: {}
    },
    additionalProperties: false
  } },
  validationLevel: "strict",
  validationAction: "error"
});

======== backfill.js
// Plan mongo-rename-field, fingerprint 03ed9a9fbceb
// Phase backfill. For review; `plan advance mongo-rename-field --phase backfill` runs it.

// backfill.1: fill family_name of users, page by page
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
      { $ne: [{ $type: "$last_name" }, "missing"] },
      { $not: [{ $and: [
        { $eq: [{ $type: "$last_name" }, { $type: "$family_name" }] },
        { $eq: ["$last_name", "$family_name"] }
      ] }] }
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
        { $ne: [{ $type: "$last_name" }, "missing"] },
        { $not: [{ $and: [
          { $eq: [{ $type: "$last_name" }, { $type: "$family_name" }] },
          { $eq: ["$last_name", "$family_name"] }
        ] }] }
      ] }
    },
    u: [{ $set: { family_name: "$last_name" } }],
    multi: true
  }]
})
// emptied
(ids) => db.runCommand({
  update: "users",
  updates: [{
    q: {
      _id: { $in: ids },
      $expr: { $and: [
        { $eq: [{ $type: "$last_name" }, "missing"] },
        { $ne: [{ $type: "$family_name" }, "missing"] }
      ] }
    },
    u: [{ $unset: ["family_name"] }],
    multi: true
  }]
})

======== enforce.js
// Plan mongo-rename-field, fingerprint 03ed9a9fbceb
// Phase enforce. For review; `plan advance mongo-rename-field --phase enforce` runs it.

// enforce.1: build index family_name_1
//   why   beside running writes to users, which do not wait for it
//   lock  intent locks on shop.users, during the build; nobody waits
//   takes one index build on shop.users
db.runCommand({ createIndexes: "users", indexes: [{ key: { family_name: 1 }, name: "family_name_1" }] });

// enforce.2: build index by_email_family_name
//   why   beside running writes to users, which do not wait for it
//   lock  intent locks on shop.users, during the build; nobody waits
//   takes one index build on shop.users
db.runCommand({
  createIndexes: "users",
  indexes: [{ key: { email: 1, family_name: -1 }, name: "by_email_family_name" }]
});

// enforce.3: refuse new duplicates in index by_email_family_name
//   why   what is there already is looked at next, and nobody can add to it meanwhile
//   lock  collection X lock on shop.users, a moment; reads and writes wait
//   takes a moment
db.runCommand({ collMod: "users", index: { name: "by_email_family_name", prepareUnique: true } });

// enforce.4: make index by_email_family_name unique
//   why   the index is there; the server reads it and refuses while it holds duplicates
//   lock  intent locks on shop.users, during the scan; nobody waits
//   takes one scan of shop.users
db.runCommand({ collMod: "users", index: { name: "by_email_family_name", unique: true } });

// enforce.5: sweep users until nothing is found for a while
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
      { $ne: [{ $type: "$last_name" }, "missing"] },
      { $not: [{ $and: [
        { $eq: [{ $type: "$last_name" }, { $type: "$family_name" }] },
        { $eq: ["$last_name", "$family_name"] }
      ] }] }
    ] } } },
    { $count: "violations" }
  ],
  cursor: {}
});
// stuck
db.runCommand({
  aggregate: "users",
  pipeline: [
    { $match: { $expr: { $not: [{ $and: [
      { $eq: [{ $type: "$last_name" }, { $type: "$family_name" }] },
      { $eq: ["$last_name", "$family_name"] }
    ] }] } } },
    { $limit: 5 },
    { $project: { _id: 0, key: "$_id" } }
  ],
  cursor: {}
});

// enforce.6: seal users: its validator holds every writer to the new shape
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
        family_name: {}
      },
      additionalProperties: false
    } },
    { $expr: { $and: [
      { $eq: [{ $type: "$last_name" }, { $type: "$family_name" }] },
      { $eq: ["$last_name", "$family_name"] }
    ] } }
  ] },
  validationLevel: "strict",
  validationAction: "error"
});

======== verify.js
// Plan mongo-rename-field, fingerprint 03ed9a9fbceb
// Phase verify. For review; `plan advance mongo-rename-field --phase verify` runs it.

// verify.1: prove last_name-equals-family_name on all documents of users
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
      v0: { $sum: { $cond: [
        { $and: [
          { $eq: [{ $type: "$last_name" }, { $type: "$family_name" }] },
          { $eq: ["$last_name", "$family_name"] }
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
  aggregate: "users",
  pipeline: [
    { $match: { $expr: { $not: [{ $and: [
      { $eq: [{ $type: "$last_name" }, { $type: "$family_name" }] },
      { $eq: ["$last_name", "$family_name"] }
    ] }] } } },
    { $sort: { _id: 1 } },
    { $limit: limit },
    { $project: { _id: 0, key: "$_id" } }
  ],
  cursor: {}
})

// verify.2: prove that users has its validator, index family_name_1, index by_email_family_name
//   why   one that somebody took away would show only later
//   lock  none on shop.users, a moment; nobody waits
//   takes a moment
// check
// looks up: the validator of users is the plan’s
// looks up: index family_name_1 is there
// looks up: index by_email_family_name is there

======== contract.js
// Plan mongo-rename-field, fingerprint 03ed9a9fbceb
// Phase contract. For review; `plan advance mongo-rename-field --phase contract` runs it.

// contract.1: drop index by_email; retire the old shape of users: its validator no longer asks for it; hide index last_name_1
//   why   it would refuse documents whose old field is missing or out of date; going back builds it again; writers may stop writing it, while going back still brings both together; no query uses it any more, while one command brings it back at once
//   lock  collection X lock on shop.users, a moment; reads and writes wait
//   takes a moment
db.runCommand({ dropIndexes: "users", index: "by_email" });
db.runCommand({
  collMod: "users",
  validator: { $jsonSchema: {
    bsonType: "object",
    required: ["email", "family_name"],
    properties: {
      _id: {},
      email: { bsonType: "string" },
      family_name: { bsonType: "string", maxLength: 80 },
      last_seen: {},
      last_name: {}
    },
    additionalProperties: false
  } },
  validationLevel: "strict",
  validationAction: "error"
});
db.runCommand({ collMod: "users", index: { name: "last_name_1", hidden: true } });

// contract.2: drop index last_name_1
//   why   no query needs it any more
//   lock  collection X lock on shop.users, a moment; reads and writes wait
//   takes a moment
//   POINT OF NO RETURN: this cannot be undone
db.runCommand({ dropIndexes: "users", index: "last_name_1" });

// contract.3: take last_name of users away, page by page
//   why   the point of no return
//   lock  document locks on shop.users, per batch; only writers of the same documents wait
//   takes many short batches over shop.users
//   POINT OF NO RETURN: this cannot be undone
// end, page_first, page, page_beyond: as in expand.1
// estimate, cuts: as in backfill.1
// remaining
db.runCommand({
  aggregate: "users",
  pipeline: [
    { $match: { $or: [{ last_name: { $exists: true } }] } },
    { $limit: 1 },
    { $project: { _id: 0, remaining: { $literal: true } } }
  ],
  cursor: {}
});
// batch
(ids) => db.runCommand({
  update: "users",
  updates: [{
    q: { _id: { $in: ids }, $or: [{ last_name: { $exists: true } }] },
    u: [{ $unset: ["last_name"] }],
    multi: true
  }]
})

// contract.4: give users its final validator
//   why   it no longer knows the old shape
//   lock  collection X lock on shop.users, a moment; reads and writes wait
//   takes a moment
//   POINT OF NO RETURN: this cannot be undone
db.runCommand({
  collMod: "users",
  validator: { $jsonSchema: {
    bsonType: "object",
    required: ["email", "family_name"],
    properties: {
      _id: {},
      email: { bsonType: "string" },
      family_name: { bsonType: "string", maxLength: 80 },
      last_seen: {}
    },
    additionalProperties: false
  } },
  validationLevel: "strict",
  validationAction: "error"
});

======== undo.js
// Plan mongo-rename-field, fingerprint 03ed9a9fbceb
// Undo of every step that has one, the last step first.
// For review; `plan rollback mongo-rename-field` runs it, only for steps that were done, and first counts what would be lost.
// contract.2 cannot be undone: this file is of no use after it.
// contract.3 cannot be undone: this file is of no use after it.
// contract.4 cannot be undone: this file is of no use after it.

// undo of contract.1: drop index by_email; retire the old shape of users: its validator no longer asks for it; hide index last_name_1
//   first gives documents what the old shape lacks
// end, page_first, page, page_beyond: as in expand.1
// undo
(ids) => db.runCommand({
  update: "users",
  updates: [{
    q: {
      _id: { $in: ids },
      $expr: { $or: [
        { $and: [
          { $ne: [{ $type: "$family_name" }, "missing"] },
          { $not: [{ $and: [
            { $eq: [{ $type: "$last_name" }, { $type: "$family_name" }] },
            { $eq: ["$last_name", "$family_name"] }
          ] }] }
        ] },
        { $and: [
          { $ne: [{ $type: "$last_name" }, "missing"] },
          { $eq: [{ $type: "$family_name" }, "missing"] },
          { $not: [{ $and: [
            { $eq: [{ $type: "$last_name" }, { $type: "$family_name" }] },
            { $eq: ["$last_name", "$family_name"] }
          ] }] }
        ] }
      ] }
    },
    u: [
      { $set: { last_name: { $cond: [
        { $and: [
          { $ne: [{ $type: "$family_name" }, "missing"] },
          { $not: [{ $and: [
            { $eq: [{ $type: "$last_name" }, { $type: "$family_name" }] },
            { $eq: ["$last_name", "$family_name"] }
          ] }] }
        ] },
        "$family_name",
        "$last_name"
      ] } } },
      { $set: { family_name: { $cond: [
        { $and: [
          { $ne: [{ $type: "$last_name" }, "missing"] },
          { $eq: [{ $type: "$family_name" }, "missing"] },
          { $not: [{ $and: [
            { $eq: [{ $type: "$last_name" }, { $type: "$family_name" }] },
            { $eq: ["$last_name", "$family_name"] }
          ] }] }
        ] },
        "$last_name",
        "$family_name"
      ] } } }
    ],
    multi: true
  }]
})
db.runCommand({ collMod: "users", index: { name: "last_name_1", hidden: false } });
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
        family_name: {}
      },
      additionalProperties: false
    } },
    { $expr: { $and: [
      { $eq: [{ $type: "$last_name" }, { $type: "$family_name" }] },
      { $eq: ["$last_name", "$family_name"] }
    ] } }
  ] },
  validationLevel: "strict",
  validationAction: "error"
});
db.runCommand({
  createIndexes: "users",
  indexes: [{ key: { email: 1, last_name: -1 }, name: "by_email", unique: true }]
});

// undo of enforce.6: seal users: its validator holds every writer to the new shape
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
      family_name: {}
    },
    additionalProperties: false
  } },
  validationLevel: "strict",
  validationAction: "error"
});

// undo of enforce.3: refuse new duplicates in index by_email_family_name
db.runCommand({ collMod: "users", index: { name: "by_email_family_name", prepareUnique: false } });

// undo of enforce.2: build index by_email_family_name
db.runCommand({ dropIndexes: "users", index: "by_email_family_name" });

// undo of enforce.1: build index family_name_1
db.runCommand({ dropIndexes: "users", index: "family_name_1" });

// undo of expand.2: let the new shape pass the validator of users
//   first takes the new fields away again
// end, page_first, page, page_beyond: as in expand.1
// undo
(ids) => db.runCommand({
  update: "users",
  updates: [{
    q: { _id: { $in: ids }, $or: [{ family_name: { $exists: true } }] },
    u: [
      { $set: { last_name: { $cond: [
        { $and: [
          { $eq: [{ $type: "$last_name" }, "missing"] },
          { $ne: [{ $type: "$family_name" }, "missing"] }
        ] },
        "$family_name",
        "$last_name"
      ] } } },
      { $unset: ["family_name"] }
    ],
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
