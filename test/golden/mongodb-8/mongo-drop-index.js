======== contract.js
// Plan mongo-drop-index, fingerprint 3f84b2f91d3d
// Phase contract. For review; `plan advance mongo-drop-index --phase contract` runs it.

// contract.1: hide index last_seen_1
//   why   no query uses it any more, while one command brings it back at once
//   lock  collection X lock on shop.users, a moment; reads and writes wait
//   takes a moment
db.runCommand({ collMod: "users", index: { name: "last_seen_1", hidden: true } });

// contract.2: drop index last_seen_1
//   why   no query needs it any more
//   lock  collection X lock on shop.users, a moment; reads and writes wait
//   takes a moment
//   POINT OF NO RETURN: this cannot be undone
db.runCommand({ dropIndexes: "users", index: "last_seen_1" });

======== undo.js
// Plan mongo-drop-index, fingerprint 3f84b2f91d3d
// Undo of every step that has one, the last step first.
// For review; `plan rollback mongo-drop-index` runs it, only for steps that were done, and first counts what would be lost.
// contract.2 cannot be undone: this file is of no use after it.

// undo of contract.1: hide index last_seen_1
db.runCommand({ collMod: "users", index: { name: "last_seen_1", hidden: false } });
