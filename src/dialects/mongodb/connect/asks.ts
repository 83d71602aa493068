import type { Document } from 'mongodb'
import { canonical } from '../../../program/fingerprint.ts'
import type { Row } from '../../interface/session.ts'
import { forgetStream, hasStream, type Kept, markStream } from '../observe/stream.ts'
import { missing, sessionLost } from './errors.ts'
import { comparable, parsed } from './extended.ts'
import type { MongoSession } from './mongo-session.ts'
import type { Act, Ask } from './statement.ts'

type Asking = Pick<MongoSession, 'command' | 'documents' | 'db' | 'names'>

/** Answers a question about the catalogue. */
export async function answer(session: Asking, ask: Ask): Promise<Row[]> {
  if (ask.ask !== 'checks') return [{ done: await holds(session, ask) }]
  const rows: Row[] = []
  for (const { what, holds: question } of ask.checks)
    rows.push({ what, holds: await holds(session, question) })
  return rows
}

async function holds(session: Asking, ask: Exclude<Ask, { ask: 'checks' }> | Ask): Promise<boolean> {
  switch (ask.ask) {
    case 'not':
      return !(await holds(session, ask.of))
    case 'index':
      return hasIndex(session, ask)
    case 'validator':
      return hasValidator(session, ask)
    case 'collection':
      return (await collection(session, ask.name))?.['type'] === ask.type
    case 'stream':
      return hasStream(kept(session), ask.plan, ask.collection)
    default:
      throw new Error('checks stand by themselves')
  }
}

async function hasIndex(session: Asking, ask: Extract<Ask, { ask: 'index' }>): Promise<boolean> {
  const found = await indexes(session, ask.collection)
  const index = found.find(({ name, spec }) => (spec?.name ?? name) === ask.name)
  if (index === undefined) return false
  const wanted = Object.entries(ask.is)
  // The server is still building it, perhaps for a dead runner. It has the name but may never be finished.
  if (index['spec'] !== undefined) return wanted.length === 0
  return wanted.every(([name, value]) => isSame(name, index[name], value))
}

/**
 * Indexes that are being built are listed under `spec`. Without that option, which some servers lack, they look like
 * finished ones. Source: https://jira.mongodb.org/browse/SERVER-47842
 */
async function indexes({ documents }: Asking, listIndexes: string): Promise<readonly Document[]> {
  try {
    return await documents({ listIndexes, includeBuildUUIDs: true }).catch((error: unknown) => {
      if (missing(error) || sessionLost(error)) throw error
      return documents({ listIndexes })
    })
  } catch (error) {
    if (missing(error)) return []
    throw error
  }
}

/** The server omits options that are off. The order of a key's fields counts. */
const isSame = (name: string, is: unknown, wanted: unknown): boolean => {
  if (wanted === false) return is === undefined || is === false
  const [a, b] = [comparable(is ?? null), asSent(wanted)]
  return name === 'key' ? JSON.stringify(a) === JSON.stringify(b) : canonical(a) === canonical(b)
}

/** A value of a statement in the form in which the server would return it. */
const asSent = (written: unknown): unknown => comparable(parsed(JSON.stringify(written)))

async function hasValidator(session: Asking, { collection: name, is }: Extract<Ask, { ask: 'validator' }>) {
  const {
    validator = {},
    validationLevel = 'strict',
    validationAction = 'error',
  } = (await collection(session, name))?.['options'] ?? {}
  if (is === null) return Object.keys(validator).length === 0
  return (
    canonical(comparable(validator)) === canonical(asSent(is.validator)) &&
    validationLevel === is.level &&
    validationAction === is.action
  )
}

const collection = async (session: Asking, name: string): Promise<Document | undefined> =>
  (await session.documents({ listCollections: 1, filter: { name } }))[0]

/** Performs an action that needs more than a single command. */
export const act = (session: Asking, { act: what, plan, collection: name }: Act): Promise<void> =>
  what === 'mark stream' ? markStream(kept(session), plan, name) : forgetStream(kept(session), plan, name)

export const kept = ({ db, names }: Pick<MongoSession, 'db' | 'names'>): Kept => ({
  db,
  ledger: names.ledger,
})
