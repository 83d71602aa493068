import { type Db, type Document, ObjectId } from 'mongodb'
import { expect } from 'vitest'
import { type Folder, plan, planFolder, type Ran } from './cli.ts'
import { type MongoDatabase, mongoDatabase } from './mongo-databases.ts'
import type { Meaning, MongoLife, Version } from './mongo-life.ts'

/** Batches of three documents without rest, and no more quiet than two sweeps need. `backfill`: keys beside these. */
export const lifePlan = ({
  intents,
  backfill = '',
  more = '',
}: Pick<MongoLife, 'intents' | 'more'> & { readonly backfill?: string }): string =>
  [
    'version: 1',
    'name: life',
    'intents:',
    ...intents
      .trim()
      .split('\n')
      .map((line) => `  ${line}`),
    `backfill: { batch: { rows: 3, target: 10s, max_rows: 3 }, quiet: 0s, throttle: { duty: 1 }${backfill} }`,
    more,
    '',
  ].join('\n')

export type MongoStage = AsyncDisposable & {
  readonly life: MongoLife
  readonly database: MongoDatabase
  readonly folder: Folder
  /** What each document means by now, by its key as text. */
  readonly world: Map<string, { readonly id: unknown; readonly meaning: Meaning }>
  /** How many documents clients have made. */
  made: number
  /** How often somebody was at work. */
  rounds: number
}

/** Keys of all kinds that a collection may hold side by side. */
const idOf = (n: number): unknown =>
  [
    n,
    `$text ${n}`,
    { part: n, of: 'key' },
    new Date(1_700_000_000_000 + n),
    n + 0.5,
    ObjectId.createFromTime(1_600_000_000 + n),
  ][n % 6]

/** A database with the old shape in it, and the folder of the plan. */
export async function mongoStage(server: { readonly url: string }, life: MongoLife): Promise<MongoStage> {
  const folder = await planFolder(lifePlan(life))
  const database = await mongoDatabase(server)
  const { db } = database
  await db.createCollection(life.collection)
  const world: MongoStage['world'] = new Map()
  for (const [n, meaning] of life.meanings.entries()) {
    const id = idOf(n)
    await db
      .collection(life.collection)
      .insertOne({ _id: id, other: `kept ${n}`, ...life.old(meaning) } as Document)
    world.set(JSON.stringify(id), { id, meaning: meant(life, 'old', meaning, undefined) })
  }
  await life.setup?.(db)
  return {
    life,
    database,
    folder,
    world,
    made: 0,
    rounds: 0,
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** Runs `plan`, and fails with all that it said unless it ends with one of these statuses. */
export async function runs(
  { database, folder }: Pick<MongoStage, 'database' | 'folder'>,
  argv: readonly string[],
  statuses: readonly number[] = [0],
): Promise<Ran> {
  const ran = await plan(database, folder.path, argv)
  if (!statuses.includes(ran.status)) {
    const is = JSON.stringify(await catalogue(database.db))
    expect.fail(`plan ${argv.join(' ')} ended with ${ran.status}\n${ran.err}${ran.out}${is}`)
  }
  return ran
}

const meant = (life: MongoLife, version: Version, meaning: Meaning, before: Meaning): Meaning =>
  life.means ? life.means(version, meaning, before) : meaning

/** What documents mean once all is undone. */
export function forget({ life, world }: MongoStage): void {
  if (life.undone)
    for (const [key, { id, meaning }] of world) world.set(key, { id, meaning: life.undone(meaning) })
}

/** The name under which a version looks for the documents. */
async function nameFor({ life, database }: MongoStage, version: Version): Promise<string> {
  const { collection, renamed } = life
  if (renamed === undefined || version === 'old') return collection
  if (version === 'fresh') return renamed
  const found = await database.db.listCollections({ name: renamed, type: 'collection' }).toArray()
  return found.length > 0 ? renamed : collection
}

/** A version at work: it changes what is there, puts in something new, takes fields and documents away. */
export async function works(stage: MongoStage, version: Version): Promise<void> {
  const { life, database, world } = stage
  const round = ++stage.rounds
  const collection = database.db.collection(await nameFor(stage, version))
  const meaningOf = (n: number) =>
    life.next ? life.next(++stage.made) : life.meanings[n % life.meanings.length]
  const all = [...world.entries()]
  for (const [step, [key, { id, meaning: before }]] of all.entries()) {
    if ((step + round) % 3 !== 0) continue
    const meaning = meaningOf(step + round)
    // Whether the other field is stale then, or the only one that was written, nobody can tell: going back keeps it.
    if (version !== 'dual' && meaning === undefined && !life.means) continue
    const update = updateOf(life, version, meaning)
    const found = await collection
      .updateOne({ _id: id } as Document, update)
      .catch(async (cause: unknown) => {
        const said = [update, await collection.findOne({ _id: id } as Document), await catalogue(database.db)]
        throw new Error(`${version} client, ${key}, round ${round}: ${JSON.stringify(said)}`, { cause })
      })
    expect(found.matchedCount, `${version} client, ${key}`).toBe(1)
    world.set(key, { id, meaning: meant(life, version, meaning, before) })
  }
  for (const n of [0, 1, 2]) {
    const id = `${version} ${round} ${n} ${stage.made++}`
    const meaning = meaningOf(round + n)
    await collection.insertOne({
      _id: id,
      other: 'kept',
      ...documentOf(life, version, meaning),
    } as Document)
    world.set(JSON.stringify(id), { id, meaning: meant(life, version, meaning, undefined) })
  }
  const gone = all[round % all.length]
  if (gone) {
    await collection.deleteOne({ _id: gone[1].id } as Document)
    world.delete(gone[0])
  }
}

/** The fields that a version writes. */
const documentOf = (life: MongoLife, version: Version, meaning: Meaning): Document =>
  version === 'old'
    ? life.old(meaning)
    : version === 'fresh'
      ? life.fresh(meaning)
      : life.dual
        ? life.dual(meaning)
        : (both(life.old(meaning), life.fresh(meaning)) as Document)

/** Two shapes of the same in one. */
function both(a: unknown, b: unknown): unknown {
  if (Array.isArray(a) && Array.isArray(b)) return a.map((one, index) => both(one, b[index]))
  if (!isPlain(a) || !isPlain(b)) return b
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])]
  return Object.fromEntries(
    names.map((name) => [
      name,
      name in a && name in b ? both(a[name], b[name]) : name in a ? a[name] : b[name],
    ]),
  )
}

