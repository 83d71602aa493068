import { describe, inject } from 'vitest'
import type { Engine } from '../../src/dialects/interface/engine.ts'
import type { Language } from '../../src/dialects/interface/language.ts'
import type { SessionOptions } from '../../src/dialects/interface/session.ts'
import { openDialect } from '../../src/dialects/registry.ts'
import type { Action } from '../../src/program/action.ts'
import { mysqlSubject } from './conformance-mysql.ts'
import { postgresSubject } from './conformance-postgres.ts'
import type { Life } from './lives.ts'

type Row = Record<string, unknown>
type Query = (sql: string, values?: readonly unknown[]) => Promise<Row[]>

/** Somebody else's connection, not the tool's. Disposing of it rolls back what it had open. */
type Client = AsyncDisposable & { readonly pid: number; readonly query: Query }

/** A database of one test's own, and what a test has to see from outside of the tool's session. */
export type Place = AsyncDisposable & {
  readonly url: string
  /** Where names without a schema are looked up. */
  readonly schema: string
  readonly query: Query
  /** An application that is connected as well; with `sql`, within a transaction that has run it. */
  readonly client: (sql?: string) => Promise<Client>
  /** Whether this session waits for a lock now, and whether it runs `long`. */
  readonly waits: (pid: number) => Promise<boolean>
  readonly works: (pid: number) => Promise<boolean>
  readonly terminate: (pid: number) => Promise<unknown>
  /** All that the catalogue says, one thing a line. */
  readonly dump: () => Promise<string[]>
}

/** A table whose rows are to be walked along its key. */
export type Keyed = {
  readonly name: string
  /** Columns of the key and the constraint, as in CREATE TABLE. */
  readonly columns: string
  /** What stands behind VALUES for each row. */
  readonly rows: readonly string[]
}

/** A server that has to pass, and the little that tests of all servers cannot say in the same words. */
export type Subject = {
  readonly name: string
  readonly create: () => Promise<Place>
  /** Runs for half a minute, and fails when it is ended before. */
  readonly long: string
  /** Takes a moment of the server's time that is longer than the limits of tests. */
  readonly rest: string
  /** Gives the session's longest wait for a lock as `wait`. */
  readonly lockLimit: string
  /** Puts the session five hours and three quarters ahead of UTC. */
  readonly elsewhere: string
  readonly quote: (name: string) => string
  /** Whether a text can hold the character NUL. */
  readonly keepsNul: boolean
  /** Whether the server says who holds which table, and not only who has a transaction open. */
  readonly showsLocks: boolean
  /** What every ALTER TABLE of a program has to look like. */
  readonly alter: RegExp
  /** Changes that need every kind of action. */
  readonly programs: readonly Pick<Life, 'name' | 'setup' | 'intents' | 'more' | 'readonly' | 'archive'>[]
  /** Kinds of action that have a writer, but for other versions than this one. */
  readonly outdated: readonly Action['do'][]
  /** By the name of the change: actions that leave a trace of themselves when they alone are undone. */
  readonly traces: Readonly<Record<string, readonly Action['do'][]>>
  /** What an administrator may have set for every session of a database, and must not change what keys are. */
  readonly hostile: (database: string) => readonly string[]
  readonly keySetup: readonly string[]
  readonly keys: readonly Keyed[]
  /** Types that no backfill can walk along. */
  readonly unwalkable: readonly string[]
}

/** Runs the suite once for each server; one that cannot be had is skipped, counted and named. */
export function describeEachDatabase(name: string, suite: (subject: Subject) => void): void {
  const subjects = [
    ...inject('servers').map((server) => ({ server, subject: postgresSubject(server) })),
    ...inject('mysqlServers').map((server) => ({ server, subject: mysqlSubject(server) })),
  ]
  for (const { server, subject } of subjects)
    if (server.url !== null) describe(`${name} on ${server.name}`, () => suite(subject))
    else describe.skip(`${name} on ${server.name} (${server.reason})`, () => suite(subject))
}

/** The tool's own way to that database. */
export async function openOn(
  { url }: Pick<Place, 'url'>,
  more: Partial<SessionOptions> = {},
): Promise<Engine & AsyncDisposable> {
  const engine = await openDialect({ url, application: 'plan test', tls: null, schema: null, ...more })
  return { ...engine, [Symbol.asyncDispose]: () => engine.session.close() }
}

/** The same, for statements of a test that leave the schema out: the tool itself never does. */
export async function openNear(
  place: Pick<Place, 'url'>,
  more: Partial<SessionOptions> = {},
): Promise<Engine & AsyncDisposable> {
  const engine = await openOn(place, more)
  if (place.url.startsWith('postgres')) await engine.session.query('SET search_path = pg_catalog, public')
  return engine
}

/** What a promise was refused with; fails when it was not. */
export const refusal = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('it was not refused')
    },
    (error: unknown) => error,
  )

/** The language of a database with tables. */
export const sqlLanguage = ({ language }: Pick<Engine, 'language'>): Language => {
  if ('model' in language) throw new Error('this database has no tables')
  return language
}
