======== expand.js
// Plan mongo-split-field, fingerprint dbf5c5e3af27
// Phase expand. For review; `plan advance mongo-split-field --phase expand` runs it.

// expand.1: try what becomes of first_name, last_name on every document of people
//   why   reads only; what cannot be converted, and what is there already with another value, is counted before anything is written
//   lock  none on shop.people, during the scan; nobody waits
//   takes one scan of shop.people
// end
db.runCommand({
  aggregate: "people",
  pipeline: [{ $sort: { _id: -1 } }, { $limit: 1 }, { $project: { _id: 0, k0: "$_id" } }],
  cursor: {}
});
// page_first
(limit, end) => db.runCommand({
  aggregate: "people",
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
  aggregate: "people",
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
  aggregate: "people",
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
  aggregate: "people",
  pipeline: [
    { $match: { _id: { $in: ids } } },
    { $group: {
      _id: null,
      unparsed: { $sum: { $cond: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            up1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                    ],
                    as: "one",
                    cond: { $ne: ["$$one", null] }
                  } } },
                  in: { $cond: [
                    { $eq: ["$$filled", []] },
                    null,
                    { $let: {
                      vars: { joined: { $reduce: {
                        input: "$$filled",
                        initialValue: "",
                        in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                      } } },
                      in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                    } }
                  ] }
                } }
              ] },
              null
            ] }
          },
          in: { $and: [
            { $ne: [{ $ifNull: ["$full_name", null] }, null] },
            { $not: [{ $or: [
              { $ne: [{ $ifNull: ["$first_name", null] }, null] },
              { $ne: [{ $ifNull: ["$last_name", null] }, null] }
            ] }] },
            { $not: [{ $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] }] }
          ] }
        } },
        1,
        0
      ] } },
      answered: { $sum: 0 },
      taken: { $sum: { $cond: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            up1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                    ],
                    as: "one",
                    cond: { $ne: ["$$one", null] }
                  } } },
                  in: { $cond: [
                    { $eq: ["$$filled", []] },
                    null,
                    { $let: {
                      vars: { joined: { $reduce: {
                        input: "$$filled",
                        initialValue: "",
                        in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                      } } },
                      in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                    } }
                  ] }
                } }
              ] },
              null
            ] }
          },
          in: { $and: [
            { $or: [
              { $ne: [{ $ifNull: ["$first_name", null] }, null] },
              { $ne: [{ $ifNull: ["$last_name", null] }, null] }
            ] },
            { $not: [{ $or: [
              { $and: [
                { $eq: [{ $ifNull: ["$full_name", null] }, null] },
                { $not: [{ $or: [
                  { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                  { $ne: [{ $ifNull: ["$last_name", null] }, null] }
                ] }] }
              ] },
              { $and: [
                { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
                { $eq: [{ $ifNull: ["$first_name", null] }, "$$up0"] },
                { $eq: [{ $ifNull: ["$last_name", null] }, "$$up1"] }
              ] },
              { $and: [
                { $or: [
                  { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                  { $ne: [{ $ifNull: ["$last_name", null] }, null] }
                ] },
                { $eq: [{ $ifNull: ["$full_name", null] }, "$$down0"] }
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
  aggregate: "people",
  pipeline: [
    { $match: {
      _id: { $in: ids },
      $expr: { $or: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            up1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                    ],
                    as: "one",
                    cond: { $ne: ["$$one", null] }
                  } } },
                  in: { $cond: [
                    { $eq: ["$$filled", []] },
                    null,
                    { $let: {
                      vars: { joined: { $reduce: {
                        input: "$$filled",
                        initialValue: "",
                        in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                      } } },
                      in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                    } }
                  ] }
                } }
              ] },
              null
            ] }
          },
          in: { $and: [
            { $ne: [{ $ifNull: ["$full_name", null] }, null] },
            { $not: [{ $or: [
              { $ne: [{ $ifNull: ["$first_name", null] }, null] },
              { $ne: [{ $ifNull: ["$last_name", null] }, null] }
            ] }] },
            { $not: [{ $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] }] }
          ] }
        } },
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            up1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                    ],
                    as: "one",
                    cond: { $ne: ["$$one", null] }
                  } } },
                  in: { $cond: [
                    { $eq: ["$$filled", []] },
                    null,
                    { $let: {
                      vars: { joined: { $reduce: {
                        input: "$$filled",
                        initialValue: "",
                        in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                      } } },
                      in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                    } }
                  ] }
                } }
              ] },
              null
            ] }
          },
          in: { $and: [
            { $or: [
              { $ne: [{ $ifNull: ["$first_name", null] }, null] },
              { $ne: [{ $ifNull: ["$last_name", null] }, null] }
            ] },
            { $not: [{ $or: [
              { $and: [
                { $eq: [{ $ifNull: ["$full_name", null] }, null] },
                { $not: [{ $or: [
                  { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                  { $ne: [{ $ifNull: ["$last_name", null] }, null] }
                ] }] }
              ] },
              { $and: [
                { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
                { $eq: [{ $ifNull: ["$first_name", null] }, "$$up0"] },
                { $eq: [{ $ifNull: ["$last_name", null] }, "$$up1"] }
              ] },
              { $and: [
                { $or: [
                  { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                  { $ne: [{ $ifNull: ["$last_name", null] }, null] }
                ] },
                { $eq: [{ $ifNull: ["$full_name", null] }, "$$down0"] }
              ] }
            ] }] }
          ] }
        } }
      ] }
    } },
    { $limit: 5 },
    { $project: {
      _id: 0,
      key: "$_id",
      why: { $cond: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            up1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                    ],
                    as: "one",
                    cond: { $ne: ["$$one", null] }
                  } } },
                  in: { $cond: [
                    { $eq: ["$$filled", []] },
                    null,
                    { $let: {
                      vars: { joined: { $reduce: {
                        input: "$$filled",
                        initialValue: "",
                        in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                      } } },
                      in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                    } }
                  ] }
                } }
              ] },
              null
            ] }
          },
          in: { $and: [
            { $ne: [{ $ifNull: ["$full_name", null] }, null] },
            { $not: [{ $or: [
              { $ne: [{ $ifNull: ["$first_name", null] }, null] },
              { $ne: [{ $ifNull: ["$last_name", null] }, null] }
            ] }] },
            { $not: [{ $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] }] }
          ] }
        } },
        "unparsed",
        "taken"
      ] }
    } }
  ],
  cursor: {}
})
// large
db.runCommand({
  aggregate: "people",
  pipeline: [
    { $match: {
      _id: { $in: $1 },
      $expr: { $let: {
        vars: {
          up0: { $ifNull: [
            { $cond: [
              { $eq: [{ $type: "$full_name" }, "string"] },
              { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
              null
            ] },
            null
          ] },
          up1: { $ifNull: [
            { $cond: [
              { $eq: [{ $type: "$full_name" }, "string"] },
              { $let: {
                vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
                in: { $cond: [
                  { $gte: ["$$found", 0] },
                  { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                  null
                ] }
              } },
              null
            ] },
            null
          ] },
          down0: { $ifNull: [
            { $cond: [
              { $or: [
                { $and: [
                  { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                  { $eq: [
                    { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                    null
                  ] }
                ] },
                { $and: [
                  { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                  { $eq: [
                    { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                    null
                  ] }
                ] }
              ] },
              null,
              { $let: {
                vars: { filled: { $filter: {
                  input: [
                    { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                    { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                  ],
                  as: "one",
                  cond: { $ne: ["$$one", null] }
                } } },
                in: { $cond: [
                  { $eq: ["$$filled", []] },
                  null,
                  { $let: {
                    vars: { joined: { $reduce: {
                      input: "$$filled",
                      initialValue: "",
                      in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                    } } },
                    in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                  } }
                ] }
              } }
            ] },
            null
          ] }
        },
        in: { $and: [
          { $ne: [{ $ifNull: ["$full_name", null] }, null] },
          { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
          { $not: [{ $or: [
            { $and: [
              { $eq: [{ $ifNull: ["$full_name", null] }, null] },
              { $not: [{ $or: [
                { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                { $ne: [{ $ifNull: ["$last_name", null] }, null] }
              ] }] }
            ] },
            { $and: [
              { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
              { $eq: [{ $ifNull: ["$first_name", null] }, "$$up0"] },
              { $eq: [{ $ifNull: ["$last_name", null] }, "$$up1"] }
            ] },
            { $and: [
              { $or: [
                { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                { $ne: [{ $ifNull: ["$last_name", null] }, null] }
              ] },
              { $eq: [{ $ifNull: ["$full_name", null] }, "$$down0"] }
            ] }
          ] }] }
        ] }
      } }
    } },
    { $set: { plan_weighed: {
      whole: { $bsonSize: "$$ROOT" },
      parts: { $add: [
        { $bsonSize: { first_name: "$first_name" } },
        { $bsonSize: { last_name: "$last_name" } },
        { $bsonSize: { full_name: "$full_name" } }
      ] }
    } } },
    { $set: {
      first_name: { $ifNull: [
        { $cond: [
          { $eq: [{ $type: "$full_name" }, "string"] },
          { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
          null
        ] },
        "$$REMOVE"
      ] },
      last_name: { $ifNull: [
        { $cond: [
          { $eq: [{ $type: "$full_name" }, "string"] },
          { $let: {
            vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
            in: { $cond: [
              { $gte: ["$$found", 0] },
              { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
              null
            ] }
          } },
          null
        ] },
        "$$REMOVE"
      ] }
    } },
    { $match: { $expr: { $gt: [
      { $add: [
        "$plan_weighed.whole",
        { $subtract: [
          { $add: [
            { $bsonSize: { first_name: "$first_name" } },
            { $bsonSize: { last_name: "$last_name" } },
            { $bsonSize: { full_name: "$full_name" } }
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

======== backfill.js
// Plan mongo-split-field, fingerprint dbf5c5e3af27
// Phase backfill. For review; `plan advance mongo-split-field --phase backfill` runs it.

// backfill.1: fill first_name, last_name of people, page by page
//   why   each document is computed from what it holds at that moment, and only where that is still needed; each page is confirmed before the next one begins
//   lock  document locks on shop.people, per batch; only writers of the same documents wait
//   takes many short batches over shop.people
// end, page_first, page, page_beyond: as in expand.1
// estimate
db.runCommand({ count: "people" });
// cuts
db.runCommand({
  aggregate: "people",
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
  aggregate: "people",
  pipeline: [
    { $match: { $expr: { $let: {
      vars: {
        up0: { $ifNull: [
          { $cond: [
            { $eq: [{ $type: "$full_name" }, "string"] },
            { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
            null
          ] },
          null
        ] },
        up1: { $ifNull: [
          { $cond: [
            { $eq: [{ $type: "$full_name" }, "string"] },
            { $let: {
              vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
              in: { $cond: [
                { $gte: ["$$found", 0] },
                { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                null
              ] }
            } },
            null
          ] },
          null
        ] },
        down0: { $ifNull: [
          { $cond: [
            { $or: [
              { $and: [
                { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                { $eq: [
                  { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] },
              { $and: [
                { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                { $eq: [
                  { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] }
            ] },
            null,
            { $let: {
              vars: { filled: { $filter: {
                input: [
                  { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                  { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                ],
                as: "one",
                cond: { $ne: ["$$one", null] }
              } } },
              in: { $cond: [
                { $eq: ["$$filled", []] },
                null,
                { $let: {
                  vars: { joined: { $reduce: {
                    input: "$$filled",
                    initialValue: "",
                    in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                  } } },
                  in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                } }
              ] }
            } }
          ] },
          null
        ] }
      },
      in: { $and: [
        { $ne: [{ $ifNull: ["$full_name", null] }, null] },
        { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
        { $not: [{ $or: [
          { $and: [
            { $eq: [{ $ifNull: ["$full_name", null] }, null] },
            { $not: [{ $or: [
              { $ne: [{ $ifNull: ["$first_name", null] }, null] },
              { $ne: [{ $ifNull: ["$last_name", null] }, null] }
            ] }] }
          ] },
          { $and: [
            { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
            { $eq: [{ $ifNull: ["$first_name", null] }, "$$up0"] },
            { $eq: [{ $ifNull: ["$last_name", null] }, "$$up1"] }
          ] },
          { $and: [
            { $or: [
              { $ne: [{ $ifNull: ["$first_name", null] }, null] },
              { $ne: [{ $ifNull: ["$last_name", null] }, null] }
            ] },
            { $eq: [{ $ifNull: ["$full_name", null] }, "$$down0"] }
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
  update: "people",
  updates: [{
    q: {
      _id: { $in: ids },
      $expr: { $let: {
        vars: {
          up0: { $ifNull: [
            { $cond: [
              { $eq: [{ $type: "$full_name" }, "string"] },
              { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
              null
            ] },
            null
          ] },
          up1: { $ifNull: [
            { $cond: [
              { $eq: [{ $type: "$full_name" }, "string"] },
              { $let: {
                vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
                in: { $cond: [
                  { $gte: ["$$found", 0] },
                  { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                  null
                ] }
              } },
              null
            ] },
            null
          ] },
          down0: { $ifNull: [
            { $cond: [
              { $or: [
                { $and: [
                  { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                  { $eq: [
                    { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                    null
                  ] }
                ] },
                { $and: [
                  { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                  { $eq: [
                    { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                    null
                  ] }
                ] }
              ] },
              null,
              { $let: {
                vars: { filled: { $filter: {
                  input: [
                    { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                    { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                  ],
                  as: "one",
                  cond: { $ne: ["$$one", null] }
                } } },
                in: { $cond: [
                  { $eq: ["$$filled", []] },
                  null,
                  { $let: {
                    vars: { joined: { $reduce: {
                      input: "$$filled",
                      initialValue: "",
                      in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                    } } },
                    in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                  } }
                ] }
              } }
            ] },
            null
          ] }
        },
        in: { $and: [
          { $ne: [{ $ifNull: ["$full_name", null] }, null] },
          { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
          { $not: [{ $or: [
            { $and: [
              { $eq: [{ $ifNull: ["$full_name", null] }, null] },
              { $not: [{ $or: [
                { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                { $ne: [{ $ifNull: ["$last_name", null] }, null] }
              ] }] }
            ] },
            { $and: [
              { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
              { $eq: [{ $ifNull: ["$first_name", null] }, "$$up0"] },
              { $eq: [{ $ifNull: ["$last_name", null] }, "$$up1"] }
            ] },
            { $and: [
              { $or: [
                { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                { $ne: [{ $ifNull: ["$last_name", null] }, null] }
              ] },
              { $eq: [{ $ifNull: ["$full_name", null] }, "$$down0"] }
            ] }
          ] }] }
        ] }
      } }
    },
    u: [{ $set: {
      first_name: { $ifNull: [
        { $cond: [
          { $eq: [{ $type: "$full_name" }, "string"] },
          { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
          null
        ] },
        "$$REMOVE"
      ] },
      last_name: { $ifNull: [
        { $cond: [
          { $eq: [{ $type: "$full_name" }, "string"] },
          { $let: {
            vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
            in: { $cond: [
              { $gte: ["$$found", 0] },
              { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
              null
            ] }
          } },
          null
        ] },
        "$$REMOVE"
      ] }
    } }],
    multi: true
  }]
})
// emptied
(ids) => db.runCommand({
  update: "people",
  updates: [{
    q: {
      _id: { $in: ids },
      $expr: { $and: [
        { $eq: [{ $ifNull: ["$full_name", null] }, null] },
        { $or: [
          { $ne: [{ $ifNull: ["$first_name", null] }, null] },
          { $ne: [{ $ifNull: ["$last_name", null] }, null] }
        ] }
      ] }
    },
    u: [{ $unset: ["first_name", "last_name"] }],
    multi: true
  }]
})

======== enforce.js
// Plan mongo-split-field, fingerprint dbf5c5e3af27
// Phase enforce. For review; `plan advance mongo-split-field --phase enforce` runs it.

// enforce.1: build index last_name_1
//   why   beside running writes to people, which do not wait for it
//   lock  intent locks on shop.people, during the build; nobody waits
//   takes one index build on shop.people
db.runCommand({ createIndexes: "people", indexes: [{ key: { last_name: 1 }, name: "last_name_1" }] });

// enforce.2: sweep people until nothing is found for a while
//   why   the evidence that every writer knows the new shape; what a sweep finds is filled
//   lock  document locks on shop.people, per batch; only writers of the same documents wait
//   takes many short batches over shop.people
// end, page_first, page, page_beyond: as in expand.1
// estimate, cuts, remaining, batch: as in backfill.1
// differs
db.runCommand({
  aggregate: "people",
  pipeline: [
    { $match: { $expr: { $let: {
      vars: {
        up0: { $ifNull: [
          { $cond: [
            { $eq: [{ $type: "$full_name" }, "string"] },
            { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
            null
          ] },
          null
        ] },
        up1: { $ifNull: [
          { $cond: [
            { $eq: [{ $type: "$full_name" }, "string"] },
            { $let: {
              vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
              in: { $cond: [
                { $gte: ["$$found", 0] },
                { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                null
              ] }
            } },
            null
          ] },
          null
        ] },
        down0: { $ifNull: [
          { $cond: [
            { $or: [
              { $and: [
                { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                { $eq: [
                  { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] },
              { $and: [
                { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                { $eq: [
                  { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] }
            ] },
            null,
            { $let: {
              vars: { filled: { $filter: {
                input: [
                  { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                  { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                ],
                as: "one",
                cond: { $ne: ["$$one", null] }
              } } },
              in: { $cond: [
                { $eq: ["$$filled", []] },
                null,
                { $let: {
                  vars: { joined: { $reduce: {
                    input: "$$filled",
                    initialValue: "",
                    in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                  } } },
                  in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                } }
              ] }
            } }
          ] },
          null
        ] }
      },
      in: { $and: [
        { $ne: [{ $ifNull: ["$full_name", null] }, null] },
        { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
        { $not: [{ $or: [
          { $and: [
            { $eq: [{ $ifNull: ["$full_name", null] }, null] },
            { $not: [{ $or: [
              { $ne: [{ $ifNull: ["$first_name", null] }, null] },
              { $ne: [{ $ifNull: ["$last_name", null] }, null] }
            ] }] }
          ] },
          { $and: [
            { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
            { $eq: [{ $ifNull: ["$first_name", null] }, "$$up0"] },
            { $eq: [{ $ifNull: ["$last_name", null] }, "$$up1"] }
          ] },
          { $and: [
            { $or: [
              { $ne: [{ $ifNull: ["$first_name", null] }, null] },
              { $ne: [{ $ifNull: ["$last_name", null] }, null] }
            ] },
            { $eq: [{ $ifNull: ["$full_name", null] }, "$$down0"] }
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
  aggregate: "people",
  pipeline: [
    { $match: { $expr: { $not: [{ $let: {
      vars: {
        up0: { $ifNull: [
          { $cond: [
            { $eq: [{ $type: "$full_name" }, "string"] },
            { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
            null
          ] },
          null
        ] },
        up1: { $ifNull: [
          { $cond: [
            { $eq: [{ $type: "$full_name" }, "string"] },
            { $let: {
              vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
              in: { $cond: [
                { $gte: ["$$found", 0] },
                { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                null
              ] }
            } },
            null
          ] },
          null
        ] },
        down0: { $ifNull: [
          { $cond: [
            { $or: [
              { $and: [
                { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                { $eq: [
                  { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] },
              { $and: [
                { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                { $eq: [
                  { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] }
            ] },
            null,
            { $let: {
              vars: { filled: { $filter: {
                input: [
                  { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                  { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                ],
                as: "one",
                cond: { $ne: ["$$one", null] }
              } } },
              in: { $cond: [
                { $eq: ["$$filled", []] },
                null,
                { $let: {
                  vars: { joined: { $reduce: {
                    input: "$$filled",
                    initialValue: "",
                    in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                  } } },
                  in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                } }
              ] }
            } }
          ] },
          null
        ] }
      },
      in: { $or: [
        { $and: [
          { $eq: [{ $ifNull: ["$full_name", null] }, null] },
          { $not: [{ $or: [
            { $ne: [{ $ifNull: ["$first_name", null] }, null] },
            { $ne: [{ $ifNull: ["$last_name", null] }, null] }
          ] }] }
        ] },
        { $and: [
          { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
          { $eq: [{ $ifNull: ["$first_name", null] }, "$$up0"] },
          { $eq: [{ $ifNull: ["$last_name", null] }, "$$up1"] }
        ] },
        { $and: [
          { $or: [
            { $ne: [{ $ifNull: ["$first_name", null] }, null] },
            { $ne: [{ $ifNull: ["$last_name", null] }, null] }
          ] },
          { $eq: [{ $ifNull: ["$full_name", null] }, "$$down0"] }
        ] }
      ] }
    } }] } } },
    { $limit: 5 },
    { $project: { _id: 0, key: "$_id" } }
  ],
  cursor: {}
});

// enforce.3: seal people: its validator holds every writer to the new shape
//   why   from here on the server itself refuses who knows only the old one; one command undoes it
//   lock  collection X lock on shop.people, a moment; reads and writes wait
//   takes a moment
db.runCommand({
  collMod: "people",
  validator: { $expr: { $let: {
    vars: {
      up0: { $ifNull: [
        { $cond: [
          { $eq: [{ $type: "$full_name" }, "string"] },
          { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
          null
        ] },
        null
      ] },
      up1: { $ifNull: [
        { $cond: [
          { $eq: [{ $type: "$full_name" }, "string"] },
          { $let: {
            vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
            in: { $cond: [
              { $gte: ["$$found", 0] },
              { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
              null
            ] }
          } },
          null
        ] },
        null
      ] },
      down0: { $ifNull: [
        { $cond: [
          { $or: [
            { $and: [
              { $ne: [{ $ifNull: ["$first_name", null] }, null] },
              { $eq: [
                { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                null
              ] }
            ] },
            { $and: [
              { $ne: [{ $ifNull: ["$last_name", null] }, null] },
              { $eq: [
                { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                null
              ] }
            ] }
          ] },
          null,
          { $let: {
            vars: { filled: { $filter: {
              input: [
                { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
              ],
              as: "one",
              cond: { $ne: ["$$one", null] }
            } } },
            in: { $cond: [
              { $eq: ["$$filled", []] },
              null,
              { $let: {
                vars: { joined: { $reduce: {
                  input: "$$filled",
                  initialValue: "",
                  in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                } } },
                in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
              } }
            ] }
          } }
        ] },
        null
      ] }
    },
    in: { $or: [
      { $and: [
        { $eq: [{ $ifNull: ["$full_name", null] }, null] },
        { $not: [{ $or: [
          { $ne: [{ $ifNull: ["$first_name", null] }, null] },
          { $ne: [{ $ifNull: ["$last_name", null] }, null] }
        ] }] }
      ] },
      { $and: [
        { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
        { $eq: [{ $ifNull: ["$first_name", null] }, "$$up0"] },
        { $eq: [{ $ifNull: ["$last_name", null] }, "$$up1"] }
      ] },
      { $and: [
        { $or: [
          { $ne: [{ $ifNull: ["$first_name", null] }, null] },
          { $ne: [{ $ifNull: ["$last_name", null] }, null] }
        ] },
        { $eq: [{ $ifNull: ["$full_name", null] }, "$$down0"] }
      ] }
    ] }
  } } },
  validationLevel: "strict",
  validationAction: "error"
});

======== verify.js
// Plan mongo-split-field, fingerprint dbf5c5e3af27
// Phase verify. For review; `plan advance mongo-split-field --phase verify` runs it.

// verify.1: prove full_name-agrees-with-first_name-and-last_name on all documents of people
//   why   one scan for all of them; one document that breaks a rule stops the plan
//   lock  none on shop.people, during the scan; nobody waits
//   takes one scan of shop.people
// count
db.runCommand({
  aggregate: "people",
  pipeline: [
    { $group: {
      _id: null,
      checked: { $sum: 1 },
      v0: { $sum: { $cond: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            up1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                    ],
                    as: "one",
                    cond: { $ne: ["$$one", null] }
                  } } },
                  in: { $cond: [
                    { $eq: ["$$filled", []] },
                    null,
                    { $let: {
                      vars: { joined: { $reduce: {
                        input: "$$filled",
                        initialValue: "",
                        in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                      } } },
                      in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                    } }
                  ] }
                } }
              ] },
              null
            ] }
          },
          in: { $or: [
            { $and: [
              { $eq: [{ $ifNull: ["$full_name", null] }, null] },
              { $not: [{ $or: [
                { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                { $ne: [{ $ifNull: ["$last_name", null] }, null] }
              ] }] }
            ] },
            { $and: [
              { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
              { $eq: [{ $ifNull: ["$first_name", null] }, "$$up0"] },
              { $eq: [{ $ifNull: ["$last_name", null] }, "$$up1"] }
            ] },
            { $and: [
              { $or: [
                { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                { $ne: [{ $ifNull: ["$last_name", null] }, null] }
              ] },
              { $eq: [{ $ifNull: ["$full_name", null] }, "$$down0"] }
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
  aggregate: "people",
  pipeline: [
    { $match: { $expr: { $not: [{ $let: {
      vars: {
        up0: { $ifNull: [
          { $cond: [
            { $eq: [{ $type: "$full_name" }, "string"] },
            { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
            null
          ] },
          null
        ] },
        up1: { $ifNull: [
          { $cond: [
            { $eq: [{ $type: "$full_name" }, "string"] },
            { $let: {
              vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
              in: { $cond: [
                { $gte: ["$$found", 0] },
                { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                null
              ] }
            } },
            null
          ] },
          null
        ] },
        down0: { $ifNull: [
          { $cond: [
            { $or: [
              { $and: [
                { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                { $eq: [
                  { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] },
              { $and: [
                { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                { $eq: [
                  { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] }
            ] },
            null,
            { $let: {
              vars: { filled: { $filter: {
                input: [
                  { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                  { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                ],
                as: "one",
                cond: { $ne: ["$$one", null] }
              } } },
              in: { $cond: [
                { $eq: ["$$filled", []] },
                null,
                { $let: {
                  vars: { joined: { $reduce: {
                    input: "$$filled",
                    initialValue: "",
                    in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                  } } },
                  in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                } }
              ] }
            } }
          ] },
          null
        ] }
      },
      in: { $or: [
        { $and: [
          { $eq: [{ $ifNull: ["$full_name", null] }, null] },
          { $not: [{ $or: [
            { $ne: [{ $ifNull: ["$first_name", null] }, null] },
            { $ne: [{ $ifNull: ["$last_name", null] }, null] }
          ] }] }
        ] },
        { $and: [
          { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
          { $eq: [{ $ifNull: ["$first_name", null] }, "$$up0"] },
          { $eq: [{ $ifNull: ["$last_name", null] }, "$$up1"] }
        ] },
        { $and: [
          { $or: [
            { $ne: [{ $ifNull: ["$first_name", null] }, null] },
            { $ne: [{ $ifNull: ["$last_name", null] }, null] }
          ] },
          { $eq: [{ $ifNull: ["$full_name", null] }, "$$down0"] }
        ] }
      ] }
    } }] } } },
    { $sort: { _id: 1 } },
    { $limit: limit },
    { $project: { _id: 0, key: "$_id" } }
  ],
  cursor: {}
})

// verify.2: prove that people has its validator, index last_name_1
//   why   one that somebody took away would show only later
//   lock  none on shop.people, a moment; nobody waits
//   takes a moment
// check
// looks up: the validator of people is the plan’s
// looks up: index last_name_1 is there

======== contract.js
// Plan mongo-split-field, fingerprint dbf5c5e3af27
// Phase contract. For review; `plan advance mongo-split-field --phase contract` runs it.

// contract.1: retire the old shape of people: its validator no longer asks for it
//   why   writers may stop writing it, while going back still brings both together
//   lock  collection X lock on shop.people, a moment; reads and writes wait
//   takes a moment
db.runCommand({ collMod: "people", validator: {}, validationLevel: "strict", validationAction: "error" });

// contract.2: take full_name of people away, page by page
//   why   the point of no return
//   lock  document locks on shop.people, per batch; only writers of the same documents wait
//   takes many short batches over shop.people
//   POINT OF NO RETURN: this cannot be undone
// end, page_first, page, page_beyond: as in expand.1
// estimate, cuts: as in backfill.1
// remaining
db.runCommand({
  aggregate: "people",
  pipeline: [
    { $match: { $or: [{ full_name: { $exists: true } }] } },
    { $limit: 1 },
    { $project: { _id: 0, remaining: { $literal: true } } }
  ],
  cursor: {}
});
// batch
(ids) => db.runCommand({
  update: "people",
  updates: [{
    q: { _id: { $in: ids }, $or: [{ full_name: { $exists: true } }] },
    u: [{ $unset: ["full_name"] }],
    multi: true
  }]
})

======== undo.js
// Plan mongo-split-field, fingerprint dbf5c5e3af27
// Undo of every step that has one, the last step first.
// For review; `plan rollback mongo-split-field` runs it, only for steps that were done, and first counts what would be lost.
// contract.2 cannot be undone: this file is of no use after it.

// undo of contract.1: retire the old shape of people: its validator no longer asks for it
//   first gives documents what the old shape lacks
// end, page_first, page, page_beyond: as in expand.1
// undo
(ids) => db.runCommand({
  update: "people",
  updates: [{
    q: {
      _id: { $in: ids },
      $expr: { $or: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            up1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                    ],
                    as: "one",
                    cond: { $ne: ["$$one", null] }
                  } } },
                  in: { $cond: [
                    { $eq: ["$$filled", []] },
                    null,
                    { $let: {
                      vars: { joined: { $reduce: {
                        input: "$$filled",
                        initialValue: "",
                        in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                      } } },
                      in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                    } }
                  ] }
                } }
              ] },
              null
            ] }
          },
          in: { $and: [
            { $and: [
              { $or: [
                { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                { $ne: [{ $ifNull: ["$last_name", null] }, null] }
              ] },
              { $ne: ["$$down0", null] }
            ] },
            { $not: [{ $or: [
              { $and: [
                { $eq: [{ $ifNull: ["$full_name", null] }, null] },
                { $not: [{ $or: [
                  { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                  { $ne: [{ $ifNull: ["$last_name", null] }, null] }
                ] }] }
              ] },
              { $and: [
                { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
                { $eq: [{ $ifNull: ["$first_name", null] }, "$$up0"] },
                { $eq: [{ $ifNull: ["$last_name", null] }, "$$up1"] }
              ] },
              { $and: [
                { $or: [
                  { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                  { $ne: [{ $ifNull: ["$last_name", null] }, null] }
                ] },
                { $eq: [{ $ifNull: ["$full_name", null] }, "$$down0"] }
              ] }
            ] }] }
          ] }
        } },
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            up1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                    ],
                    as: "one",
                    cond: { $ne: ["$$one", null] }
                  } } },
                  in: { $cond: [
                    { $eq: ["$$filled", []] },
                    null,
                    { $let: {
                      vars: { joined: { $reduce: {
                        input: "$$filled",
                        initialValue: "",
                        in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                      } } },
                      in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                    } }
                  ] }
                } }
              ] },
              null
            ] }
          },
          in: { $and: [
            { $ne: [{ $ifNull: ["$full_name", null] }, null] },
            { $not: [{ $or: [
              { $ne: [{ $ifNull: ["$first_name", null] }, null] },
              { $ne: [{ $ifNull: ["$last_name", null] }, null] }
            ] }] },
            { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
            { $not: [{ $or: [
              { $and: [
                { $eq: [{ $ifNull: ["$full_name", null] }, null] },
                { $not: [{ $or: [
                  { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                  { $ne: [{ $ifNull: ["$last_name", null] }, null] }
                ] }] }
              ] },
              { $and: [
                { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
                { $eq: [{ $ifNull: ["$first_name", null] }, "$$up0"] },
                { $eq: [{ $ifNull: ["$last_name", null] }, "$$up1"] }
              ] },
              { $and: [
                { $or: [
                  { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                  { $ne: [{ $ifNull: ["$last_name", null] }, null] }
                ] },
                { $eq: [{ $ifNull: ["$full_name", null] }, "$$down0"] }
              ] }
            ] }] }
          ] }
        } }
      ] }
    },
    u: [
      { $set: { full_name: { $cond: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            up1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                    ],
                    as: "one",
                    cond: { $ne: ["$$one", null] }
                  } } },
                  in: { $cond: [
                    { $eq: ["$$filled", []] },
                    null,
                    { $let: {
                      vars: { joined: { $reduce: {
                        input: "$$filled",
                        initialValue: "",
                        in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                      } } },
                      in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                    } }
                  ] }
                } }
              ] },
              null
            ] }
          },
          in: { $and: [
            { $and: [
              { $or: [
                { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                { $ne: [{ $ifNull: ["$last_name", null] }, null] }
              ] },
              { $ne: ["$$down0", null] }
            ] },
            { $not: [{ $or: [
              { $and: [
                { $eq: [{ $ifNull: ["$full_name", null] }, null] },
                { $not: [{ $or: [
                  { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                  { $ne: [{ $ifNull: ["$last_name", null] }, null] }
                ] }] }
              ] },
              { $and: [
                { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
                { $eq: [{ $ifNull: ["$first_name", null] }, "$$up0"] },
                { $eq: [{ $ifNull: ["$last_name", null] }, "$$up1"] }
              ] },
              { $and: [
                { $or: [
                  { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                  { $ne: [{ $ifNull: ["$last_name", null] }, null] }
                ] },
                { $eq: [{ $ifNull: ["$full_name", null] }, "$$down0"] }
              ] }
            ] }] }
          ] }
        } },
        { $ifNull: [
          { $cond: [
            { $or: [
              { $and: [
                { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                { $eq: [
                  { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] },
              { $and: [
                { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                { $eq: [
                  { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] }
            ] },
            null,
            { $let: {
              vars: { filled: { $filter: {
                input: [
                  { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                  { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                ],
                as: "one",
                cond: { $ne: ["$$one", null] }
              } } },
              in: { $cond: [
                { $eq: ["$$filled", []] },
                null,
                { $let: {
                  vars: { joined: { $reduce: {
                    input: "$$filled",
                    initialValue: "",
                    in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                  } } },
                  in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                } }
              ] }
            } }
          ] },
          "$$REMOVE"
        ] },
        "$full_name"
      ] } } },
      { $set: {
        first_name: { $cond: [
          { $let: {
            vars: {
              up0: { $ifNull: [
                { $cond: [
                  { $eq: [{ $type: "$full_name" }, "string"] },
                  { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
                  null
                ] },
                null
              ] },
              up1: { $ifNull: [
                { $cond: [
                  { $eq: [{ $type: "$full_name" }, "string"] },
                  { $let: {
                    vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
                    in: { $cond: [
                      { $gte: ["$$found", 0] },
                      { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                      null
                    ] }
                  } },
                  null
                ] },
                null
              ] },
              down0: { $ifNull: [
                { $cond: [
                  { $or: [
                    { $and: [
                      { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                      { $eq: [
                        { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                        null
                      ] }
                    ] },
                    { $and: [
                      { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                      { $eq: [
                        { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                        null
                      ] }
                    ] }
                  ] },
                  null,
                  { $let: {
                    vars: { filled: { $filter: {
                      input: [
                        { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                        { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                      ],
                      as: "one",
                      cond: { $ne: ["$$one", null] }
                    } } },
                    in: { $cond: [
                      { $eq: ["$$filled", []] },
                      null,
                      { $let: {
                        vars: { joined: { $reduce: {
                          input: "$$filled",
                          initialValue: "",
                          in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                        } } },
                        in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                      } }
                    ] }
                  } }
                ] },
                null
              ] }
            },
            in: { $and: [
              { $ne: [{ $ifNull: ["$full_name", null] }, null] },
              { $not: [{ $or: [
                { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                { $ne: [{ $ifNull: ["$last_name", null] }, null] }
              ] }] },
              { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
              { $not: [{ $or: [
                { $and: [
                  { $eq: [{ $ifNull: ["$full_name", null] }, null] },
                  { $not: [{ $or: [
                    { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                    { $ne: [{ $ifNull: ["$last_name", null] }, null] }
                  ] }] }
                ] },
                { $and: [
                  { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
                  { $eq: [{ $ifNull: ["$first_name", null] }, "$$up0"] },
                  { $eq: [{ $ifNull: ["$last_name", null] }, "$$up1"] }
                ] },
                { $and: [
                  { $or: [
                    { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                    { $ne: [{ $ifNull: ["$last_name", null] }, null] }
                  ] },
                  { $eq: [{ $ifNull: ["$full_name", null] }, "$$down0"] }
                ] }
              ] }] }
            ] }
          } },
          { $ifNull: [
            { $cond: [
              { $eq: [{ $type: "$full_name" }, "string"] },
              { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
              null
            ] },
            "$$REMOVE"
          ] },
          "$first_name"
        ] },
        last_name: { $cond: [
          { $let: {
            vars: {
              up0: { $ifNull: [
                { $cond: [
                  { $eq: [{ $type: "$full_name" }, "string"] },
                  { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
                  null
                ] },
                null
              ] },
              up1: { $ifNull: [
                { $cond: [
                  { $eq: [{ $type: "$full_name" }, "string"] },
                  { $let: {
                    vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
                    in: { $cond: [
                      { $gte: ["$$found", 0] },
                      { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                      null
                    ] }
                  } },
                  null
                ] },
                null
              ] },
              down0: { $ifNull: [
                { $cond: [
                  { $or: [
                    { $and: [
                      { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                      { $eq: [
                        { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                        null
                      ] }
                    ] },
                    { $and: [
                      { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                      { $eq: [
                        { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                        null
                      ] }
                    ] }
                  ] },
                  null,
                  { $let: {
                    vars: { filled: { $filter: {
                      input: [
                        { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                        { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                      ],
                      as: "one",
                      cond: { $ne: ["$$one", null] }
                    } } },
                    in: { $cond: [
                      { $eq: ["$$filled", []] },
                      null,
                      { $let: {
                        vars: { joined: { $reduce: {
                          input: "$$filled",
                          initialValue: "",
                          in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                        } } },
                        in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                      } }
                    ] }
                  } }
                ] },
                null
              ] }
            },
            in: { $and: [
              { $ne: [{ $ifNull: ["$full_name", null] }, null] },
              { $not: [{ $or: [
                { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                { $ne: [{ $ifNull: ["$last_name", null] }, null] }
              ] }] },
              { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
              { $not: [{ $or: [
                { $and: [
                  { $eq: [{ $ifNull: ["$full_name", null] }, null] },
                  { $not: [{ $or: [
                    { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                    { $ne: [{ $ifNull: ["$last_name", null] }, null] }
                  ] }] }
                ] },
                { $and: [
                  { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
                  { $eq: [{ $ifNull: ["$first_name", null] }, "$$up0"] },
                  { $eq: [{ $ifNull: ["$last_name", null] }, "$$up1"] }
                ] },
                { $and: [
                  { $or: [
                    { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                    { $ne: [{ $ifNull: ["$last_name", null] }, null] }
                  ] },
                  { $eq: [{ $ifNull: ["$full_name", null] }, "$$down0"] }
                ] }
              ] }] }
            ] }
          } },
          { $ifNull: [
            { $cond: [
              { $eq: [{ $type: "$full_name" }, "string"] },
              { $let: {
                vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
                in: { $cond: [
                  { $gte: ["$$found", 0] },
                  { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                  null
                ] }
              } },
              null
            ] },
            "$$REMOVE"
          ] },
          "$last_name"
        ] }
      } }
    ],
    multi: true
  }]
})
db.runCommand({
  collMod: "people",
  validator: { $expr: { $let: {
    vars: {
      up0: { $ifNull: [
        { $cond: [
          { $eq: [{ $type: "$full_name" }, "string"] },
          { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
          null
        ] },
        null
      ] },
      up1: { $ifNull: [
        { $cond: [
          { $eq: [{ $type: "$full_name" }, "string"] },
          { $let: {
            vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
            in: { $cond: [
              { $gte: ["$$found", 0] },
              { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
              null
            ] }
          } },
          null
        ] },
        null
      ] },
      down0: { $ifNull: [
        { $cond: [
          { $or: [
            { $and: [
              { $ne: [{ $ifNull: ["$first_name", null] }, null] },
              { $eq: [
                { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                null
              ] }
            ] },
            { $and: [
              { $ne: [{ $ifNull: ["$last_name", null] }, null] },
              { $eq: [
                { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                null
              ] }
            ] }
          ] },
          null,
          { $let: {
            vars: { filled: { $filter: {
              input: [
                { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
              ],
              as: "one",
              cond: { $ne: ["$$one", null] }
            } } },
            in: { $cond: [
              { $eq: ["$$filled", []] },
              null,
              { $let: {
                vars: { joined: { $reduce: {
                  input: "$$filled",
                  initialValue: "",
                  in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                } } },
                in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
              } }
            ] }
          } }
        ] },
        null
      ] }
    },
    in: { $or: [
      { $and: [
        { $eq: [{ $ifNull: ["$full_name", null] }, null] },
        { $not: [{ $or: [
          { $ne: [{ $ifNull: ["$first_name", null] }, null] },
          { $ne: [{ $ifNull: ["$last_name", null] }, null] }
        ] }] }
      ] },
      { $and: [
        { $or: [{ $ne: ["$$up0", null] }, { $ne: ["$$up1", null] }] },
        { $eq: [{ $ifNull: ["$first_name", null] }, "$$up0"] },
        { $eq: [{ $ifNull: ["$last_name", null] }, "$$up1"] }
      ] },
      { $and: [
        { $or: [
          { $ne: [{ $ifNull: ["$first_name", null] }, null] },
          { $ne: [{ $ifNull: ["$last_name", null] }, null] }
        ] },
        { $eq: [{ $ifNull: ["$full_name", null] }, "$$down0"] }
      ] }
    ] }
  } } },
  validationLevel: "strict",
  validationAction: "error"
});

// undo of enforce.3: seal people: its validator holds every writer to the new shape
db.runCommand({ collMod: "people", validator: {}, validationLevel: "strict", validationAction: "error" });

// undo of enforce.1: build index last_name_1
db.runCommand({ dropIndexes: "people", index: "last_name_1" });

// undo of expand.1: try what becomes of first_name, last_name on every document of people
//   takes the new fields away again
// end, page_first, page, page_beyond: as in expand.1
// undo
(ids) => db.runCommand({
  update: "people",
  updates: [{
    q: {
      _id: { $in: ids },
      $or: [{ first_name: { $exists: true } }, { last_name: { $exists: true } }]
    },
    u: [
      { $set: { full_name: { $cond: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $arrayElemAt: [{ $split: ["$full_name", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            up1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$full_name" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$full_name", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$full_name", { $add: ["$$found", 1] }, { $strLenCP: "$full_name" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                    ],
                    as: "one",
                    cond: { $ne: ["$$one", null] }
                  } } },
                  in: { $cond: [
                    { $eq: ["$$filled", []] },
                    null,
                    { $let: {
                      vars: { joined: { $reduce: {
                        input: "$$filled",
                        initialValue: "",
                        in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                      } } },
                      in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                    } }
                  ] }
                } }
              ] },
              null
            ] }
          },
          in: { $and: [
            { $eq: [{ $ifNull: ["$full_name", null] }, null] },
            { $and: [
              { $or: [
                { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                { $ne: [{ $ifNull: ["$last_name", null] }, null] }
              ] },
              { $ne: ["$$down0", null] }
            ] }
          ] }
        } },
        { $ifNull: [
          { $cond: [
            { $or: [
              { $and: [
                { $ne: [{ $ifNull: ["$first_name", null] }, null] },
                { $eq: [
                  { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] },
              { $and: [
                { $ne: [{ $ifNull: ["$last_name", null] }, null] },
                { $eq: [
                  { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] }
            ] },
            null,
            { $let: {
              vars: { filled: { $filter: {
                input: [
                  { $convert: { input: "$first_name", to: "string", onError: null, onNull: null } },
                  { $convert: { input: "$last_name", to: "string", onError: null, onNull: null } }
                ],
                as: "one",
                cond: { $ne: ["$$one", null] }
              } } },
              in: { $cond: [
                { $eq: ["$$filled", []] },
                null,
                { $let: {
                  vars: { joined: { $reduce: {
                    input: "$$filled",
                    initialValue: "",
                    in: { $concat: ["$$value", { $literal: " " }, "$$this"] }
                  } } },
                  in: { $substrCP: ["$$joined", 1, { $strLenCP: "$$joined" }] }
                } }
              ] }
            } }
          ] },
          "$$REMOVE"
        ] },
        "$full_name"
      ] } } },
      { $unset: ["first_name", "last_name"] }
    ],
    multi: true
  }]
})
