======== enforce.js
// Plan mongo-rename-collection, fingerprint c7fee871d4cd
// Phase enforce. For review; `plan advance mongo-rename-collection --phase enforce` runs it.

// enforce.1: rename client to clients; make a view client in its place
//   why   one command, with all its indexes and its validator; no document is written; readers that were forgotten still find the documents; writers are refused
//   lock  collection X lock on shop.client, a moment; reads and writes wait
//   lock  collection X lock on shop.clients, a moment; reads and writes wait
//   takes a moment
db.runCommand({ renameCollection: "shop.client", to: "shop.clients" });
db.runCommand({ create: "client", viewOn: "clients", pipeline: [] });

======== contract.js
// Plan mongo-rename-collection, fingerprint c7fee871d4cd
// Phase contract. For review; `plan advance mongo-rename-collection --phase contract` runs it.

// contract.1: drop the view client
//   why   nobody uses the old name any more
//   lock  collection X lock on shop.client, a moment; reads and writes wait
//   takes a moment
db.runCommand({ drop: "client" });

======== undo.js
// Plan mongo-rename-collection, fingerprint c7fee871d4cd
// Undo of every step that has one, the last step first.
// For review; `plan rollback mongo-rename-collection` runs it, only for steps that were done, and first counts what would be lost.

// undo of contract.1: drop the view client
db.runCommand({ create: "client", viewOn: "clients", pipeline: [] });

// undo of enforce.1: rename client to clients; make a view client in its place
db.runCommand({ drop: "client" });
db.runCommand({ renameCollection: "shop.clients", to: "shop.client" });