const isPlain = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

/** One update that says all a version knows of a meaning. */
function updateOf(life: MongoLife, version: Version, meaning: Meaning): Document {
  const values = documentOf(life, version, meaning)
  const known =
    version === 'old'
      ? life.oldFields
      : version === 'fresh'
        ? life.freshFields
        : [...life.oldFields, ...life.freshFields]
  const unset = Object.fromEntries(known.filter((field) => !(field in values)).map((field) => [field, '']))
  return {
    $inc: { touched: 1 },
    ...(Object.keys(values).length > 0 && { $set: values }),
    ...(Object.keys(unset).length > 0 && { $unset: unset }),
  }
}

/** Every document says what it means, in this shape. */
export async function says(
  { life, database, world }: MongoStage,
  shape: 'old' | 'fresh',
  when: string,
): Promise<void> {
  const name = shape === 'fresh' ? (life.renamed ?? life.collection) : life.collection
  const found = await database.db.collection(name).find().toArray()
  const [fields, of, others] =
    shape === 'old'
      ? [life.oldFields, life.old, life.freshFields]
      : [life.freshFields, life.fresh, life.oldFields]
  const strangers = others.filter((field) => !fields.includes(field))
  const pick = (document: Document) =>
    Object.fromEntries(
      [...fields, ...strangers].filter((field) => field in document).map((field) => [field, document[field]]),
    )
  const is = Object.fromEntries(found.map((document) => [JSON.stringify(document._id), pick(document)]))
  const should = Object.fromEntries([...world].map(([key, { meaning }]) => [key, of(meaning)]))
  expect(is, when).toEqual(should)
  expect(
    found.filter((document) => typeof document['other'] !== 'string'),
    'fields that are none of ours',
  ).toEqual([])
}

/** The rule, without what this server does not know: DocumentDB has no closed schemas. */
export async function asFarAsKnown(db: Db, rule: Document): Promise<Document> {
  const probe = { $jsonSchema: { additionalProperties: false } }
  const known = await db
    .collection('plan_probe')
    .countDocuments(probe)
    .then(
      () => true,
      () => false,
    )
  return known
    ? rule
    : JSON.parse(JSON.stringify(rule, (key, value) => (key === 'additionalProperties' ? undefined : value)))
}

/** Validators and indexes of all collections but the tool's own, and views. */
export async function catalogue(db: Db): Promise<unknown[]> {
  const all = await db.listCollections().toArray()
  const ours = all.filter(({ name }) => !name.startsWith('plan_')).sort((a, b) => (a.name < b.name ? -1 : 1))
  const seen: unknown[] = []
  for (const { name, type, options = {} } of ours as Document[]) {
    const {
      validator = {},
      validationLevel = 'strict',
      validationAction = 'error',
      viewOn,
      pipeline,
    } = options
    const rule = Object.keys(validator).length === 0 ? null : { validator, validationLevel, validationAction }
    const indexes = type === 'view' ? [] : await db.collection(name).indexes()
    seen.push({
      name,
      type,
      rule,
      viewOn,
      pipeline,
      indexes: indexes
        .map(({ v: _, ns: __, ...index }: Document) => index)
        .sort((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1)),
    })
  }
  return seen
}

/** What the target's statements make of the collection in its old shape. */
export async function targetOf(server: { readonly url: string }, life: MongoLife): Promise<unknown[]> {
  await using there = await mongoStage(server, life)
  await life.target?.(there.database.db)
  return await catalogue(there.database.db)
}
