import type { Asked, Statement } from './statements.ts'
import type { Knows, Way } from './way.ts'

/** What the application runs its statements on. */
export type Connection = {
  ask(statement: Statement, values: readonly unknown[]): Promise<Asked>
  end(): Promise<void>
}

/** A server of our own. Disposing of it stops it and removes its data. */
export type Server = AsyncDisposable & {
  /** With its version and whose it is, for people. */
  readonly name: string
  /** What one has to know to read how long the applications waited. */
  readonly note?: string
  url(database: string): string
}

/** All that differs by the kind of database. */
export type Engine = {
  /** How many users there are in the beginning. */
  readonly rows: number
  /** How the plan is carried through here, with which versions of the application. */
  readonly way: Way
  /** The plan's file. */
  readonly plan: URL
  start(): Promise<Server>
  /** Makes two databases: one with the table as it is and its rows, one with what a person would have made of it. */
  load(server: Server, busy: string, byHand: string): Promise<void>
  /** Everything in a database, one line for each thing, in the server's own words. */
  catalogue(url: string): Promise<string[]>
  /** An application's connection, whose statements know only these name columns. */
  connect(url: string, knows: Knows): Promise<Connection>
}

const ENGINES: Readonly<Record<string, () => Promise<Engine>>> = {
  postgres: async () => (await import('./postgres/engine.ts')).postgres,
  mysql: async () => (await import('./mysql/engine.ts')).mysqlEngine('mysql'),
  mariadb: async () => (await import('./mysql/engine.ts')).mysqlEngine('mariadb'),
  mongodb: async () => (await import('./mongodb/engine.ts')).mongodb,
}

export const NAMES = Object.keys(ENGINES)

export function engine(name: string): Promise<Engine> {
  const found = ENGINES[name]
  if (!found) throw new Error(`there is no engine ${name}`)
  return found()
}
