======== enforce.js
// Plan mongo-set-validator, fingerprint 6d9c45568410
// Phase enforce. For review; `plan advance mongo-set-validator --phase enforce` runs it.

// enforce.1: give products the validator of the plan
//   why   only when no document breaks it: it would refuse every update of one that does
//   lock  collection X lock on shop.products, a moment; reads and writes wait
//   takes a moment
// first, to find nothing
db.runCommand({
  aggregate: "products",
  pipeline: [
    { $match: { $nor: [{ $jsonSchema: {
      bsonType: "object",
      required: ["sku", "price"],
      properties: {
        sku: { bsonType: "string", pattern: "^[A-Z]-[0-9]+$" },
        price: { bsonType: ["int", "double", "decimal"], minimum: 0 }
      }
    } }] } },
    { $count: "violations" }
  ],
  cursor: {}
});
db.runCommand({
  collMod: "products",
  validator: { $jsonSchema: {
    bsonType: "object",
    required: ["sku", "price"],
    properties: {
      sku: { bsonType: "string", pattern: "^[A-Z]-[0-9]+$" },
      price: { bsonType: ["int", "double", "decimal"], minimum: 0 }
    }
  } },
  validationLevel: "strict",
  validationAction: "error"
});

======== verify.js
// Plan mongo-set-validator, fingerprint 6d9c45568410
// Phase verify. For review; `plan advance mongo-set-validator --phase verify` runs it.

// verify.1: prove products-fits-its-schema on all documents of products
//   why   one scan for all of them; one document that breaks a rule stops the plan
//   lock  none on shop.products, during the scan; nobody waits
//   takes one scan of shop.products
// count
db.runCommand({
  aggregate: "products",
  pipeline: [
    { $facet: {
      checked: [{ $count: "n" }],
      v0: [
        { $match: { $nor: [{ $jsonSchema: {
          bsonType: "object",
          required: ["sku", "price"],
          properties: {
            sku: { bsonType: "string", pattern: "^[A-Z]-[0-9]+$" },
            price: { bsonType: ["int", "double", "decimal"], minimum: 0 }
          }
        } }] } },
        { $count: "n" }
      ]
    } },
    { $project: {
      checked: { $ifNull: [{ $arrayElemAt: ["$checked.n", 0] }, { $literal: 0 }] },
      v0: { $ifNull: [{ $arrayElemAt: ["$v0.n", 0] }, { $literal: 0 }] }
    } }
  ],
  cursor: {}
});
// sample_0
(limit) => db.runCommand({
  aggregate: "products",
  pipeline: [
    { $match: { $nor: [{ $jsonSchema: {
      bsonType: "object",
      required: ["sku", "price"],
      properties: {
        sku: { bsonType: "string", pattern: "^[A-Z]-[0-9]+$" },
        price: { bsonType: ["int", "double", "decimal"], minimum: 0 }
      }
    } }] } },
    { $sort: { _id: 1 } },
    { $limit: limit },
    { $project: { _id: 0, key: "$_id" } }
  ],
  cursor: {}
})

// verify.2: prove that products has its validator
//   why   one that somebody took away would show only later
//   lock  none on shop.products, a moment; nobody waits
//   takes a moment
// check
// looks up: the validator of products is the plan’s

======== undo.js
// Plan mongo-set-validator, fingerprint 6d9c45568410
// Undo of every step that has one, the last step first.
// For review; `plan rollback mongo-set-validator` runs it, only for steps that were done, and first counts what would be lost.

// undo of enforce.1: give products the validator of the plan
db.runCommand({ collMod: "products", validator: {}, validationLevel: "strict", validationAction: "error" });
