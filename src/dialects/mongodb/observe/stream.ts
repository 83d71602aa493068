import { BSON, type ChangeStream, type ChangeStreamDocument, type Db, type Document } from 'mongodb'
import { PlanError } from '../../../errors.ts'
import type { Changes, Feed } from '../../interface/feed.ts'
import { recognise } from '../connect/errors.ts'
import { keyText } from '../connect/extended.ts'

const { EJSON } = BSON

/** A database, and the prefix of the ledger's collections: positions in streams are in `${ledger}_tokens`. */
export type Kept = { readonly db: Db; readonly ledger: string }

/** Most events that are handled together. */
const PAGE = 1_000

/** ChangeStreamHistoryLost, ChangeStreamFatalError, InvalidResumeToken: only a new stream helps. */
const LOST: readonly number[] = [286, 280, 260]

type Token = {
  readonly _id: string
  /** The driver's resume token, as Extended JSON: it may hold any type. */
  readonly token: string
  readonly at: Date | null
  readonly events: number
  readonly repairs: number
}

const tokens = ({ db, ledger }: Kept) =>
  db.collection<Token>(`${ledger}_tokens`, {
    writeConcern: { w: 'majority', wtimeoutMS: 30_000 },
  })

const keyOf = (plan: string, collection: string): string => `${plan}/${collection}`

/** Stores where the changes of a collection begin. An existing position stays. */
export async function markStream(kept: Kept, plan: string, collection: string): Promise<void> {
  const _id = keyOf(plan, collection)
  if (await tokens(kept).findOne({ _id })) return
  const token = EJSON.stringify(await nowOf(kept.db, collection), { relaxed: false })
  await tokens(kept).updateOne(
    { _id },
    { $setOnInsert: { token, at: null, events: 0, repairs: 0 } },
    { upsert: true },
  )
}

export const forgetStream = async (kept: Kept, plan: string, collection: string): Promise<void> =>
  void (await tokens(kept).deleteOne({ _id: keyOf(plan, collection) }))

/** Whether the plan has a position in the stream. */
export const hasStream = async (kept: Kept, plan: string, collection: string): Promise<boolean> =>
  (await tokens(kept).findOne({ _id: keyOf(plan, collection) })) !== null

/** The stream's position now. */
async function nowOf(db: Db, collection: string): Promise<unknown> {
  const stream = db.collection(collection).watch([], { maxAwaitTimeMS: 1 })
  try {
    // The first answer brings the position.
    await stream.tryNext()
    return stream.resumeToken
  } finally {
    await stream.close()
  }
}

/**
 * Events with only the key and the names of changed fields, because a document may be as large as an event can be.
 * Source: https://www.mongodb.com/docs/manual/reference/change-events/
 */
const NAMES: Document = {
  $project: {
    operationType: 1,
    documentKey: 1,
    clusterTime: 1,
    removed: { $ifNull: ['$updateDescription.removedFields', []] },
    named: {
      $concatArrays: [
        {
          $map: {
            input: { $objectToArray: { $ifNull: ['$updateDescription.updatedFields', {}] } },
            as: 'field',
            in: '$$field.k',
          },
        },
        { $ifNull: ['$updateDescription.removedFields', []] },
        { $ifNull: ['$updateDescription.truncatedArrays.field', []] },
      ],
    },
  },
}

type Event = ChangeStreamDocument & {
  readonly named?: readonly string[]
  readonly removed?: readonly string[]
  readonly documentKey?: Document
}

/** Follows a collection from the position that the plan has stored. */
export async function openFeed(
  kept: Kept,
  plan: string,
  collection: string,
  fields: readonly string[],
): Promise<Feed> {
  const { db } = kept
  const _id = keyOf(plan, collection)
  const place = async () => {
    const found = await tokens(kept).findOne({ _id })
    return found ? EJSON.parse(found.token, { relaxed: false }) : null
  }
  const open = (from: unknown): ChangeStream =>
    db.collection(collection).watch([NAMES], { startAfter: from, batchSize: PAGE, maxAwaitTimeMS: 200 })

  const lost = (error: unknown): never => {
    const code = (error as { code?: unknown }).code
    if (typeof code === 'number' && LOST.includes(code)) throw gap(collection, 'its history is lost')
    throw recognise(error, `following ${collection}`)
  }

  let stream = open((await place().catch(lost)) ?? (await nowOf(db, collection).catch(lost)))

  /** What the stream has now, or gets within its own short wait. */
  const read = async (): Promise<Event | null> => {
    const event = (await stream.tryNext().catch(lost)) as Event | null
    if (event !== null && GONE.has(event.operationType))
      throw gap(collection, `it was changed as a whole (${event.operationType})`)
    return event
  }

  const next = async (wait: number): Promise<Changes> => {
    const deadline = performance.now() + wait
    const events: Event[] = []
    for (;;) {
      const event = await read()
      if (event !== null) events.push(event)
      const late = performance.now() >= deadline
      if (late || events.length >= PAGE || (event === null && events.length > 0)) break
    }
    return changesOf(events, fields, EJSON.stringify(stream.resumeToken, { relaxed: false }))
  }

  return {
    next,
    keep: async ({ position, events, at }, repairs) => {
      await tokens(kept)
        .updateOne(
          { _id },
          {
            $set: { token: position, ...(at !== null && { at: new Date(at) }) },
            $inc: { events, repairs },
          },
        )
        .catch(lost)
    },
    restart: async () => {
      await stream.close().catch(() => {})
      const now = await nowOf(db, collection).catch(lost)
      await tokens(kept)
        .updateOne({ _id }, { $set: { token: EJSON.stringify(now, { relaxed: false }) } })
        .catch(lost)
      stream = open(now)
    },
    close: async () => void (await stream.close().catch(() => {})),
  }
}

function changesOf(events: readonly Event[], fields: readonly string[], position: string): Changes {
  const concerned = events.filter((event) => concerns(event, fields))
  const keysOf = (some: readonly Event[]) => [
    ...new Set(some.map(({ documentKey }) => keyText(documentKey?.['_id']))),
  ]
  const emptied = concerned.filter(({ removed = [] }) =>
    removed.some((path) => fields.some((field) => touches(path, field))),
  )
  const times = events.flatMap(({ clusterTime }) => (clusterTime ? [clusterTime.getHighBits() * 1000] : []))
  return {
    keys: keysOf(concerned),
    emptied: keysOf(emptied),
    events: events.length,
    position,
    at: times.at(-1) ?? null,
  }
}

/** After these events the collection's stream ends. */
const GONE: ReadonlySet<string> = new Set(['drop', 'rename', 'dropDatabase', 'invalidate'])

/** Inserted and replaced documents contain all fields. An update names the fields it wrote, or a parent or child of them. */
const concerns = ({ operationType, named = [] }: Event, fields: readonly string[]): boolean =>
  operationType === 'insert' ||
  operationType === 'replace' ||
  (operationType === 'update' && named.some((path) => fields.some((field) => touches(path, field))))

/** Positions in arrays are left out: `items.0.price` is `items.price`. */
const touches = (path: string, field: string): boolean => {
  const plain = path.replace(/\.\d+(?=\.|$)/g, '')
  return plain === field || plain.startsWith(`${field}.`) || field.startsWith(`${plain}.`)
}

const gap = (collection: string, why: string): PlanError =>
  new PlanError(
    'PLAN_GAP',
    `the changes of ${collection} cannot be followed from where they were left: ${why}`,
    {
      hint: 'every document has to be looked at once; plan sync does that by itself',
    },
  )
