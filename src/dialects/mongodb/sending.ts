import type { Db, Document } from 'mongodb'
import { noAnswer } from './errors.ts'

/** How a command is sent to a database. */
export type Send<T> = (db: Db, command: Document, exact?: boolean) => Promise<T>

/** Keys go through the ledger, so no number may lose a digit; patterns need not be such as JavaScript can read. */
const EXACT = { promoteLongs: false, bsonRegExp: true } as const

/** NamespaceNotFound. */
const NOT_FOUND = 26

/** One command; what it says of failed writes is thrown. */
export const runOne: Send<Document> = async (db, command) => {
  const reply: Document = await db.command(command, EXACT).catch((error: unknown) => {
    // Servers before 7.0 insist that there is something to drop.
    if (nameOf(command) === 'drop' && (error as { code?: unknown }).code === NOT_FOUND) return { ok: 1 }
    throw error
  })
  const [failure] = [
    ...(reply['writeErrors'] ?? []),
    ...(reply['writeConcernError'] ? [reply['writeConcernError']] : []),
  ]
  if (failure) throw failure
  return reply
}

/** All documents of its cursor. */
export const runAll: Send<readonly Document[]> = (db, command, exact = false) =>
  db.runCursorCommand(command, { ...EXACT, promoteValues: !exact }).toArray()

const WRITES: ReadonlySet<string> = new Set([
  ...['insert', 'update', 'delete', 'findAndModify', 'create', 'collMod', 'createIndexes', 'dropIndexes'],
  ...['renameCollection', 'drop'],
])

/** On the admin database alone the server takes this one. */
export const ADMIN: ReadonlySet<string> = new Set(['renameCollection'])

const isMerge = ({ pipeline }: Document): boolean =>
  Array.isArray(pipeline) && pipeline.some((stage: Document) => '$merge' in stage || '$out' in stage)

/** The first key is the name of the command. */
export const nameOf = (command: Document): string => Object.keys(command)[0] ?? ''

/** Whether it changes anything; an aggregate does so by its last stage. */
export const isWrite = (command: Document): boolean => WRITES.has(nameOf(command)) || isMerge(command)

/** `update users`: enough to know it, and never a value. */
export const pointOf = (command: Document): string => {
  const name = nameOf(command)
  const into = isMerge(command) ? ' into another' : ''
  return `${name} ${typeof command[name] === 'string' ? command[name] : ''}${into}`.trim()
}

/** Gives the answer, or says after so many milliseconds that there is none. */
export async function answered<T>(asked: Promise<T>, limit: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(noAnswer()), limit)
  })
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}
