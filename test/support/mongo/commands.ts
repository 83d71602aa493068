import type { Document } from 'mongodb'
import pg from 'pg'
import type { Row } from './engine.ts'
import { MongoError, unpacked } from './errors.ts'
import { type Context, type Handler, OK } from './lease.ts'
import { decode, encode, number } from './wire.ts'

type Values = (context: Context) => readonly unknown[]

const BOTH: Values = ({ db, raw }) => [db, raw]

/** A function of the engine that takes the command and gives the answer. */
function call(text: string, values: Values = BOTH): Handler {
  return async (context) => {
    const [row = {}] = await context.sql(text, values(context))
    const [answer] = Object.values(row)
    return Buffer.isBuffer(answer) ? answer : OK
  }
}

const collMod: Handler = async (context) => {
  const { db, collection, raw } = context
  const change = call('SELECT documentdb_api.coll_mod($1, $2, $3::bytea)::bytea', () => [db, collection, raw])
  const answer = await change(context)
  context.lease.changed()
  return answer
}

/** A write of documents; many of them come beside the command, in a field of that name. */
function write(name: string, sequence?: string): Handler {
  const values = sequence ? '$1, $2::bytea, $3::bytea' : '$1, $2::bytea'
  const text = `SELECT p_result::bytea AS result FROM documentdb_api.${name}(${values})`
  return async ({ operation, db, raw, sql }) => {
    const beside = sequence ? [operation.request.sequences.get(sequence) ?? null] : []
    const [row] = await sql(text, [db, raw, ...beside])
    const result = decode(row?.['result'] as Buffer)
    for (const error of (result['writeErrors'] ?? []) as Document[])
      error['code'] = unpacked(number(error['code']))[0]
    return result
  }
}

/** It blocks writers of the collection, unlike MongoDB: the way without blocking needs jobs that run each second. */
const createIndexes: Handler = async ({ db, raw, sql }) => {
  const text = `SELECT documentdb_api_internal.create_indexes_non_concurrently($1, $2::bytea, true)::bytea AS reply`
  const [row] = await sql(text, [db, raw])
  const answer = decode(row?.['reply'] as Buffer)
  const reply: Document = answer['raw']?.['defaultShard'] ?? answer
  if (number(reply['ok']) === 1) return { ...reply, ...OK }
  const [code, codeName] = unpacked(number(reply['code']))
  throw new MongoError(code, codeName, reply['errmsg'])
}

const EXPLAINED: Readonly<Record<string, string>> = {
  find: 'find',
  aggregate: 'pipeline',
  count: 'count',
  distinct: 'distinct',
}

/** The plan is one of PostgreSQL. */
const explain: Handler = async ({ command, db, sql }) => {
  const inner: Document = { ...command['explain'], $db: db }
  const [name = ''] = Object.keys(inner)
  const kind = EXPLAINED[name]
  if (!kind) throw new MongoError(115, 'CommandNotSupported', `explain of ${name} is not supported`)
  const analyze = command['verbosity'] === 'queryPlanner' ? '' : ', ANALYZE'
  // The planner must see the command itself, and so not a parameter.
  const literals = `${pg.escapeLiteral(db)}, 'BSONHEX${encode(inner).toString('hex')}'`
  const [row] = await sql(
    `EXPLAIN (FORMAT JSON${analyze}) SELECT document FROM documentdb_api_catalog.bson_aggregation_${kind}(${literals})`,
  )
  return { queryPlanner: plans(row)[0], explainVersion: '1', command: inner, ...OK }
}

const plans = (row: Row | undefined) => (row?.['QUERY PLAN'] ?? []) as readonly Document[]

const renameCollection: Handler = async ({ command, collection, sql }) => {
  const [from, to] = [collection, String(command['to'])].map(parts)
  if (from?.db !== to?.db)
    throw new MongoError(115, 'CommandNotSupported', 'a collection cannot be moved to another database')
  const values = [from?.db, from?.name, to?.name, command['dropTarget'] === true]
  await sql('SELECT documentdb_api.rename_collection($1, $2, $3, $4)', values)
  return OK
}

function parts(namespace: string): { db: string; name: string } {
  const dot = namespace.indexOf('.')
  return { db: namespace.slice(0, dot), name: namespace.slice(dot + 1) }
}

const scaled: Values = ({ db, collection, command }) => [db, collection, number(command['scale']) || 1]

/** What the engine does with data and schema, by the names of MongoDB's commands. */
export const COMMANDS: Readonly<Record<string, Handler>> = {
  insert: write('insert', 'documents'),
  update: write('update', 'updates'),
  delete: write('delete', 'deletes'),
  findAndModify: write('find_and_modify'),
  findandmodify: write('find_and_modify'),
  count: call('SELECT document::bytea FROM documentdb_api.count_query($1, $2::bytea)'),
  distinct: call('SELECT document::bytea FROM documentdb_api.distinct_query($1, $2::bytea)'),
  explain,
  create: call('SELECT documentdb_api.create_collection_view($1, $2::bytea)::bytea'),
  collMod,
  drop: call('SELECT documentdb_api.drop_collection($1, $2)', ({ db, collection }) => [db, collection]),
  dropDatabase: call('SELECT documentdb_api.drop_database($1)', ({ db }) => [db]),
  renameCollection,
  createIndexes,
  dropIndexes: call('CALL documentdb_api.drop_indexes($1, $2::bytea)'),
  listDatabases: call('SELECT documentdb_api.list_databases($1::bytea)::bytea', ({ raw }) => [raw]),
  collStats: call('SELECT documentdb_api.coll_stats($1, $2, $3)::bytea', scaled),
  dbStats: call('SELECT documentdb_api.db_stats($1, $2)::bytea', ({ db, command }) => [
    db,
    number(command['scale']) || 1,
  ]),
  validate: call('SELECT document::bytea FROM documentdb_api.validate($1, $2::bytea)'),
}

/** Commands that MongoDB knows and this engine has not. */
export const MISSING: ReadonlySet<string> = new Set([
  ...[
    'analyze',
    'bulkWrite',
    'cloneCollectionAsCapped',
    'compact',
    'convertToCapped',
    'mapReduce',
    'reIndex',
  ],
  ...['profile', 'setProfilingLevel', 'top', 'getLog', 'logRotate', 'setParameter', 'fsync', 'fsyncUnlock'],
  ...['planCacheClear', 'planCacheListFilters', 'setIndexCommitQuorum', 'dropConnections', 'shutdown'],
  ...[
    'setFeatureCompatibilityVersion',
    'setDefaultRWConcern',
    'getDefaultRWConcern',
    'setUserWriteBlockMode',
  ],
  ...['createUser', 'updateUser', 'dropUser', 'usersInfo', 'createRole', 'dropRole', 'rolesInfo'],
  ...['enableSharding', 'shardCollection', 'reshardCollection', 'moveChunk', 'split', 'balancerStatus'],
  ...['replSetStepDown', 'replSetReconfig', 'replSetInitiate', 'replSetFreeze', 'replSetMaintenance'],
])
