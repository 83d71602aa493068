/**
 * Functions that the JavaScript of a file calls, by their names. `db` is the driver's: it has `command` and `admin`, and
 * `EJSON` reads and writes values of types that JSON lacks. They keep to what both the driver and the shell can.
 */
const AROUND: Readonly<Record<string, string>> = {
  bson: `
/** A value of a type that JSON lacks. */
function bson(value) {
  return EJSON.deserialize(value, { relaxed: false })
}`,

  found: `
/** The documents that a query finds, in one answer. */
async function found(db, query) {
  const { cursor } = await db.command({ ...query, cursor: { batchSize: 100000 } })
  return cursor.firstBatch
}`,

  none: `
async function none(db, says, query) {
  if ((await found(db, query)).length > 0) throw new Error(says)
}`,

  zero: `
async function zero(db, says, names, query) {
  for (const row of await found(db, query))
    if (names.some((name) => Number(row[name]) > 0)) throw new Error(says)
}`,

  briefly: `
/** Changes a collection; others wait behind it no longer than that. */
function briefly(db, command) {
  return change(db, { ...command, maxTimeMS: 2000 })
}`,

  change: `
/** Changes something; a majority of the set confirms it. */
async function change(db, command) {
  let answer = {}
  try {
    answer = await db.command({ ...command, writeConcern: { w: 'majority', wtimeout: 30000 } })
  } catch (error) {
    // Servers before 7.0 say so when there is nothing to drop.
    if (!('drop' in command) || error.code !== 26) throw error
  }
  const { writeErrors = [], writeConcernError } = answer
  const [error = writeConcernError] = writeErrors
  if (error) throw new Error('the server refused ' + Object.keys(command)[0] + ' with error ' + error.code)
}`,

  hasIndex: `
/** Whether the index is there, finished, and like this. */
async function hasIndex(db, collection, name, like) {
  const index = (await indexesOf(db, collection)).find((one) => (one.spec?.name ?? one.name) === name)
  const wanted = Object.entries(like)
  if (index === undefined || index.spec) return index !== undefined && wanted.length === 0
  return wanted.every(([key, value]) => {
    if (value === false) return !index[key]
    return key === 'key' ? text(index.key) === text(value) : text(sorted(index[key])) === text(sorted(value))
  })
}`,

  indexesOf: `
/** One that is being built has its name under \`spec\`, where the server tells that. */
async function indexesOf(db, listIndexes) {
  try {
    return await found(db, { listIndexes, includeBuildUUIDs: true })
  } catch (error) {
    if (error.code === 26) return []
    return await found(db, { listIndexes })
  }
}`,

  hasValidator: `
/** Whether the collection has this validator; null: none. */
async function hasValidator(db, name, wanted) {
  const [{ options = {} } = {}] = await found(db, { listCollections: 1, filter: { name } })
  const { validator = {}, validationLevel = 'strict', validationAction = 'error' } = options
  if (wanted === null) return Object.keys(validator).length === 0
  const is = { validator, level: validationLevel, action: validationAction }
  return text(sorted(is)) === text(sorted(wanted))
}`,

  isThere: `
/** Whether there is a collection, or a view, of that name. */
async function isThere(db, name, type) {
  const [one] = await found(db, { listCollections: 1, filter: { name } })
  return one?.type === type
}`,

  text: `
function text(value) {
  return EJSON.stringify(value ?? null)
}`,

  sorted: `
/** The same in one order of names. */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object' || value._bsontype || value instanceof Date) return value
  const all = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(all.map(([name, one]) => [name, sorted(one)]))
}`,

  asks: `
/** Asks the ledger of plan. Where migrations are replayed there are no documents, and nothing to lose. */
async function asks(db, { ledger, plan, collections }, says, test) {
  if (await isEmpty(db, collections)) return
  const pipeline = [{ $match: { _id: plan } }, { $project: { body: 1, now: '$$NOW' } }]
  const [row] = await found(db, { aggregate: ledger + '_plans', pipeline })
  if (!row || !test(JSON.parse(row.body), row.now.getTime())) throw new Error(says)
}`,

  isEmpty: `
async function isEmpty(db, collections) {
  for (const aggregate of collections) {
    const [one] = await found(db, { aggregate, pipeline: [{ $limit: 1 }, { $project: { _id: 1 } }] })
    if (one) return false
  }
  return true
}`,

  pages: `
/** Calls \`work\` with the ids of one page after the other. \`$gt\` alone compares only ids of one type. */
async function pages(db, collection, work) {
  const ids = async (...stages) => {
    const pipeline = [...stages, { $project: { _id: 1 } }]
    return (await found(db, { aggregate: collection, pipeline })).map(({ _id }) => _id)
  }
  const page = (match) => ids({ $match: match }, { $sort: { _id: 1 } }, { $limit: 1000 })
  const [end] = await ids({ $sort: { _id: -1 } }, { $limit: 1 })
  if (end === undefined) return
  const upTo = { $lte: ['$_id', { $literal: end }] }
  let next = await page({ $expr: upTo })
  while (next.length > 0) {
    await work(next)
    const last = next.at(-1)
    next = await page({ _id: { $gt: last }, $expr: upTo })
    if (next.length === 0) next = await page({ $expr: { $and: [{ $gt: ['$_id', { $literal: last }] }, upTo] } })
  }
}`,

  sweep: `
/** Fills again what differs, until nothing has differed for that many milliseconds. */
async function sweep(db, collection, quiet, says, differs, fill) {
  if (await isEmpty(db, [collection])) return
  let [since, sweeps, busy] = [Date.now(), 0, 0]
  while (sweeps < 2 || Date.now() - since < quiet) {
    if ((await found(db, differs)).some(({ violations }) => Number(violations) > 0)) {
      busy += 1
      if (busy > 20) throw new Error(says)
      await pages(db, collection, fill)
      sweeps = 0
      since = Date.now()
    } else {
      sweeps += 1
      await new Promise((resolve) => setTimeout(resolve, Math.min(30000, quiet / 4)))
    }
  }
}`,
}

const names = Object.keys(AROUND)

/** The functions that these texts call, with those that they call themselves. */
export function around(texts: readonly string[]): string[] {
  const called = (text: string) => names.filter((name) => new RegExp(`\\b${name}\\(`).test(text))
  const wanted = new Set<string>()
  const add = (text: string): void => {
    for (const name of called(text))
      if (!wanted.has(name)) {
        wanted.add(name)
        add(AROUND[name] ?? '')
      }
  }
  for (const text of texts) add(text)
  return names.filter((name) => wanted.has(name)).map((name) => (AROUND[name] ?? '').trim())
}
