======== expand.js
// Plan mongo-restructure-field, fingerprint 809fc1efee02
// Phase expand. For review; `plan advance mongo-restructure-field --phase expand` runs it.

// expand.1: try what becomes of postal on every document of customers
//   why   reads only; what cannot be converted, and what is there already with another value, is counted before anything is written
//   lock  none on shop.customers, during the scan; nobody waits
//   takes one scan of shop.customers
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
// count
(ids) => db.runCommand({
  aggregate: "customers",
  pipeline: [
    { $match: { _id: { $in: ids } } },
    { $group: {
      _id: null,
      unparsed: { $sum: 0 },
      answered: { $sum: { $cond: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $let: {
                vars: { found: { $cond: [
                  { $eq: [{ $type: "$address" }, "string"] },
                  { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
                  null
                ] } },
                in: { $cond: [
                  { $eq: [{ $ifNull: ["$$found", null] }, null] },
                  null,
                  {
                    street: { $arrayElemAt: ["$$found.captures", 0] },
                    city: { $arrayElemAt: ["$$found.captures", 1] },
                    state: { $arrayElemAt: ["$$found.captures", 2] },
                    zip: { $arrayElemAt: ["$$found.captures", 3] }
                  }
                ] }
              } },
              null
            ] },
            down0: { $ifNull: [
              { $ifNull: [
                "$postal.text",
                { $cond: [
                  { $and: [
                    { $eq: [{ $type: "$postal.street" }, "string"] },
                    { $eq: [{ $type: "$postal.city" }, "string"] },
                    { $eq: [{ $type: "$postal.state" }, "string"] },
                    { $eq: [{ $type: "$postal.zip" }, "string"] }
                  ] },
                  { $concat: [
                    "$postal.street",
                    ", ",
                    "$postal.city",
                    ", ",
                    "$postal.state",
                    " ",
                    "$postal.zip"
                  ] },
                  null
                ] }
              ] },
              null
            ] }
          },
          in: { $and: [
            { $ne: [{ $ifNull: ["$address", null] }, null] },
            { $eq: [{ $ifNull: ["$postal", null] }, null] },
            { $eq: ["$$up0", null] }
          ] }
        } },
        1,
        0
      ] } },
      taken: { $sum: { $cond: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $let: {
                vars: { found: { $cond: [
                  { $eq: [{ $type: "$address" }, "string"] },
                  { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
                  null
                ] } },
                in: { $cond: [
                  { $eq: [{ $ifNull: ["$$found", null] }, null] },
                  null,
                  {
                    street: { $arrayElemAt: ["$$found.captures", 0] },
                    city: { $arrayElemAt: ["$$found.captures", 1] },
                    state: { $arrayElemAt: ["$$found.captures", 2] },
                    zip: { $arrayElemAt: ["$$found.captures", 3] }
                  }
                ] }
              } },
              null
            ] },
            down0: { $ifNull: [
              { $ifNull: [
                "$postal.text",
                { $cond: [
                  { $and: [
                    { $eq: [{ $type: "$postal.street" }, "string"] },
                    { $eq: [{ $type: "$postal.city" }, "string"] },
                    { $eq: [{ $type: "$postal.state" }, "string"] },
                    { $eq: [{ $type: "$postal.zip" }, "string"] }
                  ] },
                  { $concat: [
                    "$postal.street",
                    ", ",
                    "$postal.city",
                    ", ",
                    "$postal.state",
                    " ",
                    "$postal.zip"
                  ] },
                  null
                ] }
              ] },
              null
            ] }
          },
          in: { $and: [
            { $ne: [{ $ifNull: ["$postal", null] }, null] },
            { $not: [{ $or: [
              { $and: [
                { $eq: [{ $ifNull: ["$address", null] }, null] },
                { $eq: [{ $ifNull: ["$postal", null] }, null] }
              ] },
              { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$postal", null] }, "$$up0"] }] },
              { $and: [
                { $ne: [{ $ifNull: ["$postal", null] }, null] },
                { $eq: [{ $ifNull: ["$address", null] }, "$$down0"] }
              ] },
              { $and: [
                { $eq: ["$$up0", null] },
                { $eq: [{ $ifNull: ["$postal", null] }, { $ifNull: [{ text: "$address" }, null] }] }
              ] }
            ] }] }
          ] }
        } },
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
  aggregate: "customers",
  pipeline: [
    { $match: {
      _id: { $in: ids },
      $expr: { $let: {
        vars: {
          up0: { $ifNull: [
            { $let: {
              vars: { found: { $cond: [
                { $eq: [{ $type: "$address" }, "string"] },
                { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
                null
              ] } },
              in: { $cond: [
                { $eq: [{ $ifNull: ["$$found", null] }, null] },
                null,
                {
                  street: { $arrayElemAt: ["$$found.captures", 0] },
                  city: { $arrayElemAt: ["$$found.captures", 1] },
                  state: { $arrayElemAt: ["$$found.captures", 2] },
                  zip: { $arrayElemAt: ["$$found.captures", 3] }
                }
              ] }
            } },
            null
          ] },
          down0: { $ifNull: [
            { $ifNull: [
              "$postal.text",
              { $cond: [
                { $and: [
                  { $eq: [{ $type: "$postal.street" }, "string"] },
                  { $eq: [{ $type: "$postal.city" }, "string"] },
                  { $eq: [{ $type: "$postal.state" }, "string"] },
                  { $eq: [{ $type: "$postal.zip" }, "string"] }
                ] },
                { $concat: ["$postal.street", ", ", "$postal.city", ", ", "$postal.state", " ", "$postal.zip"] },
                null
              ] }
            ] },
            null
          ] }
        },
        in: { $and: [
          { $ne: [{ $ifNull: ["$postal", null] }, null] },
          { $not: [{ $or: [
            { $and: [
              { $eq: [{ $ifNull: ["$address", null] }, null] },
              { $eq: [{ $ifNull: ["$postal", null] }, null] }
            ] },
            { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$postal", null] }, "$$up0"] }] },
            { $and: [
              { $ne: [{ $ifNull: ["$postal", null] }, null] },
              { $eq: [{ $ifNull: ["$address", null] }, "$$down0"] }
            ] },
            { $and: [
              { $eq: ["$$up0", null] },
              { $eq: [{ $ifNull: ["$postal", null] }, { $ifNull: [{ text: "$address" }, null] }] }
            ] }
          ] }] }
        ] }
      } }
    } },
    { $limit: 5 },
    { $project: { _id: 0, key: "$_id", why: "taken" } }
  ],
  cursor: {}
})
// large
db.runCommand({
  aggregate: "customers",
  pipeline: [
    { $match: {
      _id: { $in: $1 },
      $expr: { $let: {
        vars: {
          up0: { $ifNull: [
            { $let: {
              vars: { found: { $cond: [
                { $eq: [{ $type: "$address" }, "string"] },
                { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
                null
              ] } },
              in: { $cond: [
                { $eq: [{ $ifNull: ["$$found", null] }, null] },
                null,
                {
                  street: { $arrayElemAt: ["$$found.captures", 0] },
                  city: { $arrayElemAt: ["$$found.captures", 1] },
                  state: { $arrayElemAt: ["$$found.captures", 2] },
                  zip: { $arrayElemAt: ["$$found.captures", 3] }
                }
              ] }
            } },
            null
          ] },
          down0: { $ifNull: [
            { $ifNull: [
              "$postal.text",
              { $cond: [
                { $and: [
                  { $eq: [{ $type: "$postal.street" }, "string"] },
                  { $eq: [{ $type: "$postal.city" }, "string"] },
                  { $eq: [{ $type: "$postal.state" }, "string"] },
                  { $eq: [{ $type: "$postal.zip" }, "string"] }
                ] },
                { $concat: ["$postal.street", ", ", "$postal.city", ", ", "$postal.state", " ", "$postal.zip"] },
                null
              ] }
            ] },
            null
          ] }
        },
        in: { $and: [
          { $ne: [{ $ifNull: ["$address", null] }, null] },
          { $not: [{ $or: [
            { $and: [
              { $eq: [{ $ifNull: ["$address", null] }, null] },
              { $eq: [{ $ifNull: ["$postal", null] }, null] }
            ] },
            { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$postal", null] }, "$$up0"] }] },
            { $and: [
              { $ne: [{ $ifNull: ["$postal", null] }, null] },
              { $eq: [{ $ifNull: ["$address", null] }, "$$down0"] }
            ] },
            { $and: [
              { $eq: ["$$up0", null] },
              { $eq: [{ $ifNull: ["$postal", null] }, { $ifNull: [{ text: "$address" }, null] }] }
            ] }
          ] }] }
        ] }
      } }
    } },
    { $set: { plan_weighed: {
      whole: { $bsonSize: "$$ROOT" },
      parts: { $add: [{ $bsonSize: { postal: "$postal" } }, { $bsonSize: { address: "$address" } }] }
    } } },
    { $set: { postal: { $ifNull: [
      { $cond: [
        { $ne: [
          { $ifNull: [
            { $let: {
              vars: { found: { $cond: [
                { $eq: [{ $type: "$address" }, "string"] },
                { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
                null
              ] } },
              in: { $cond: [
                { $eq: [{ $ifNull: ["$$found", null] }, null] },
                null,
                {
                  street: { $arrayElemAt: ["$$found.captures", 0] },
                  city: { $arrayElemAt: ["$$found.captures", 1] },
                  state: { $arrayElemAt: ["$$found.captures", 2] },
                  zip: { $arrayElemAt: ["$$found.captures", 3] }
                }
              ] }
            } },
            null
          ] },
          null
        ] },
        { $let: {
          vars: { found: { $cond: [
            { $eq: [{ $type: "$address" }, "string"] },
            { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
            null
          ] } },
          in: { $cond: [
            { $eq: [{ $ifNull: ["$$found", null] }, null] },
            null,
            {
              street: { $arrayElemAt: ["$$found.captures", 0] },
              city: { $arrayElemAt: ["$$found.captures", 1] },
              state: { $arrayElemAt: ["$$found.captures", 2] },
              zip: { $arrayElemAt: ["$$found.captures", 3] }
            }
          ] }
        } },
        { text: "$address" }
      ] },
      "$$REMOVE"
    ] } } },
    { $match: { $expr: { $gt: [
      { $add: [
        "$plan_weighed.whole",
        { $subtract: [
          { $add: [{ $bsonSize: { postal: "$postal" } }, { $bsonSize: { address: "$address" } }] },
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

======== backfill.js
// Plan mongo-restructure-field, fingerprint 809fc1efee02
// Phase backfill. For review; `plan advance mongo-restructure-field --phase backfill` runs it.

// backfill.1: fill postal of customers, page by page
//   why   each document is computed from what it holds at that moment, and only where that is still needed; each page is confirmed before the next one begins
//   lock  document locks on shop.customers, per batch; only writers of the same documents wait
//   takes many short batches over shop.customers
// end, page_first, page, page_beyond: as in expand.1
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
    { $match: { $expr: { $let: {
      vars: {
        up0: { $ifNull: [
          { $let: {
            vars: { found: { $cond: [
              { $eq: [{ $type: "$address" }, "string"] },
              { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
              null
            ] } },
            in: { $cond: [
              { $eq: [{ $ifNull: ["$$found", null] }, null] },
              null,
              {
                street: { $arrayElemAt: ["$$found.captures", 0] },
                city: { $arrayElemAt: ["$$found.captures", 1] },
                state: { $arrayElemAt: ["$$found.captures", 2] },
                zip: { $arrayElemAt: ["$$found.captures", 3] }
              }
            ] }
          } },
          null
        ] },
        down0: { $ifNull: [
          { $ifNull: [
            "$postal.text",
            { $cond: [
              { $and: [
                { $eq: [{ $type: "$postal.street" }, "string"] },
                { $eq: [{ $type: "$postal.city" }, "string"] },
                { $eq: [{ $type: "$postal.state" }, "string"] },
                { $eq: [{ $type: "$postal.zip" }, "string"] }
              ] },
              { $concat: ["$postal.street", ", ", "$postal.city", ", ", "$postal.state", " ", "$postal.zip"] },
              null
            ] }
          ] },
          null
        ] }
      },
      in: { $and: [
        { $ne: [{ $ifNull: ["$address", null] }, null] },
        { $not: [{ $or: [
          { $and: [
            { $eq: [{ $ifNull: ["$address", null] }, null] },
            { $eq: [{ $ifNull: ["$postal", null] }, null] }
          ] },
          { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$postal", null] }, "$$up0"] }] },
          { $and: [
            { $ne: [{ $ifNull: ["$postal", null] }, null] },
            { $eq: [{ $ifNull: ["$address", null] }, "$$down0"] }
          ] },
          { $and: [
            { $eq: ["$$up0", null] },
            { $eq: [{ $ifNull: ["$postal", null] }, { $ifNull: [{ text: "$address" }, null] }] }
          ] }
        ] }] }
      ] }
    } } } },
    { $limit: 1 },
    { $project: { _id: 0, remaining: { $literal: true } } }
  ],
  cursor: {}
});
// batch
(ids) => db.runCommand({
  update: "customers",
  updates: [{
    q: {
      _id: { $in: ids },
      $expr: { $let: {
        vars: {
          up0: { $ifNull: [
            { $let: {
              vars: { found: { $cond: [
                { $eq: [{ $type: "$address" }, "string"] },
                { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
                null
              ] } },
              in: { $cond: [
                { $eq: [{ $ifNull: ["$$found", null] }, null] },
                null,
                {
                  street: { $arrayElemAt: ["$$found.captures", 0] },
                  city: { $arrayElemAt: ["$$found.captures", 1] },
                  state: { $arrayElemAt: ["$$found.captures", 2] },
                  zip: { $arrayElemAt: ["$$found.captures", 3] }
                }
              ] }
            } },
            null
          ] },
          down0: { $ifNull: [
            { $ifNull: [
              "$postal.text",
              { $cond: [
                { $and: [
                  { $eq: [{ $type: "$postal.street" }, "string"] },
                  { $eq: [{ $type: "$postal.city" }, "string"] },
                  { $eq: [{ $type: "$postal.state" }, "string"] },
                  { $eq: [{ $type: "$postal.zip" }, "string"] }
                ] },
                { $concat: ["$postal.street", ", ", "$postal.city", ", ", "$postal.state", " ", "$postal.zip"] },
                null
              ] }
            ] },
            null
          ] }
        },
        in: { $and: [
          { $ne: [{ $ifNull: ["$address", null] }, null] },
          { $not: [{ $or: [
            { $and: [
              { $eq: [{ $ifNull: ["$address", null] }, null] },
              { $eq: [{ $ifNull: ["$postal", null] }, null] }
            ] },
            { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$postal", null] }, "$$up0"] }] },
            { $and: [
              { $ne: [{ $ifNull: ["$postal", null] }, null] },
              { $eq: [{ $ifNull: ["$address", null] }, "$$down0"] }
            ] },
            { $and: [
              { $eq: ["$$up0", null] },
              { $eq: [{ $ifNull: ["$postal", null] }, { $ifNull: [{ text: "$address" }, null] }] }
            ] }
          ] }] }
        ] }
      } }
    },
    u: [{ $set: { postal: { $ifNull: [
      { $cond: [
        { $ne: [
          { $ifNull: [
            { $let: {
              vars: { found: { $cond: [
                { $eq: [{ $type: "$address" }, "string"] },
                { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
                null
              ] } },
              in: { $cond: [
                { $eq: [{ $ifNull: ["$$found", null] }, null] },
                null,
                {
                  street: { $arrayElemAt: ["$$found.captures", 0] },
                  city: { $arrayElemAt: ["$$found.captures", 1] },
                  state: { $arrayElemAt: ["$$found.captures", 2] },
                  zip: { $arrayElemAt: ["$$found.captures", 3] }
                }
              ] }
            } },
            null
          ] },
          null
        ] },
        { $let: {
          vars: { found: { $cond: [
            { $eq: [{ $type: "$address" }, "string"] },
            { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
            null
          ] } },
          in: { $cond: [
            { $eq: [{ $ifNull: ["$$found", null] }, null] },
            null,
            {
              street: { $arrayElemAt: ["$$found.captures", 0] },
              city: { $arrayElemAt: ["$$found.captures", 1] },
              state: { $arrayElemAt: ["$$found.captures", 2] },
              zip: { $arrayElemAt: ["$$found.captures", 3] }
            }
          ] }
        } },
        { text: "$address" }
      ] },
      "$$REMOVE"
    ] } } }],
    multi: true
  }]
})
// emptied
(ids) => db.runCommand({
  update: "customers",
  updates: [{
    q: {
      _id: { $in: ids },
      $expr: { $and: [
        { $eq: [{ $ifNull: ["$address", null] }, null] },
        { $ne: [{ $ifNull: ["$postal", null] }, null] }
      ] }
    },
    u: [{ $unset: ["postal"] }],
    multi: true
  }]
})

======== enforce.js
// Plan mongo-restructure-field, fingerprint 809fc1efee02
// Phase enforce. For review; `plan advance mongo-restructure-field --phase enforce` runs it.

// enforce.1: sweep customers until nothing is found for a while
//   why   the evidence that every writer knows the new shape; what a sweep finds is filled
//   lock  document locks on shop.customers, per batch; only writers of the same documents wait
//   takes many short batches over shop.customers
// end, page_first, page, page_beyond: as in expand.1
// estimate, cuts, remaining, batch: as in backfill.1
// differs
db.runCommand({
  aggregate: "customers",
  pipeline: [
    { $match: { $expr: { $let: {
      vars: {
        up0: { $ifNull: [
          { $let: {
            vars: { found: { $cond: [
              { $eq: [{ $type: "$address" }, "string"] },
              { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
              null
            ] } },
            in: { $cond: [
              { $eq: [{ $ifNull: ["$$found", null] }, null] },
              null,
              {
                street: { $arrayElemAt: ["$$found.captures", 0] },
                city: { $arrayElemAt: ["$$found.captures", 1] },
                state: { $arrayElemAt: ["$$found.captures", 2] },
                zip: { $arrayElemAt: ["$$found.captures", 3] }
              }
            ] }
          } },
          null
        ] },
        down0: { $ifNull: [
          { $ifNull: [
            "$postal.text",
            { $cond: [
              { $and: [
                { $eq: [{ $type: "$postal.street" }, "string"] },
                { $eq: [{ $type: "$postal.city" }, "string"] },
                { $eq: [{ $type: "$postal.state" }, "string"] },
                { $eq: [{ $type: "$postal.zip" }, "string"] }
              ] },
              { $concat: ["$postal.street", ", ", "$postal.city", ", ", "$postal.state", " ", "$postal.zip"] },
              null
            ] }
          ] },
          null
        ] }
      },
      in: { $and: [
        { $ne: [{ $ifNull: ["$address", null] }, null] },
        { $not: [{ $or: [
          { $and: [
            { $eq: [{ $ifNull: ["$address", null] }, null] },
            { $eq: [{ $ifNull: ["$postal", null] }, null] }
          ] },
          { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$postal", null] }, "$$up0"] }] },
          { $and: [
            { $ne: [{ $ifNull: ["$postal", null] }, null] },
            { $eq: [{ $ifNull: ["$address", null] }, "$$down0"] }
          ] },
          { $and: [
            { $eq: ["$$up0", null] },
            { $eq: [{ $ifNull: ["$postal", null] }, { $ifNull: [{ text: "$address" }, null] }] }
          ] }
        ] }] }
      ] }
    } } } },
    { $count: "violations" }
  ],
  cursor: {}
});
// stuck
db.runCommand({
  aggregate: "customers",
  pipeline: [
    { $match: { $expr: { $not: [{ $let: {
      vars: {
        up0: { $ifNull: [
          { $let: {
            vars: { found: { $cond: [
              { $eq: [{ $type: "$address" }, "string"] },
              { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
              null
            ] } },
            in: { $cond: [
              { $eq: [{ $ifNull: ["$$found", null] }, null] },
              null,
              {
                street: { $arrayElemAt: ["$$found.captures", 0] },
                city: { $arrayElemAt: ["$$found.captures", 1] },
                state: { $arrayElemAt: ["$$found.captures", 2] },
                zip: { $arrayElemAt: ["$$found.captures", 3] }
              }
            ] }
          } },
          null
        ] },
        down0: { $ifNull: [
          { $ifNull: [
            "$postal.text",
            { $cond: [
              { $and: [
                { $eq: [{ $type: "$postal.street" }, "string"] },
                { $eq: [{ $type: "$postal.city" }, "string"] },
                { $eq: [{ $type: "$postal.state" }, "string"] },
                { $eq: [{ $type: "$postal.zip" }, "string"] }
              ] },
              { $concat: ["$postal.street", ", ", "$postal.city", ", ", "$postal.state", " ", "$postal.zip"] },
              null
            ] }
          ] },
          null
        ] }
      },
      in: { $or: [
        { $and: [
          { $eq: [{ $ifNull: ["$address", null] }, null] },
          { $eq: [{ $ifNull: ["$postal", null] }, null] }
        ] },
        { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$postal", null] }, "$$up0"] }] },
        { $and: [
          { $ne: [{ $ifNull: ["$postal", null] }, null] },
          { $eq: [{ $ifNull: ["$address", null] }, "$$down0"] }
        ] },
        { $and: [
          { $eq: ["$$up0", null] },
          { $eq: [{ $ifNull: ["$postal", null] }, { $ifNull: [{ text: "$address" }, null] }] }
        ] }
      ] }
    } }] } } },
    { $limit: 5 },
    { $project: { _id: 0, key: "$_id" } }
  ],
  cursor: {}
});

// enforce.2: seal customers: its validator holds every writer to the new shape
//   why   from here on the server itself refuses who knows only the old one; one command undoes it
//   lock  collection X lock on shop.customers, a moment; reads and writes wait
//   takes a moment
db.runCommand({
  collMod: "customers",
  validator: { $expr: { $let: {
    vars: {
      up0: { $ifNull: [
        { $let: {
          vars: { found: { $cond: [
            { $eq: [{ $type: "$address" }, "string"] },
            { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
            null
          ] } },
          in: { $cond: [
            { $eq: [{ $ifNull: ["$$found", null] }, null] },
            null,
            {
              street: { $arrayElemAt: ["$$found.captures", 0] },
              city: { $arrayElemAt: ["$$found.captures", 1] },
              state: { $arrayElemAt: ["$$found.captures", 2] },
              zip: { $arrayElemAt: ["$$found.captures", 3] }
            }
          ] }
        } },
        null
      ] },
      down0: { $ifNull: [
        { $ifNull: [
          "$postal.text",
          { $cond: [
            { $and: [
              { $eq: [{ $type: "$postal.street" }, "string"] },
              { $eq: [{ $type: "$postal.city" }, "string"] },
              { $eq: [{ $type: "$postal.state" }, "string"] },
              { $eq: [{ $type: "$postal.zip" }, "string"] }
            ] },
            { $concat: ["$postal.street", ", ", "$postal.city", ", ", "$postal.state", " ", "$postal.zip"] },
            null
          ] }
        ] },
        null
      ] }
    },
    in: { $or: [
      { $and: [
        { $eq: [{ $ifNull: ["$address", null] }, null] },
        { $eq: [{ $ifNull: ["$postal", null] }, null] }
      ] },
      { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$postal", null] }, "$$up0"] }] },
      { $and: [
        { $ne: [{ $ifNull: ["$postal", null] }, null] },
        { $eq: [{ $ifNull: ["$address", null] }, "$$down0"] }
      ] },
      { $and: [
        { $eq: ["$$up0", null] },
        { $eq: [{ $ifNull: ["$postal", null] }, { $ifNull: [{ text: "$address" }, null] }] }
      ] }
    ] }
  } } },
  validationLevel: "strict",
  validationAction: "error"
});

======== verify.js
// Plan mongo-restructure-field, fingerprint 809fc1efee02
// Phase verify. For review; `plan advance mongo-restructure-field --phase verify` runs it.

// verify.1: prove address-agrees-with-postal on all documents of customers
//   why   one scan for all of them; one document that breaks a rule stops the plan
//   lock  none on shop.customers, during the scan; nobody waits
//   takes one scan of shop.customers
// count
db.runCommand({
  aggregate: "customers",
  pipeline: [
    { $group: {
      _id: null,
      checked: { $sum: 1 },
      v0: { $sum: { $cond: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $let: {
                vars: { found: { $cond: [
                  { $eq: [{ $type: "$address" }, "string"] },
                  { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
                  null
                ] } },
                in: { $cond: [
                  { $eq: [{ $ifNull: ["$$found", null] }, null] },
                  null,
                  {
                    street: { $arrayElemAt: ["$$found.captures", 0] },
                    city: { $arrayElemAt: ["$$found.captures", 1] },
                    state: { $arrayElemAt: ["$$found.captures", 2] },
                    zip: { $arrayElemAt: ["$$found.captures", 3] }
                  }
                ] }
              } },
              null
            ] },
            down0: { $ifNull: [
              { $ifNull: [
                "$postal.text",
                { $cond: [
                  { $and: [
                    { $eq: [{ $type: "$postal.street" }, "string"] },
                    { $eq: [{ $type: "$postal.city" }, "string"] },
                    { $eq: [{ $type: "$postal.state" }, "string"] },
                    { $eq: [{ $type: "$postal.zip" }, "string"] }
                  ] },
                  { $concat: [
                    "$postal.street",
                    ", ",
                    "$postal.city",
                    ", ",
                    "$postal.state",
                    " ",
                    "$postal.zip"
                  ] },
                  null
                ] }
              ] },
              null
            ] }
          },
          in: { $or: [
            { $and: [
              { $eq: [{ $ifNull: ["$address", null] }, null] },
              { $eq: [{ $ifNull: ["$postal", null] }, null] }
            ] },
            { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$postal", null] }, "$$up0"] }] },
            { $and: [
              { $ne: [{ $ifNull: ["$postal", null] }, null] },
              { $eq: [{ $ifNull: ["$address", null] }, "$$down0"] }
            ] },
            { $and: [
              { $eq: ["$$up0", null] },
              { $eq: [{ $ifNull: ["$postal", null] }, { $ifNull: [{ text: "$address" }, null] }] }
            ] }
          ] }
        } },
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
  aggregate: "customers",
  pipeline: [
    { $match: { $expr: { $not: [{ $let: {
      vars: {
        up0: { $ifNull: [
          { $let: {
            vars: { found: { $cond: [
              { $eq: [{ $type: "$address" }, "string"] },
              { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
              null
            ] } },
            in: { $cond: [
              { $eq: [{ $ifNull: ["$$found", null] }, null] },
              null,
              {
                street: { $arrayElemAt: ["$$found.captures", 0] },
                city: { $arrayElemAt: ["$$found.captures", 1] },
                state: { $arrayElemAt: ["$$found.captures", 2] },
                zip: { $arrayElemAt: ["$$found.captures", 3] }
              }
            ] }
          } },
          null
        ] },
        down0: { $ifNull: [
          { $ifNull: [
            "$postal.text",
            { $cond: [
              { $and: [
                { $eq: [{ $type: "$postal.street" }, "string"] },
                { $eq: [{ $type: "$postal.city" }, "string"] },
                { $eq: [{ $type: "$postal.state" }, "string"] },
                { $eq: [{ $type: "$postal.zip" }, "string"] }
              ] },
              { $concat: ["$postal.street", ", ", "$postal.city", ", ", "$postal.state", " ", "$postal.zip"] },
              null
            ] }
          ] },
          null
        ] }
      },
      in: { $or: [
        { $and: [
          { $eq: [{ $ifNull: ["$address", null] }, null] },
          { $eq: [{ $ifNull: ["$postal", null] }, null] }
        ] },
        { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$postal", null] }, "$$up0"] }] },
        { $and: [
          { $ne: [{ $ifNull: ["$postal", null] }, null] },
          { $eq: [{ $ifNull: ["$address", null] }, "$$down0"] }
        ] },
        { $and: [
          { $eq: ["$$up0", null] },
          { $eq: [{ $ifNull: ["$postal", null] }, { $ifNull: [{ text: "$address" }, null] }] }
        ] }
      ] }
    } }] } } },
    { $sort: { _id: 1 } },
    { $limit: limit },
    { $project: { _id: 0, key: "$_id" } }
  ],
  cursor: {}
})

// verify.2: prove that customers has its validator
//   why   one that somebody took away would show only later
//   lock  none on shop.customers, a moment; nobody waits
//   takes a moment
// check
// looks up: the validator of customers is the plan’s

======== contract.js
// Plan mongo-restructure-field, fingerprint 809fc1efee02
// Phase contract. For review; `plan advance mongo-restructure-field --phase contract` runs it.

// contract.1: retire the old shape of customers: its validator no longer asks for it
//   why   writers may stop writing it, while going back still brings both together
//   lock  collection X lock on shop.customers, a moment; reads and writes wait
//   takes a moment
db.runCommand({ collMod: "customers", validator: {}, validationLevel: "strict", validationAction: "error" });

// contract.2: take address of customers away, page by page
//   why   the point of no return
//   lock  document locks on shop.customers, per batch; only writers of the same documents wait
//   takes many short batches over shop.customers
//   POINT OF NO RETURN: this cannot be undone
// end, page_first, page, page_beyond: as in expand.1
// estimate, cuts: as in backfill.1
// remaining
db.runCommand({
  aggregate: "customers",
  pipeline: [
    { $match: { $or: [{ address: { $exists: true } }] } },
    { $limit: 1 },
    { $project: { _id: 0, remaining: { $literal: true } } }
  ],
  cursor: {}
});
// batch
(ids) => db.runCommand({
  update: "customers",
  updates: [{
    q: { _id: { $in: ids }, $or: [{ address: { $exists: true } }] },
    u: [{ $unset: ["address"] }],
    multi: true
  }]
})

======== undo.js
// Plan mongo-restructure-field, fingerprint 809fc1efee02
// Undo of every step that has one, the last step first.
// For review; `plan rollback mongo-restructure-field` runs it, only for steps that were done, and first counts what would be lost.
// contract.2 cannot be undone: this file is of no use after it.

// undo of contract.1: retire the old shape of customers: its validator no longer asks for it
//   first gives documents what the old shape lacks
// end, page_first, page, page_beyond: as in expand.1
// undo
(ids) => db.runCommand({
  update: "customers",
  updates: [{
    q: {
      _id: { $in: ids },
      $expr: { $or: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $let: {
                vars: { found: { $cond: [
                  { $eq: [{ $type: "$address" }, "string"] },
                  { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
                  null
                ] } },
                in: { $cond: [
                  { $eq: [{ $ifNull: ["$$found", null] }, null] },
                  null,
                  {
                    street: { $arrayElemAt: ["$$found.captures", 0] },
                    city: { $arrayElemAt: ["$$found.captures", 1] },
                    state: { $arrayElemAt: ["$$found.captures", 2] },
                    zip: { $arrayElemAt: ["$$found.captures", 3] }
                  }
                ] }
              } },
              null
            ] },
            down0: { $ifNull: [
              { $ifNull: [
                "$postal.text",
                { $cond: [
                  { $and: [
                    { $eq: [{ $type: "$postal.street" }, "string"] },
                    { $eq: [{ $type: "$postal.city" }, "string"] },
                    { $eq: [{ $type: "$postal.state" }, "string"] },
                    { $eq: [{ $type: "$postal.zip" }, "string"] }
                  ] },
                  { $concat: [
                    "$postal.street",
                    ", ",
                    "$postal.city",
                    ", ",
                    "$postal.state",
                    " ",
                    "$postal.zip"
                  ] },
                  null
                ] }
              ] },
              null
            ] }
          },
          in: { $and: [
            { $and: [{ $ne: [{ $ifNull: ["$postal", null] }, null] }, { $ne: ["$$down0", null] }] },
            { $not: [{ $or: [
              { $and: [
                { $eq: [{ $ifNull: ["$address", null] }, null] },
                { $eq: [{ $ifNull: ["$postal", null] }, null] }
              ] },
              { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$postal", null] }, "$$up0"] }] },
              { $and: [
                { $ne: [{ $ifNull: ["$postal", null] }, null] },
                { $eq: [{ $ifNull: ["$address", null] }, "$$down0"] }
              ] },
              { $and: [
                { $eq: ["$$up0", null] },
                { $eq: [{ $ifNull: ["$postal", null] }, { $ifNull: [{ text: "$address" }, null] }] }
              ] }
            ] }] }
          ] }
        } },
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $let: {
                vars: { found: { $cond: [
                  { $eq: [{ $type: "$address" }, "string"] },
                  { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
                  null
                ] } },
                in: { $cond: [
                  { $eq: [{ $ifNull: ["$$found", null] }, null] },
                  null,
                  {
                    street: { $arrayElemAt: ["$$found.captures", 0] },
                    city: { $arrayElemAt: ["$$found.captures", 1] },
                    state: { $arrayElemAt: ["$$found.captures", 2] },
                    zip: { $arrayElemAt: ["$$found.captures", 3] }
                  }
                ] }
              } },
              null
            ] },
            down0: { $ifNull: [
              { $ifNull: [
                "$postal.text",
                { $cond: [
                  { $and: [
                    { $eq: [{ $type: "$postal.street" }, "string"] },
                    { $eq: [{ $type: "$postal.city" }, "string"] },
                    { $eq: [{ $type: "$postal.state" }, "string"] },
                    { $eq: [{ $type: "$postal.zip" }, "string"] }
                  ] },
                  { $concat: [
                    "$postal.street",
                    ", ",
                    "$postal.city",
                    ", ",
                    "$postal.state",
                    " ",
                    "$postal.zip"
                  ] },
                  null
                ] }
              ] },
              null
            ] }
          },
          in: { $and: [
            { $ne: [{ $ifNull: ["$address", null] }, null] },
            { $eq: [{ $ifNull: ["$postal", null] }, null] },
            { $not: [{ $or: [
              { $and: [
                { $eq: [{ $ifNull: ["$address", null] }, null] },
                { $eq: [{ $ifNull: ["$postal", null] }, null] }
              ] },
              { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$postal", null] }, "$$up0"] }] },
              { $and: [
                { $ne: [{ $ifNull: ["$postal", null] }, null] },
                { $eq: [{ $ifNull: ["$address", null] }, "$$down0"] }
              ] },
              { $and: [
                { $eq: ["$$up0", null] },
                { $eq: [{ $ifNull: ["$postal", null] }, { $ifNull: [{ text: "$address" }, null] }] }
              ] }
            ] }] }
          ] }
        } }
      ] }
    },
    u: [
      { $set: { address: { $cond: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $let: {
                vars: { found: { $cond: [
                  { $eq: [{ $type: "$address" }, "string"] },
                  { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
                  null
                ] } },
                in: { $cond: [
                  { $eq: [{ $ifNull: ["$$found", null] }, null] },
                  null,
                  {
                    street: { $arrayElemAt: ["$$found.captures", 0] },
                    city: { $arrayElemAt: ["$$found.captures", 1] },
                    state: { $arrayElemAt: ["$$found.captures", 2] },
                    zip: { $arrayElemAt: ["$$found.captures", 3] }
                  }
                ] }
              } },
              null
            ] },
            down0: { $ifNull: [
              { $ifNull: [
                "$postal.text",
                { $cond: [
                  { $and: [
                    { $eq: [{ $type: "$postal.street" }, "string"] },
                    { $eq: [{ $type: "$postal.city" }, "string"] },
                    { $eq: [{ $type: "$postal.state" }, "string"] },
                    { $eq: [{ $type: "$postal.zip" }, "string"] }
                  ] },
                  { $concat: [
                    "$postal.street",
                    ", ",
                    "$postal.city",
                    ", ",
                    "$postal.state",
                    " ",
                    "$postal.zip"
                  ] },
                  null
                ] }
              ] },
              null
            ] }
          },
          in: { $and: [
            { $and: [{ $ne: [{ $ifNull: ["$postal", null] }, null] }, { $ne: ["$$down0", null] }] },
            { $not: [{ $or: [
              { $and: [
                { $eq: [{ $ifNull: ["$address", null] }, null] },
                { $eq: [{ $ifNull: ["$postal", null] }, null] }
              ] },
              { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$postal", null] }, "$$up0"] }] },
              { $and: [
                { $ne: [{ $ifNull: ["$postal", null] }, null] },
                { $eq: [{ $ifNull: ["$address", null] }, "$$down0"] }
              ] },
              { $and: [
                { $eq: ["$$up0", null] },
                { $eq: [{ $ifNull: ["$postal", null] }, { $ifNull: [{ text: "$address" }, null] }] }
              ] }
            ] }] }
          ] }
        } },
        { $ifNull: [
          { $ifNull: [
            "$postal.text",
            { $cond: [
              { $and: [
                { $eq: [{ $type: "$postal.street" }, "string"] },
                { $eq: [{ $type: "$postal.city" }, "string"] },
                { $eq: [{ $type: "$postal.state" }, "string"] },
                { $eq: [{ $type: "$postal.zip" }, "string"] }
              ] },
              { $concat: ["$postal.street", ", ", "$postal.city", ", ", "$postal.state", " ", "$postal.zip"] },
              null
            ] }
          ] },
          "$$REMOVE"
        ] },
        "$address"
      ] } } },
      { $set: { postal: { $cond: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $let: {
                vars: { found: { $cond: [
                  { $eq: [{ $type: "$address" }, "string"] },
                  { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
                  null
                ] } },
                in: { $cond: [
                  { $eq: [{ $ifNull: ["$$found", null] }, null] },
                  null,
                  {
                    street: { $arrayElemAt: ["$$found.captures", 0] },
                    city: { $arrayElemAt: ["$$found.captures", 1] },
                    state: { $arrayElemAt: ["$$found.captures", 2] },
                    zip: { $arrayElemAt: ["$$found.captures", 3] }
                  }
                ] }
              } },
              null
            ] },
            down0: { $ifNull: [
              { $ifNull: [
                "$postal.text",
                { $cond: [
                  { $and: [
                    { $eq: [{ $type: "$postal.street" }, "string"] },
                    { $eq: [{ $type: "$postal.city" }, "string"] },
                    { $eq: [{ $type: "$postal.state" }, "string"] },
                    { $eq: [{ $type: "$postal.zip" }, "string"] }
                  ] },
                  { $concat: [
                    "$postal.street",
                    ", ",
                    "$postal.city",
                    ", ",
                    "$postal.state",
                    " ",
                    "$postal.zip"
                  ] },
                  null
                ] }
              ] },
              null
            ] }
          },
          in: { $and: [
            { $ne: [{ $ifNull: ["$address", null] }, null] },
            { $eq: [{ $ifNull: ["$postal", null] }, null] },
            { $not: [{ $or: [
              { $and: [
                { $eq: [{ $ifNull: ["$address", null] }, null] },
                { $eq: [{ $ifNull: ["$postal", null] }, null] }
              ] },
              { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$postal", null] }, "$$up0"] }] },
              { $and: [
                { $ne: [{ $ifNull: ["$postal", null] }, null] },
                { $eq: [{ $ifNull: ["$address", null] }, "$$down0"] }
              ] },
              { $and: [
                { $eq: ["$$up0", null] },
                { $eq: [{ $ifNull: ["$postal", null] }, { $ifNull: [{ text: "$address" }, null] }] }
              ] }
            ] }] }
          ] }
        } },
        { $ifNull: [
          { $cond: [
            { $ne: [
              { $ifNull: [
                { $let: {
                  vars: { found: { $cond: [
                    { $eq: [{ $type: "$address" }, "string"] },
                    { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
                    null
                  ] } },
                  in: { $cond: [
                    { $eq: [{ $ifNull: ["$$found", null] }, null] },
                    null,
                    {
                      street: { $arrayElemAt: ["$$found.captures", 0] },
                      city: { $arrayElemAt: ["$$found.captures", 1] },
                      state: { $arrayElemAt: ["$$found.captures", 2] },
                      zip: { $arrayElemAt: ["$$found.captures", 3] }
                    }
                  ] }
                } },
                null
              ] },
              null
            ] },
            { $let: {
              vars: { found: { $cond: [
                { $eq: [{ $type: "$address" }, "string"] },
                { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
                null
              ] } },
              in: { $cond: [
                { $eq: [{ $ifNull: ["$$found", null] }, null] },
                null,
                {
                  street: { $arrayElemAt: ["$$found.captures", 0] },
                  city: { $arrayElemAt: ["$$found.captures", 1] },
                  state: { $arrayElemAt: ["$$found.captures", 2] },
                  zip: { $arrayElemAt: ["$$found.captures", 3] }
                }
              ] }
            } },
            { text: "$address" }
          ] },
          "$$REMOVE"
        ] },
        "$postal"
      ] } } }
    ],
    multi: true
  }]
})
db.runCommand({
  collMod: "customers",
  validator: { $expr: { $let: {
    vars: {
      up0: { $ifNull: [
        { $let: {
          vars: { found: { $cond: [
            { $eq: [{ $type: "$address" }, "string"] },
            { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
            null
          ] } },
          in: { $cond: [
            { $eq: [{ $ifNull: ["$$found", null] }, null] },
            null,
            {
              street: { $arrayElemAt: ["$$found.captures", 0] },
              city: { $arrayElemAt: ["$$found.captures", 1] },
              state: { $arrayElemAt: ["$$found.captures", 2] },
              zip: { $arrayElemAt: ["$$found.captures", 3] }
            }
          ] }
        } },
        null
      ] },
      down0: { $ifNull: [
        { $ifNull: [
          "$postal.text",
          { $cond: [
            { $and: [
              { $eq: [{ $type: "$postal.street" }, "string"] },
              { $eq: [{ $type: "$postal.city" }, "string"] },
              { $eq: [{ $type: "$postal.state" }, "string"] },
              { $eq: [{ $type: "$postal.zip" }, "string"] }
            ] },
            { $concat: ["$postal.street", ", ", "$postal.city", ", ", "$postal.state", " ", "$postal.zip"] },
            null
          ] }
        ] },
        null
      ] }
    },
    in: { $or: [
      { $and: [
        { $eq: [{ $ifNull: ["$address", null] }, null] },
        { $eq: [{ $ifNull: ["$postal", null] }, null] }
      ] },
      { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$postal", null] }, "$$up0"] }] },
      { $and: [
        { $ne: [{ $ifNull: ["$postal", null] }, null] },
        { $eq: [{ $ifNull: ["$address", null] }, "$$down0"] }
      ] },
      { $and: [
        { $eq: ["$$up0", null] },
        { $eq: [{ $ifNull: ["$postal", null] }, { $ifNull: [{ text: "$address" }, null] }] }
      ] }
    ] }
  } } },
  validationLevel: "strict",
  validationAction: "error"
});

// undo of enforce.2: seal customers: its validator holds every writer to the new shape
db.runCommand({ collMod: "customers", validator: {}, validationLevel: "strict", validationAction: "error" });

// undo of expand.1: try what becomes of postal on every document of customers
//   takes the new fields away again
// end, page_first, page, page_beyond: as in expand.1
// undo
(ids) => db.runCommand({
  update: "customers",
  updates: [{
    q: { _id: { $in: ids }, $or: [{ postal: { $exists: true } }] },
    u: [
      { $set: { address: { $cond: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $let: {
                vars: { found: { $cond: [
                  { $eq: [{ $type: "$address" }, "string"] },
                  { $regexFind: { input: "$address", regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } },
                  null
                ] } },
                in: { $cond: [
                  { $eq: [{ $ifNull: ["$$found", null] }, null] },
                  null,
                  {
                    street: { $arrayElemAt: ["$$found.captures", 0] },
                    city: { $arrayElemAt: ["$$found.captures", 1] },
                    state: { $arrayElemAt: ["$$found.captures", 2] },
                    zip: { $arrayElemAt: ["$$found.captures", 3] }
                  }
                ] }
              } },
              null
            ] },
            down0: { $ifNull: [
              { $ifNull: [
                "$postal.text",
                { $cond: [
                  { $and: [
                    { $eq: [{ $type: "$postal.street" }, "string"] },
                    { $eq: [{ $type: "$postal.city" }, "string"] },
                    { $eq: [{ $type: "$postal.state" }, "string"] },
                    { $eq: [{ $type: "$postal.zip" }, "string"] }
                  ] },
                  { $concat: [
                    "$postal.street",
                    ", ",
                    "$postal.city",
                    ", ",
                    "$postal.state",
                    " ",
                    "$postal.zip"
                  ] },
                  null
                ] }
              ] },
              null
            ] }
          },
          in: { $and: [
            { $eq: [{ $ifNull: ["$address", null] }, null] },
            { $and: [{ $ne: [{ $ifNull: ["$postal", null] }, null] }, { $ne: ["$$down0", null] }] }
          ] }
        } },
        { $ifNull: [
          { $ifNull: [
            "$postal.text",
            { $cond: [
              { $and: [
                { $eq: [{ $type: "$postal.street" }, "string"] },
                { $eq: [{ $type: "$postal.city" }, "string"] },
                { $eq: [{ $type: "$postal.state" }, "string"] },
                { $eq: [{ $type: "$postal.zip" }, "string"] }
              ] },
              { $concat: ["$postal.street", ", ", "$postal.city", ", ", "$postal.state", " ", "$postal.zip"] },
              null
            ] }
          ] },
          "$$REMOVE"
        ] },
        "$address"
      ] } } },
      { $unset: ["postal"] }
    ],
    multi: true
  }]
})
