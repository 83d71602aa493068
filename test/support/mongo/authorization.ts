import type { Document } from 'mongodb'

/** A privilege as the server asks for it; the cluster is whatever has no database. */
export type Privilege = { readonly action: string; readonly db: string | null; readonly collection: string }

/** A role as `createRole` takes it. */
export type Role = {
  readonly privileges: readonly { readonly resource: Document; readonly actions: readonly string[] }[]
}

/** Anybody may send these. */
const FREE: ReadonlySet<string> = new Set([
  ...['hello', 'ismaster', 'isMaster', 'ping', 'buildInfo', 'connectionStatus', 'endSessions', 'killCursors'],
  ...['getMore', 'commitTransaction', 'abortTransaction'],
])

const ON_COLLECTION: Readonly<Record<string, string>> = {
  ...{ find: 'find', count: 'find', distinct: 'find', insert: 'insert', update: 'update', delete: 'remove' },
  ...{
    collMod: 'collMod',
    createIndexes: 'createIndex',
    dropIndexes: 'dropIndex',
    listIndexes: 'listIndexes',
  },
  ...{ create: 'createCollection', drop: 'dropCollection', collStats: 'collStats' },
}

const ON_CLUSTER: Readonly<Record<string, string>> = {
  ...{
    replSetGetStatus: 'replSetGetStatus',
    replSetGetConfig: 'replSetGetConfig',
    serverStatus: 'serverStatus',
    getParameter: 'getParameter',
  },
  ...{ killOp: 'killop', currentOp: 'inprog', usersInfo: 'viewUser', listDatabases: 'listDatabases' },
  ...{ dbStats: 'dbStats' },
}

/** What a command needs. Source: the manual's pages of the commands, and of privilege actions. */
export function privilegesFor(command: Document, name: string): Privilege[] {
  const db = String(command['$db'] ?? '')
  const at = (action: string, collection = String(command[name])): Privilege => ({ action, db, collection })
  if (FREE.has(name)) return []
  const passes: Privilege[] = command['bypassDocumentValidation'] ? [at('bypassDocumentValidation')] : []
  if (name === 'listCollections') return command['authorizedCollections'] ? [] : [at(name, '')]
  if (name === 'renameCollection') {
    const [from, to] = [command[name], command['to']].map((one) => String(one).split('.'))
    const of = ([schema = '', ...rest]: readonly string[] = []): Privilege => ({
      ...{ action: 'renameCollectionSameDB', db: schema, collection: rest.join('.') },
    })
    return [of(from), of(to)]
  }
  if (name === 'findAndModify' || name === 'update')
    return [...['find', 'update', ...upserts(command)].map((action) => at(action)), ...passes]
  if (name === 'aggregate')
    return (command['pipeline'] as Document[]).flatMap((stage) => ofStage(stage, at, passes))
  const [on, cluster] = [ON_COLLECTION[name], ON_CLUSTER[name]]
  if (on !== undefined) return [at(on), ...(name === 'delete' ? [at('find')] : [])]
  if (cluster !== undefined) return [{ action: cluster, db: null, collection: '' }]
  throw new Error(`what ${name} needs is not written down`)
}

const upserts = (command: Document): string[] =>
  [command, ...((command['updates'] ?? []) as Document[])].some(({ upsert }) => upsert === true)
    ? ['insert']
    : []

type At = (action: string, collection?: string) => Privilege

function ofStage(stage: Document, at: At, passes: readonly Privilege[]): Privilege[] {
  const [name = ''] = Object.keys(stage)
  if (name === '$currentOp')
    return stage[name].allUsers ? [{ action: 'inprog', db: null, collection: '' }] : []
  if (name === '$changeStream') return [at('find'), at('changeStream')]
  if (name === '$indexStats') return [at('indexStats')]
  if (name === '$collStats') return [at('collStats')]
  if (name === '$lookup') return [at('find'), at('find', String(stage[name].from))]
  if (name !== '$merge') return [at('find')]
  const into = String(stage[name].into)
  return [
    at('find'),
    ...['insert', 'update'].map((action) => at(action, into)),
    ...passes.map(({ action }) => at(action, into)),
  ]
}

/** The server's own collections are meant only by their names. */
export const grants = ({ privileges }: Role, { action, db, collection }: Privilege): boolean =>
  privileges.some(
    ({ resource, actions }) =>
      actions.includes(action) &&
      (db === null
        ? resource['cluster'] === true
        : resource['db'] === db &&
          (resource['collection'] === collection ||
            (resource['collection'] === '' && !collection.startsWith('system.')))),
  )
