import { type Document, Long } from 'mongodb'
import type { Field } from '../../../program/document-action.ts'
import type { TableRef } from '../../../program/refs.ts'
import type { Collection, Validator } from '../../../schema/collection.ts'
import type { Snapshot } from '../../../schema/snapshot.ts'
import { plain } from '../connect/extended.ts'
import type { MongoSession } from '../connect/mongo-session.ts'
import { extended } from '../connect/text.ts'
import { list, text } from '../language/json.ts'
import { isEncrypting } from '../language/schema-parts.ts'
import { readIndexes } from './indexes.ts'
import { sample, UNSEEN } from './sample.ts'
import { readServer, unlessForbidden, unlessRefused } from './server.ts'
import { type View, viewsOver } from './views.ts'

export type InspectOptions = {
  /**
   * Only these collections, without reading their documents; missing ones are left out. By default: all of the database
   * except the ledger's, with a sample of each.
   */
  readonly tables?: readonly TableRef[]
  /** Other databases are not read: a plan is about the database of its URL. */
  readonly schemas?: readonly string[]
  /** A sample never leaves out these fields, nor their parents. */
  readonly fields?: readonly Field[]
  /** The prefix of the ledger's own collections. */
  readonly ledger?: string
}

type Asking = Pick<MongoSession, 'command' | 'documents' | 'db'>

/** Reads what the compiler needs. Objects that this user may not see are missing. */
export async function inspect(
  session: Asking,
  { tables, fields = [], ledger = 'plan' }: InspectOptions = {},
): Promise<Snapshot> {
  const schema = session.db.databaseName
  const listed = await listCollections(session)
  // This runs before every step, so the server's abilities are not determined again.
  const all = tables === undefined || tables.length === 0
  const server = await readServer(session, all ? `${ledger}_tokens` : undefined)
  const wanted = tables?.filter((table) => table.schema === schema).map(({ name }) => name)
  const found = listed.filter(({ name }) => wanted?.includes(name) ?? !name.startsWith(`${ledger}_`))
  const views = listed.filter(({ type }) => type === 'view').map(readView)
  const shardKeys = server.topology === 'sharded' ? await readShardKeys(session, schema, found) : new Map()
  const collections: Collection[] = []
  for (const one of found) {
    const { name } = one
    const own = one.type !== 'view'
    const size = own ? await readSize(session, name) : NO_SIZE
    collections.push({
      ...readOptions(one),
      indexes: own
        ? readIndexes(await unlessForbidden(session.documents({ listIndexes: name }, { exact: true }), []))
        : [],
      shardKey: shardKeys.get(name) ?? null,
      views: viewsOver(name, views),
      documents: size.documents,
      bytes: size.stored,
      sampled: own && !tables ? await unlessForbidden(sample(session, name, size, fields), UNSEEN) : UNSEEN,
    })
  }
  return { format: 1, dialect: 'mongodb', server, schema, tables: [], collections, volatileFunctions: [] }
}

type Listed = { readonly name: string; readonly type: Collection['kind']; readonly options: Document }

/** All collections of the database except the server's own, sorted by name. */
async function listCollections({ documents }: Asking): Promise<Listed[]> {
  const found = (await unlessForbidden(
    documents({ listCollections: 1 }, { exact: true }),
    [],
  )) as readonly Listed[]
  return found.filter(({ name }) => !name.startsWith('system.')).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function readOptions({
  name,
  type,
  options,
}: Listed): Pick<Collection, 'name' | 'kind' | 'collation' | 'capped' | 'encrypted' | 'validator'> {
  const { collation, capped, encryptedFields, validator } = options
  return {
    name,
    kind: type,
    collation: collation !== undefined && collation.locale !== 'simple',
    capped: capped === true,
    ...((encryptedFields !== undefined || isEncrypting(validator)) && { encrypted: true }),
    validator: readValidator(options),
  }
}

/** Level and action may be set without a rule; then they mean nothing. */
function readValidator({
  validator = {},
  validationLevel: level = 'strict',
  validationAction: action = 'error',
}: Document): Validator | null {
  return Object.keys(validator).length === 0 ? null : { rule: text(extended(validator)), level, action }
}

const readView = ({ name, options: { viewOn, pipeline } }: Listed): View => ({
  name,
  on: String(viewOn),
  pipeline: list(plain(pipeline)),
})

/** `bytes`: the size of the documents. `stored`: the disk space of documents and indexes. */
type Size = { readonly documents: number; readonly bytes: number; readonly stored: number }

const NO_SIZE: Size = { documents: -1, bytes: 0, stored: 0 }

/** The server's estimates; every shard has its own. */
export async function readSize({ documents }: Asking, name: string): Promise<Size> {
  const pipeline = [{ $collStats: { storageStats: {} } }]
  const shards = await unlessRefused(documents({ aggregate: name, pipeline, cursor: {} }), [])
  const sum = (field: string) => sums(shards, field)
  // A time series has buckets and does not know the number of documents in them.
  const counted = shards.length > 0 && shards.every(({ storageStats }) => storageStats?.count !== undefined)
  return {
    documents: counted ? sum('count') : -1,
    bytes: sum('size'),
    stored: sum('storageSize') + sum('totalIndexSize'),
  }
}

const sums = (shards: readonly Document[], field: string): number =>
  shards.reduce((total, { storageStats }) => total + numberOf(storageStats?.[field]), 0)

const numberOf = (value: unknown): number => (value instanceof Long ? value.toNumber() : Number(value ?? 0))

/** Shard keys by collection. Only routers know them. */
async function readShardKeys(
  { documents }: Asking,
  schema: string,
  found: readonly Listed[],
): Promise<Map<string, readonly string[]>> {
  const ids = found.map(({ name }) => `${schema}.${name}`)
  const asked = documents({ find: 'collections', filter: { _id: { $in: ids } } }, { on: 'config' })
  const sharded = (await unlessRefused(asked, [])).filter(
    // Since 8.0 collections that are on one shard are in this list, too.
    ({ dropped, unsplittable }) => dropped !== true && unsplittable !== true,
  )
  return new Map(
    sharded.map(({ _id, key }): [string, readonly string[]] => [
      String(_id).slice(schema.length + 1),
      Object.keys(key ?? {}),
    ]),
  )
}
