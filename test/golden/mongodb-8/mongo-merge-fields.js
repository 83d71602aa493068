======== expand.js
// Plan mongo-merge-fields, fingerprint 1f8864490aea
// Phase expand. For review; `plan advance mongo-merge-fields --phase expand` runs it.

// expand.1: try what becomes of phone on every document of contacts
//   why   reads only; what cannot be converted, and what is there already with another value, is counted before anything is written
//   lock  none on shop.contacts, during the scan; nobody waits
//   takes one scan of shop.contacts
// end
db.runCommand({
  aggregate: "contacts",
  pipeline: [{ $sort: { _id: -1 } }, { $limit: 1 }, { $project: { _id: 0, k0: "$_id" } }],
  cursor: {}
});
// page_first
(limit, end) => db.runCommand({
  aggregate: "contacts",
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
  aggregate: "contacts",
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
  aggregate: "contacts",
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
  aggregate: "contacts",
  pipeline: [
    { $match: { _id: { $in: ids } } },
    { $group: {
      _id: null,
      unparsed: { $sum: { $cond: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $cond: [
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$number", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$phone" }, "string"] },
                { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            down1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$phone" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] }
          },
          in: { $and: [
            { $or: [
              { $ne: [{ $ifNull: ["$country_code", null] }, null] },
              { $ne: [{ $ifNull: ["$number", null] }, null] }
            ] },
            { $eq: [{ $ifNull: ["$phone", null] }, null] },
            { $eq: ["$$up0", null] }
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
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$number", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$phone" }, "string"] },
                { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            down1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$phone" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] }
          },
          in: { $and: [
            { $ne: [{ $ifNull: ["$phone", null] }, null] },
            { $not: [{ $or: [
              { $and: [
                { $not: [{ $or: [
                  { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                  { $ne: [{ $ifNull: ["$number", null] }, null] }
                ] }] },
                { $eq: [{ $ifNull: ["$phone", null] }, null] }
              ] },
              { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$phone", null] }, "$$up0"] }] },
              { $and: [
                { $ne: [{ $ifNull: ["$phone", null] }, null] },
                { $eq: [{ $ifNull: ["$country_code", null] }, "$$down0"] },
                { $eq: [{ $ifNull: ["$number", null] }, "$$down1"] }
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
  aggregate: "contacts",
  pipeline: [
    { $match: {
      _id: { $in: ids },
      $expr: { $or: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $cond: [
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$number", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$phone" }, "string"] },
                { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            down1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$phone" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] }
          },
          in: { $and: [
            { $or: [
              { $ne: [{ $ifNull: ["$country_code", null] }, null] },
              { $ne: [{ $ifNull: ["$number", null] }, null] }
            ] },
            { $eq: [{ $ifNull: ["$phone", null] }, null] },
            { $eq: ["$$up0", null] }
          ] }
        } },
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $cond: [
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$number", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$phone" }, "string"] },
                { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            down1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$phone" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] }
          },
          in: { $and: [
            { $ne: [{ $ifNull: ["$phone", null] }, null] },
            { $not: [{ $or: [
              { $and: [
                { $not: [{ $or: [
                  { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                  { $ne: [{ $ifNull: ["$number", null] }, null] }
                ] }] },
                { $eq: [{ $ifNull: ["$phone", null] }, null] }
              ] },
              { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$phone", null] }, "$$up0"] }] },
              { $and: [
                { $ne: [{ $ifNull: ["$phone", null] }, null] },
                { $eq: [{ $ifNull: ["$country_code", null] }, "$$down0"] },
                { $eq: [{ $ifNull: ["$number", null] }, "$$down1"] }
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
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$number", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$phone" }, "string"] },
                { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            down1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$phone" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] }
          },
          in: { $and: [
            { $or: [
              { $ne: [{ $ifNull: ["$country_code", null] }, null] },
              { $ne: [{ $ifNull: ["$number", null] }, null] }
            ] },
            { $eq: [{ $ifNull: ["$phone", null] }, null] },
            { $eq: ["$$up0", null] }
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
  aggregate: "contacts",
  pipeline: [
    { $match: {
      _id: { $in: $1 },
      $expr: { $let: {
        vars: {
          up0: { $ifNull: [
            { $cond: [
              { $or: [
                { $and: [
                  { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                  { $eq: [
                    { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                    null
                  ] }
                ] },
                { $and: [
                  { $ne: [{ $ifNull: ["$number", null] }, null] },
                  { $eq: [
                    { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                    null
                  ] }
                ] }
              ] },
              null,
              { $let: {
                vars: { filled: { $filter: {
                  input: [
                    { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                    { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
          ] },
          down0: { $ifNull: [
            { $cond: [
              { $eq: [{ $type: "$phone" }, "string"] },
              { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
              null
            ] },
            null
          ] },
          down1: { $ifNull: [
            { $cond: [
              { $eq: [{ $type: "$phone" }, "string"] },
              { $let: {
                vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
                in: { $cond: [
                  { $gte: ["$$found", 0] },
                  { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                  null
                ] }
              } },
              null
            ] },
            null
          ] }
        },
        in: { $and: [
          { $or: [
            { $ne: [{ $ifNull: ["$country_code", null] }, null] },
            { $ne: [{ $ifNull: ["$number", null] }, null] }
          ] },
          { $ne: ["$$up0", null] },
          { $not: [{ $or: [
            { $and: [
              { $not: [{ $or: [
                { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                { $ne: [{ $ifNull: ["$number", null] }, null] }
              ] }] },
              { $eq: [{ $ifNull: ["$phone", null] }, null] }
            ] },
            { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$phone", null] }, "$$up0"] }] },
            { $and: [
              { $ne: [{ $ifNull: ["$phone", null] }, null] },
              { $eq: [{ $ifNull: ["$country_code", null] }, "$$down0"] },
              { $eq: [{ $ifNull: ["$number", null] }, "$$down1"] }
            ] }
          ] }] }
        ] }
      } }
    } },
    { $set: { plan_weighed: {
      whole: { $bsonSize: "$$ROOT" },
      parts: { $add: [
        { $bsonSize: { phone: "$phone" } },
        { $bsonSize: { country_code: "$country_code" } },
        { $bsonSize: { number: "$number" } }
      ] }
    } } },
    { $set: { phone: { $ifNull: [
      { $cond: [
        { $or: [
          { $and: [
            { $ne: [{ $ifNull: ["$country_code", null] }, null] },
            { $eq: [
              { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
              null
            ] }
          ] },
          { $and: [
            { $ne: [{ $ifNull: ["$number", null] }, null] },
            { $eq: [{ $convert: { input: "$number", to: "string", onError: null, onNull: null } }, null] }
          ] }
        ] },
        null,
        { $let: {
          vars: { filled: { $filter: {
            input: [
              { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
              { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
    ] } } },
    { $match: { $expr: { $gt: [
      { $add: [
        "$plan_weighed.whole",
        { $subtract: [
          { $add: [
            { $bsonSize: { phone: "$phone" } },
            { $bsonSize: { country_code: "$country_code" } },
            { $bsonSize: { number: "$number" } }
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

// expand.2: remember where the changes of contacts begin
//   why   plan sync follows them from here, so none is missed between it and the backfill
//   lock  none
//   takes a moment
// the tool itself: opens the stream of changes of contacts and remembers its place

======== backfill.js
// Plan mongo-merge-fields, fingerprint 1f8864490aea
// Phase backfill. For review; `plan advance mongo-merge-fields --phase backfill` runs it.

// backfill.1: fill phone of contacts, page by page
//   why   each document is computed from what it holds at that moment, and only where that is still needed; each page is confirmed before the next one begins
//   lock  document locks on shop.contacts, per batch; only writers of the same documents wait
//   takes many short batches over shop.contacts
// end, page_first, page, page_beyond: as in expand.1
// estimate
db.runCommand({ count: "contacts" });
// cuts
db.runCommand({
  aggregate: "contacts",
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
  aggregate: "contacts",
  pipeline: [
    { $match: { $expr: { $let: {
      vars: {
        up0: { $ifNull: [
          { $cond: [
            { $or: [
              { $and: [
                { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                { $eq: [
                  { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] },
              { $and: [
                { $ne: [{ $ifNull: ["$number", null] }, null] },
                { $eq: [
                  { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] }
            ] },
            null,
            { $let: {
              vars: { filled: { $filter: {
                input: [
                  { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                  { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
        ] },
        down0: { $ifNull: [
          { $cond: [
            { $eq: [{ $type: "$phone" }, "string"] },
            { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
            null
          ] },
          null
        ] },
        down1: { $ifNull: [
          { $cond: [
            { $eq: [{ $type: "$phone" }, "string"] },
            { $let: {
              vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
              in: { $cond: [
                { $gte: ["$$found", 0] },
                { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                null
              ] }
            } },
            null
          ] },
          null
        ] }
      },
      in: { $and: [
        { $or: [
          { $ne: [{ $ifNull: ["$country_code", null] }, null] },
          { $ne: [{ $ifNull: ["$number", null] }, null] }
        ] },
        { $ne: ["$$up0", null] },
        { $not: [{ $or: [
          { $and: [
            { $not: [{ $or: [
              { $ne: [{ $ifNull: ["$country_code", null] }, null] },
              { $ne: [{ $ifNull: ["$number", null] }, null] }
            ] }] },
            { $eq: [{ $ifNull: ["$phone", null] }, null] }
          ] },
          { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$phone", null] }, "$$up0"] }] },
          { $and: [
            { $ne: [{ $ifNull: ["$phone", null] }, null] },
            { $eq: [{ $ifNull: ["$country_code", null] }, "$$down0"] },
            { $eq: [{ $ifNull: ["$number", null] }, "$$down1"] }
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
  update: "contacts",
  updates: [{
    q: {
      _id: { $in: ids },
      $expr: { $let: {
        vars: {
          up0: { $ifNull: [
            { $cond: [
              { $or: [
                { $and: [
                  { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                  { $eq: [
                    { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                    null
                  ] }
                ] },
                { $and: [
                  { $ne: [{ $ifNull: ["$number", null] }, null] },
                  { $eq: [
                    { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                    null
                  ] }
                ] }
              ] },
              null,
              { $let: {
                vars: { filled: { $filter: {
                  input: [
                    { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                    { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
          ] },
          down0: { $ifNull: [
            { $cond: [
              { $eq: [{ $type: "$phone" }, "string"] },
              { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
              null
            ] },
            null
          ] },
          down1: { $ifNull: [
            { $cond: [
              { $eq: [{ $type: "$phone" }, "string"] },
              { $let: {
                vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
                in: { $cond: [
                  { $gte: ["$$found", 0] },
                  { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                  null
                ] }
              } },
              null
            ] },
            null
          ] }
        },
        in: { $and: [
          { $or: [
            { $ne: [{ $ifNull: ["$country_code", null] }, null] },
            { $ne: [{ $ifNull: ["$number", null] }, null] }
          ] },
          { $ne: ["$$up0", null] },
          { $not: [{ $or: [
            { $and: [
              { $not: [{ $or: [
                { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                { $ne: [{ $ifNull: ["$number", null] }, null] }
              ] }] },
              { $eq: [{ $ifNull: ["$phone", null] }, null] }
            ] },
            { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$phone", null] }, "$$up0"] }] },
            { $and: [
              { $ne: [{ $ifNull: ["$phone", null] }, null] },
              { $eq: [{ $ifNull: ["$country_code", null] }, "$$down0"] },
              { $eq: [{ $ifNull: ["$number", null] }, "$$down1"] }
            ] }
          ] }] }
        ] }
      } }
    },
    u: [{ $set: { phone: { $ifNull: [
      { $cond: [
        { $or: [
          { $and: [
            { $ne: [{ $ifNull: ["$country_code", null] }, null] },
            { $eq: [
              { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
              null
            ] }
          ] },
          { $and: [
            { $ne: [{ $ifNull: ["$number", null] }, null] },
            { $eq: [{ $convert: { input: "$number", to: "string", onError: null, onNull: null } }, null] }
          ] }
        ] },
        null,
        { $let: {
          vars: { filled: { $filter: {
            input: [
              { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
              { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
    ] } } }],
    multi: true
  }]
})
// emptied
(ids) => db.runCommand({
  update: "contacts",
  updates: [{
    q: {
      _id: { $in: ids },
      $expr: { $and: [
        { $not: [{ $or: [
          { $ne: [{ $ifNull: ["$country_code", null] }, null] },
          { $ne: [{ $ifNull: ["$number", null] }, null] }
        ] }] },
        { $ne: [{ $ifNull: ["$phone", null] }, null] }
      ] }
    },
    u: [{ $unset: ["phone"] }],
    multi: true
  }]
})

======== enforce.js
// Plan mongo-merge-fields, fingerprint 1f8864490aea
// Phase enforce. For review; `plan advance mongo-merge-fields --phase enforce` runs it.

// enforce.1: sweep contacts until nothing is found for a while
//   why   the evidence that every writer knows the new shape; what a sweep finds is filled
//   lock  document locks on shop.contacts, per batch; only writers of the same documents wait
//   takes many short batches over shop.contacts
// end, page_first, page, page_beyond: as in expand.1
// estimate, cuts, remaining, batch: as in backfill.1
// differs
db.runCommand({
  aggregate: "contacts",
  pipeline: [
    { $match: { $expr: { $let: {
      vars: {
        up0: { $ifNull: [
          { $cond: [
            { $or: [
              { $and: [
                { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                { $eq: [
                  { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] },
              { $and: [
                { $ne: [{ $ifNull: ["$number", null] }, null] },
                { $eq: [
                  { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] }
            ] },
            null,
            { $let: {
              vars: { filled: { $filter: {
                input: [
                  { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                  { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
        ] },
        down0: { $ifNull: [
          { $cond: [
            { $eq: [{ $type: "$phone" }, "string"] },
            { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
            null
          ] },
          null
        ] },
        down1: { $ifNull: [
          { $cond: [
            { $eq: [{ $type: "$phone" }, "string"] },
            { $let: {
              vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
              in: { $cond: [
                { $gte: ["$$found", 0] },
                { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                null
              ] }
            } },
            null
          ] },
          null
        ] }
      },
      in: { $and: [
        { $or: [
          { $ne: [{ $ifNull: ["$country_code", null] }, null] },
          { $ne: [{ $ifNull: ["$number", null] }, null] }
        ] },
        { $ne: ["$$up0", null] },
        { $not: [{ $or: [
          { $and: [
            { $not: [{ $or: [
              { $ne: [{ $ifNull: ["$country_code", null] }, null] },
              { $ne: [{ $ifNull: ["$number", null] }, null] }
            ] }] },
            { $eq: [{ $ifNull: ["$phone", null] }, null] }
          ] },
          { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$phone", null] }, "$$up0"] }] },
          { $and: [
            { $ne: [{ $ifNull: ["$phone", null] }, null] },
            { $eq: [{ $ifNull: ["$country_code", null] }, "$$down0"] },
            { $eq: [{ $ifNull: ["$number", null] }, "$$down1"] }
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
  aggregate: "contacts",
  pipeline: [
    { $match: { $expr: { $not: [{ $let: {
      vars: {
        up0: { $ifNull: [
          { $cond: [
            { $or: [
              { $and: [
                { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                { $eq: [
                  { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] },
              { $and: [
                { $ne: [{ $ifNull: ["$number", null] }, null] },
                { $eq: [
                  { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] }
            ] },
            null,
            { $let: {
              vars: { filled: { $filter: {
                input: [
                  { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                  { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
        ] },
        down0: { $ifNull: [
          { $cond: [
            { $eq: [{ $type: "$phone" }, "string"] },
            { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
            null
          ] },
          null
        ] },
        down1: { $ifNull: [
          { $cond: [
            { $eq: [{ $type: "$phone" }, "string"] },
            { $let: {
              vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
              in: { $cond: [
                { $gte: ["$$found", 0] },
                { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                null
              ] }
            } },
            null
          ] },
          null
        ] }
      },
      in: { $or: [
        { $and: [
          { $not: [{ $or: [
            { $ne: [{ $ifNull: ["$country_code", null] }, null] },
            { $ne: [{ $ifNull: ["$number", null] }, null] }
          ] }] },
          { $eq: [{ $ifNull: ["$phone", null] }, null] }
        ] },
        { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$phone", null] }, "$$up0"] }] },
        { $and: [
          { $ne: [{ $ifNull: ["$phone", null] }, null] },
          { $eq: [{ $ifNull: ["$country_code", null] }, "$$down0"] },
          { $eq: [{ $ifNull: ["$number", null] }, "$$down1"] }
        ] }
      ] }
    } }] } } },
    { $limit: 5 },
    { $project: { _id: 0, key: "$_id" } }
  ],
  cursor: {}
});

// enforce.2: seal contacts: its validator holds every writer to the new shape
//   why   from here on the server itself refuses who knows only the old one; one command undoes it
//   lock  collection X lock on shop.contacts, a moment; reads and writes wait
//   takes a moment
db.runCommand({
  collMod: "contacts",
  validator: { $expr: { $let: {
    vars: {
      up0: { $ifNull: [
        { $cond: [
          { $or: [
            { $and: [
              { $ne: [{ $ifNull: ["$country_code", null] }, null] },
              { $eq: [
                { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                null
              ] }
            ] },
            { $and: [
              { $ne: [{ $ifNull: ["$number", null] }, null] },
              { $eq: [{ $convert: { input: "$number", to: "string", onError: null, onNull: null } }, null] }
            ] }
          ] },
          null,
          { $let: {
            vars: { filled: { $filter: {
              input: [
                { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
      ] },
      down0: { $ifNull: [
        { $cond: [
          { $eq: [{ $type: "$phone" }, "string"] },
          { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
          null
        ] },
        null
      ] },
      down1: { $ifNull: [
        { $cond: [
          { $eq: [{ $type: "$phone" }, "string"] },
          { $let: {
            vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
            in: { $cond: [
              { $gte: ["$$found", 0] },
              { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
              null
            ] }
          } },
          null
        ] },
        null
      ] }
    },
    in: { $or: [
      { $and: [
        { $not: [{ $or: [
          { $ne: [{ $ifNull: ["$country_code", null] }, null] },
          { $ne: [{ $ifNull: ["$number", null] }, null] }
        ] }] },
        { $eq: [{ $ifNull: ["$phone", null] }, null] }
      ] },
      { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$phone", null] }, "$$up0"] }] },
      { $and: [
        { $ne: [{ $ifNull: ["$phone", null] }, null] },
        { $eq: [{ $ifNull: ["$country_code", null] }, "$$down0"] },
        { $eq: [{ $ifNull: ["$number", null] }, "$$down1"] }
      ] }
    ] }
  } } },
  validationLevel: "strict",
  validationAction: "error"
});

======== verify.js
// Plan mongo-merge-fields, fingerprint 1f8864490aea
// Phase verify. For review; `plan advance mongo-merge-fields --phase verify` runs it.

// verify.1: prove country_code-and-number-agrees-with-phone on all documents of contacts
//   why   one scan for all of them; one document that breaks a rule stops the plan
//   lock  none on shop.contacts, during the scan; nobody waits
//   takes one scan of shop.contacts
// count
db.runCommand({
  aggregate: "contacts",
  pipeline: [
    { $group: {
      _id: null,
      checked: { $sum: 1 },
      v0: { $sum: { $cond: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $cond: [
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$number", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$phone" }, "string"] },
                { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            down1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$phone" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] }
          },
          in: { $or: [
            { $and: [
              { $not: [{ $or: [
                { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                { $ne: [{ $ifNull: ["$number", null] }, null] }
              ] }] },
              { $eq: [{ $ifNull: ["$phone", null] }, null] }
            ] },
            { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$phone", null] }, "$$up0"] }] },
            { $and: [
              { $ne: [{ $ifNull: ["$phone", null] }, null] },
              { $eq: [{ $ifNull: ["$country_code", null] }, "$$down0"] },
              { $eq: [{ $ifNull: ["$number", null] }, "$$down1"] }
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
  aggregate: "contacts",
  pipeline: [
    { $match: { $expr: { $not: [{ $let: {
      vars: {
        up0: { $ifNull: [
          { $cond: [
            { $or: [
              { $and: [
                { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                { $eq: [
                  { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] },
              { $and: [
                { $ne: [{ $ifNull: ["$number", null] }, null] },
                { $eq: [
                  { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] }
            ] },
            null,
            { $let: {
              vars: { filled: { $filter: {
                input: [
                  { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                  { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
        ] },
        down0: { $ifNull: [
          { $cond: [
            { $eq: [{ $type: "$phone" }, "string"] },
            { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
            null
          ] },
          null
        ] },
        down1: { $ifNull: [
          { $cond: [
            { $eq: [{ $type: "$phone" }, "string"] },
            { $let: {
              vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
              in: { $cond: [
                { $gte: ["$$found", 0] },
                { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                null
              ] }
            } },
            null
          ] },
          null
        ] }
      },
      in: { $or: [
        { $and: [
          { $not: [{ $or: [
            { $ne: [{ $ifNull: ["$country_code", null] }, null] },
            { $ne: [{ $ifNull: ["$number", null] }, null] }
          ] }] },
          { $eq: [{ $ifNull: ["$phone", null] }, null] }
        ] },
        { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$phone", null] }, "$$up0"] }] },
        { $and: [
          { $ne: [{ $ifNull: ["$phone", null] }, null] },
          { $eq: [{ $ifNull: ["$country_code", null] }, "$$down0"] },
          { $eq: [{ $ifNull: ["$number", null] }, "$$down1"] }
        ] }
      ] }
    } }] } } },
    { $sort: { _id: 1 } },
    { $limit: limit },
    { $project: { _id: 0, key: "$_id" } }
  ],
  cursor: {}
})

// verify.2: prove that contacts has its validator
//   why   one that somebody took away would show only later
//   lock  none on shop.contacts, a moment; nobody waits
//   takes a moment
// check
// looks up: the validator of contacts is the plan’s

======== contract.js
// Plan mongo-merge-fields, fingerprint 1f8864490aea
// Phase contract. For review; `plan advance mongo-merge-fields --phase contract` runs it.

// contract.1: retire the old shape of contacts: its validator no longer asks for it
//   why   writers may stop writing it, while going back still brings both together
//   lock  collection X lock on shop.contacts, a moment; reads and writes wait
//   takes a moment
db.runCommand({ collMod: "contacts", validator: {}, validationLevel: "strict", validationAction: "error" });

// contract.2: take country_code, number of contacts away, page by page
//   why   the point of no return
//   lock  document locks on shop.contacts, per batch; only writers of the same documents wait
//   takes many short batches over shop.contacts
//   POINT OF NO RETURN: this cannot be undone
// end, page_first, page, page_beyond: as in expand.1
// estimate, cuts: as in backfill.1
// remaining
db.runCommand({
  aggregate: "contacts",
  pipeline: [
    { $match: { $or: [{ country_code: { $exists: true } }, { number: { $exists: true } }] } },
    { $limit: 1 },
    { $project: { _id: 0, remaining: { $literal: true } } }
  ],
  cursor: {}
});
// batch
(ids) => db.runCommand({
  update: "contacts",
  updates: [{
    q: { _id: { $in: ids }, $or: [{ country_code: { $exists: true } }, { number: { $exists: true } }] },
    u: [{ $unset: ["country_code", "number"] }],
    multi: true
  }]
})

======== undo.js
// Plan mongo-merge-fields, fingerprint 1f8864490aea
// Undo of every step that has one, the last step first.
// For review; `plan rollback mongo-merge-fields` runs it, only for steps that were done, and first counts what would be lost.
// contract.2 cannot be undone: this file is of no use after it.

// undo of contract.1: retire the old shape of contacts: its validator no longer asks for it
//   first gives documents what the old shape lacks
// end, page_first, page, page_beyond: as in expand.1
// undo
(ids) => db.runCommand({
  update: "contacts",
  updates: [{
    q: {
      _id: { $in: ids },
      $expr: { $or: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $cond: [
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$number", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$phone" }, "string"] },
                { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            down1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$phone" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] }
          },
          in: { $and: [
            { $and: [
              { $ne: [{ $ifNull: ["$phone", null] }, null] },
              { $or: [{ $ne: ["$$down0", null] }, { $ne: ["$$down1", null] }] }
            ] },
            { $not: [{ $or: [
              { $and: [
                { $not: [{ $or: [
                  { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                  { $ne: [{ $ifNull: ["$number", null] }, null] }
                ] }] },
                { $eq: [{ $ifNull: ["$phone", null] }, null] }
              ] },
              { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$phone", null] }, "$$up0"] }] },
              { $and: [
                { $ne: [{ $ifNull: ["$phone", null] }, null] },
                { $eq: [{ $ifNull: ["$country_code", null] }, "$$down0"] },
                { $eq: [{ $ifNull: ["$number", null] }, "$$down1"] }
              ] }
            ] }] }
          ] }
        } },
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $cond: [
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$number", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$phone" }, "string"] },
                { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            down1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$phone" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] }
          },
          in: { $and: [
            { $or: [
              { $ne: [{ $ifNull: ["$country_code", null] }, null] },
              { $ne: [{ $ifNull: ["$number", null] }, null] }
            ] },
            { $eq: [{ $ifNull: ["$phone", null] }, null] },
            { $ne: ["$$up0", null] },
            { $not: [{ $or: [
              { $and: [
                { $not: [{ $or: [
                  { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                  { $ne: [{ $ifNull: ["$number", null] }, null] }
                ] }] },
                { $eq: [{ $ifNull: ["$phone", null] }, null] }
              ] },
              { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$phone", null] }, "$$up0"] }] },
              { $and: [
                { $ne: [{ $ifNull: ["$phone", null] }, null] },
                { $eq: [{ $ifNull: ["$country_code", null] }, "$$down0"] },
                { $eq: [{ $ifNull: ["$number", null] }, "$$down1"] }
              ] }
            ] }] }
          ] }
        } }
      ] }
    },
    u: [
      { $set: {
        country_code: { $cond: [
          { $let: {
            vars: {
              up0: { $ifNull: [
                { $cond: [
                  { $or: [
                    { $and: [
                      { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                      { $eq: [
                        { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                        null
                      ] }
                    ] },
                    { $and: [
                      { $ne: [{ $ifNull: ["$number", null] }, null] },
                      { $eq: [
                        { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                        null
                      ] }
                    ] }
                  ] },
                  null,
                  { $let: {
                    vars: { filled: { $filter: {
                      input: [
                        { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                        { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
              ] },
              down0: { $ifNull: [
                { $cond: [
                  { $eq: [{ $type: "$phone" }, "string"] },
                  { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
                  null
                ] },
                null
              ] },
              down1: { $ifNull: [
                { $cond: [
                  { $eq: [{ $type: "$phone" }, "string"] },
                  { $let: {
                    vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
                    in: { $cond: [
                      { $gte: ["$$found", 0] },
                      { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                      null
                    ] }
                  } },
                  null
                ] },
                null
              ] }
            },
            in: { $and: [
              { $and: [
                { $ne: [{ $ifNull: ["$phone", null] }, null] },
                { $or: [{ $ne: ["$$down0", null] }, { $ne: ["$$down1", null] }] }
              ] },
              { $not: [{ $or: [
                { $and: [
                  { $not: [{ $or: [
                    { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                    { $ne: [{ $ifNull: ["$number", null] }, null] }
                  ] }] },
                  { $eq: [{ $ifNull: ["$phone", null] }, null] }
                ] },
                { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$phone", null] }, "$$up0"] }] },
                { $and: [
                  { $ne: [{ $ifNull: ["$phone", null] }, null] },
                  { $eq: [{ $ifNull: ["$country_code", null] }, "$$down0"] },
                  { $eq: [{ $ifNull: ["$number", null] }, "$$down1"] }
                ] }
              ] }] }
            ] }
          } },
          { $ifNull: [
            { $cond: [
              { $eq: [{ $type: "$phone" }, "string"] },
              { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
              null
            ] },
            "$$REMOVE"
          ] },
          "$country_code"
        ] },
        number: { $cond: [
          { $let: {
            vars: {
              up0: { $ifNull: [
                { $cond: [
                  { $or: [
                    { $and: [
                      { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                      { $eq: [
                        { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                        null
                      ] }
                    ] },
                    { $and: [
                      { $ne: [{ $ifNull: ["$number", null] }, null] },
                      { $eq: [
                        { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                        null
                      ] }
                    ] }
                  ] },
                  null,
                  { $let: {
                    vars: { filled: { $filter: {
                      input: [
                        { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                        { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
              ] },
              down0: { $ifNull: [
                { $cond: [
                  { $eq: [{ $type: "$phone" }, "string"] },
                  { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
                  null
                ] },
                null
              ] },
              down1: { $ifNull: [
                { $cond: [
                  { $eq: [{ $type: "$phone" }, "string"] },
                  { $let: {
                    vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
                    in: { $cond: [
                      { $gte: ["$$found", 0] },
                      { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                      null
                    ] }
                  } },
                  null
                ] },
                null
              ] }
            },
            in: { $and: [
              { $and: [
                { $ne: [{ $ifNull: ["$phone", null] }, null] },
                { $or: [{ $ne: ["$$down0", null] }, { $ne: ["$$down1", null] }] }
              ] },
              { $not: [{ $or: [
                { $and: [
                  { $not: [{ $or: [
                    { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                    { $ne: [{ $ifNull: ["$number", null] }, null] }
                  ] }] },
                  { $eq: [{ $ifNull: ["$phone", null] }, null] }
                ] },
                { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$phone", null] }, "$$up0"] }] },
                { $and: [
                  { $ne: [{ $ifNull: ["$phone", null] }, null] },
                  { $eq: [{ $ifNull: ["$country_code", null] }, "$$down0"] },
                  { $eq: [{ $ifNull: ["$number", null] }, "$$down1"] }
                ] }
              ] }] }
            ] }
          } },
          { $ifNull: [
            { $cond: [
              { $eq: [{ $type: "$phone" }, "string"] },
              { $let: {
                vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
                in: { $cond: [
                  { $gte: ["$$found", 0] },
                  { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                  null
                ] }
              } },
              null
            ] },
            "$$REMOVE"
          ] },
          "$number"
        ] }
      } },
      { $set: { phone: { $cond: [
        { $let: {
          vars: {
            up0: { $ifNull: [
              { $cond: [
                { $or: [
                  { $and: [
                    { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] },
                  { $and: [
                    { $ne: [{ $ifNull: ["$number", null] }, null] },
                    { $eq: [
                      { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                      null
                    ] }
                  ] }
                ] },
                null,
                { $let: {
                  vars: { filled: { $filter: {
                    input: [
                      { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                      { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
            ] },
            down0: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$phone" }, "string"] },
                { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
                null
              ] },
              null
            ] },
            down1: { $ifNull: [
              { $cond: [
                { $eq: [{ $type: "$phone" }, "string"] },
                { $let: {
                  vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
                  in: { $cond: [
                    { $gte: ["$$found", 0] },
                    { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                    null
                  ] }
                } },
                null
              ] },
              null
            ] }
          },
          in: { $and: [
            { $or: [
              { $ne: [{ $ifNull: ["$country_code", null] }, null] },
              { $ne: [{ $ifNull: ["$number", null] }, null] }
            ] },
            { $eq: [{ $ifNull: ["$phone", null] }, null] },
            { $ne: ["$$up0", null] },
            { $not: [{ $or: [
              { $and: [
                { $not: [{ $or: [
                  { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                  { $ne: [{ $ifNull: ["$number", null] }, null] }
                ] }] },
                { $eq: [{ $ifNull: ["$phone", null] }, null] }
              ] },
              { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$phone", null] }, "$$up0"] }] },
              { $and: [
                { $ne: [{ $ifNull: ["$phone", null] }, null] },
                { $eq: [{ $ifNull: ["$country_code", null] }, "$$down0"] },
                { $eq: [{ $ifNull: ["$number", null] }, "$$down1"] }
              ] }
            ] }] }
          ] }
        } },
        { $ifNull: [
          { $cond: [
            { $or: [
              { $and: [
                { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                { $eq: [
                  { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] },
              { $and: [
                { $ne: [{ $ifNull: ["$number", null] }, null] },
                { $eq: [
                  { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                  null
                ] }
              ] }
            ] },
            null,
            { $let: {
              vars: { filled: { $filter: {
                input: [
                  { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                  { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
        "$phone"
      ] } } }
    ],
    multi: true
  }]
})
db.runCommand({
  collMod: "contacts",
  validator: { $expr: { $let: {
    vars: {
      up0: { $ifNull: [
        { $cond: [
          { $or: [
            { $and: [
              { $ne: [{ $ifNull: ["$country_code", null] }, null] },
              { $eq: [
                { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                null
              ] }
            ] },
            { $and: [
              { $ne: [{ $ifNull: ["$number", null] }, null] },
              { $eq: [{ $convert: { input: "$number", to: "string", onError: null, onNull: null } }, null] }
            ] }
          ] },
          null,
          { $let: {
            vars: { filled: { $filter: {
              input: [
                { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
      ] },
      down0: { $ifNull: [
        { $cond: [
          { $eq: [{ $type: "$phone" }, "string"] },
          { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
          null
        ] },
        null
      ] },
      down1: { $ifNull: [
        { $cond: [
          { $eq: [{ $type: "$phone" }, "string"] },
          { $let: {
            vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
            in: { $cond: [
              { $gte: ["$$found", 0] },
              { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
              null
            ] }
          } },
          null
        ] },
        null
      ] }
    },
    in: { $or: [
      { $and: [
        { $not: [{ $or: [
          { $ne: [{ $ifNull: ["$country_code", null] }, null] },
          { $ne: [{ $ifNull: ["$number", null] }, null] }
        ] }] },
        { $eq: [{ $ifNull: ["$phone", null] }, null] }
      ] },
      { $and: [{ $ne: ["$$up0", null] }, { $eq: [{ $ifNull: ["$phone", null] }, "$$up0"] }] },
      { $and: [
        { $ne: [{ $ifNull: ["$phone", null] }, null] },
        { $eq: [{ $ifNull: ["$country_code", null] }, "$$down0"] },
        { $eq: [{ $ifNull: ["$number", null] }, "$$down1"] }
      ] }
    ] }
  } } },
  validationLevel: "strict",
  validationAction: "error"
});

// undo of enforce.2: seal contacts: its validator holds every writer to the new shape
db.runCommand({ collMod: "contacts", validator: {}, validationLevel: "strict", validationAction: "error" });

// undo of expand.2: remember where the changes of contacts begin
// the tool itself: forgets the place in the stream of changes of contacts

// undo of expand.1: try what becomes of phone on every document of contacts
//   takes the new fields away again
// end, page_first, page, page_beyond: as in expand.1
// undo
(ids) => db.runCommand({
  update: "contacts",
  updates: [{
    q: { _id: { $in: ids }, $or: [{ phone: { $exists: true } }] },
    u: [
      { $set: {
        country_code: { $cond: [
          { $let: {
            vars: {
              up0: { $ifNull: [
                { $cond: [
                  { $or: [
                    { $and: [
                      { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                      { $eq: [
                        { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                        null
                      ] }
                    ] },
                    { $and: [
                      { $ne: [{ $ifNull: ["$number", null] }, null] },
                      { $eq: [
                        { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                        null
                      ] }
                    ] }
                  ] },
                  null,
                  { $let: {
                    vars: { filled: { $filter: {
                      input: [
                        { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                        { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
              ] },
              down0: { $ifNull: [
                { $cond: [
                  { $eq: [{ $type: "$phone" }, "string"] },
                  { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
                  null
                ] },
                null
              ] },
              down1: { $ifNull: [
                { $cond: [
                  { $eq: [{ $type: "$phone" }, "string"] },
                  { $let: {
                    vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
                    in: { $cond: [
                      { $gte: ["$$found", 0] },
                      { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                      null
                    ] }
                  } },
                  null
                ] },
                null
              ] }
            },
            in: { $and: [
              { $not: [{ $or: [
                { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                { $ne: [{ $ifNull: ["$number", null] }, null] }
              ] }] },
              { $and: [
                { $ne: [{ $ifNull: ["$phone", null] }, null] },
                { $or: [{ $ne: ["$$down0", null] }, { $ne: ["$$down1", null] }] }
              ] }
            ] }
          } },
          { $ifNull: [
            { $cond: [
              { $eq: [{ $type: "$phone" }, "string"] },
              { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
              null
            ] },
            "$$REMOVE"
          ] },
          "$country_code"
        ] },
        number: { $cond: [
          { $let: {
            vars: {
              up0: { $ifNull: [
                { $cond: [
                  { $or: [
                    { $and: [
                      { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                      { $eq: [
                        { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                        null
                      ] }
                    ] },
                    { $and: [
                      { $ne: [{ $ifNull: ["$number", null] }, null] },
                      { $eq: [
                        { $convert: { input: "$number", to: "string", onError: null, onNull: null } },
                        null
                      ] }
                    ] }
                  ] },
                  null,
                  { $let: {
                    vars: { filled: { $filter: {
                      input: [
                        { $convert: { input: "$country_code", to: "string", onError: null, onNull: null } },
                        { $convert: { input: "$number", to: "string", onError: null, onNull: null } }
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
              ] },
              down0: { $ifNull: [
                { $cond: [
                  { $eq: [{ $type: "$phone" }, "string"] },
                  { $arrayElemAt: [{ $split: ["$phone", { $literal: " " }] }, 0] },
                  null
                ] },
                null
              ] },
              down1: { $ifNull: [
                { $cond: [
                  { $eq: [{ $type: "$phone" }, "string"] },
                  { $let: {
                    vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
                    in: { $cond: [
                      { $gte: ["$$found", 0] },
                      { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                      null
                    ] }
                  } },
                  null
                ] },
                null
              ] }
            },
            in: { $and: [
              { $not: [{ $or: [
                { $ne: [{ $ifNull: ["$country_code", null] }, null] },
                { $ne: [{ $ifNull: ["$number", null] }, null] }
              ] }] },
              { $and: [
                { $ne: [{ $ifNull: ["$phone", null] }, null] },
                { $or: [{ $ne: ["$$down0", null] }, { $ne: ["$$down1", null] }] }
              ] }
            ] }
          } },
          { $ifNull: [
            { $cond: [
              { $eq: [{ $type: "$phone" }, "string"] },
              { $let: {
                vars: { found: { $indexOfCP: ["$phone", { $literal: " " }] } },
                in: { $cond: [
                  { $gte: ["$$found", 0] },
                  { $substrCP: ["$phone", { $add: ["$$found", 1] }, { $strLenCP: "$phone" }] },
                  null
                ] }
              } },
              null
            ] },
            "$$REMOVE"
          ] },
          "$number"
        ] }
      } },
      { $unset: ["phone"] }
    ],
    multi: true
  }]
})
