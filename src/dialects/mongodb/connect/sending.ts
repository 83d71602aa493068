import type { Db, Document } from 'mongodb'
import { noAnswer } from './errors.ts'

/** How a command is sent to a database. */
export type Send<T> = (db: Db, command: Document, exact?: boolean) => Promise<T>

/** Keys go through the ledger, so no number may lose a digit. Patterns need not be valid in JavaScript. */
const EXACT = { promoteLongs: false, bsonRegExp: true } as const

/** NamespaceNotFound. */
const NOT_FOUND = 26

/** Sends one command. Failed writes in its answer are thrown. */
export const runOne: Send<Document> = async (db, command) => {
  const reply: Document = await db.command(command, EXACT).catch((error: unknown) => {
    // Servers before 7.0 report an error when there is nothing to drop.
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

/** All documents of the command's cursor. */
export const runAll: Send<readonly Document[]> = (db, command, exact = false) =>
  db.runCursorCommand(command, { ...EXACT, promoteValues: !exact }).toArray()

const WRITES: ReadonlySet<string> = new Set([
  ...['insert', 'update', 'delete', 'findAndModify', 'create', 'collMod', 'createIndexes', 'dropIndexes'],
  ...['renameCollection', 'drop'],
])

/** The server accepts this command only on the admin database. */
export const ADMIN: ReadonlySet<string> = new Set(['renameCollection'])

const isMerge = ({ pipeline }: Document): boolean =>
  Array.isArray(pipeline) && pipeline.some((stage: Document) => '$merge' in stage || '$out' in stage)

/** The first key is the name of the command. */
export const nameOf = (command: Document): string => Object.keys(command)[0] ?? ''

/** Whether the command changes anything; an aggregate may do so in its last stage. */
export const isWrite = (command: Document): boolean => WRITES.has(nameOf(command)) || isMerge(command)

/** `update users`: enough to recognise it, and never a value. */
export const pointOf = (command: Document): string => {
  const name = nameOf(command)
  const into = isMerge(command) ? ' into another' : ''
  return `${name} ${typeof command[name] === 'string' ? command[name] : ''}${into}`.trim()
}

/** Gives the answer, or throws after that many milliseconds without one. */
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
