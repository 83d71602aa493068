import { expect } from 'vitest'
import { type Folder, plan, planFolder, type Ran } from './cli.ts'
import { createLive, type LiveDatabase, type LiveServer, type Values } from './lives-database.ts'

export type { Values } from './lives-database.ts'

/** One statement of a client, and what both clients then see of the row it was about. */
export type Exchange = {
  readonly by: 'old' | 'new'
  readonly does: string
  /** What it must fail with, in the server's own numbers. */
  readonly fails?: string
  readonly oldSees?: Values
  readonly newSees?: Values
}

/** Two applications at work on one row, `n`; the numbers of two rounds are far apart. */
export type Clients = {
  readonly oldReads: (n: number) => string
  readonly newReads: (n: number) => string
  /** While both shapes are there. */
  readonly talk: (n: number) => readonly Exchange[]
  /** Once the old shape is retired or gone. What the last of them wrote is there for the old client after a rollback. */
  readonly after?: (n: number) => readonly Exchange[]
}

/** A change that is carried through as a whole, back from everywhere, and through crashes. */
export type Life = {
  readonly name: string
  readonly setup: readonly string[]
  /** Intents of the plan, as YAML. */
  readonly intents: string
  /** Files beside the plan, such as modules. */
  readonly files?: Readonly<Record<string, string>>
  /** Other keys of the plan, as YAML. */
  readonly more?: string
  /** What has been retired cannot be written until it is dropped. */
  readonly readonly?: true
  /** The plan has no checkpoint: nothing has to be deployed. */
  readonly straight?: true
  /** What is dropped is kept aside first. */
  readonly archive?: true
  /** What somebody with time and an idle database would have typed; says how the catalogue must look in the end. */
  readonly target: readonly string[]
  readonly clients?: readonly Clients[]
  /** The phases from after which it goes back (contract: from the retired shape), where all would take too long. */
  readonly back?: readonly Phase[]
  /** What the first query shows at the start, the second one shows in the end. */
  readonly keeps?: readonly (readonly [before: string, after: string])[]
  /** What queries show in the end. */
  readonly rows?: readonly { readonly sql: string; readonly are: readonly Values[] }[]
}

/** Several changes in one plan. */
export const together = (name: string, lives: readonly Life[], back?: Life['back']): Life => ({
  name,
  ...(back && { back }),
  setup: lives.flatMap(({ setup }) => setup),
  intents: lives.map(({ intents }) => intents.trim()).join('\n'),
  more: lives.flatMap(({ more }) => more ?? []).join('\n'),
  target: lives.flatMap(({ target }) => target),
  clients: lives.flatMap(({ clients }) => clients ?? []),
  keeps: lives.flatMap(({ keeps }) => keeps ?? []),
  rows: lives.flatMap(({ rows }) => rows ?? []),
})

/** Batches of three rows, however quick they are. */
export const planText = (
  { intents, more = '', readonly, archive }: Pick<Life, 'intents' | 'more' | 'readonly' | 'archive'>,
  hold = '0s',
): string =>
  `version: 1\nname: life\nintents:\n${indented(intents)}\nbackfill: { batch: { rows: 3, target: 10s, max_rows: 3 }, throttle: { duty: 1 } }\ncontract: { hold: ${hold}${readonly ? ', readonly: true' : ''}${archive ? ', archive: true' : ''} }\n${more}\n`

const indented = (text: string): string =>
  text
    .trim()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')

/** A database with the old shape in it, and the folder of the plan. */
export type Stage = AsyncDisposable & { readonly database: LiveDatabase; readonly folder: Folder }

export async function stage(
  server: LiveServer,
  life: Pick<Life, 'setup' | 'intents' | 'more' | 'readonly' | 'archive' | 'files'>,
): Promise<Stage> {
  const folder = await planFolder(planText(life), life.files)
  const database = await createLive(server)
  await all(database, life.setup)
  return {
    database,
    folder,
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

export async function all(database: LiveDatabase, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await database.query(statement)
}

/** Rows with every value as the server prints it. */
export const printed = (database: LiveDatabase, sql: string): Promise<Values[]> => database.printed(sql)

/** Runs `plan`, and fails with all that it said unless it ends with one of these statuses. */
export async function runs(
  { database, folder }: Stage,
  argv: readonly string[],
  statuses: readonly number[] = [0],
): Promise<Ran> {
  const ran = await plan(database, folder.path, argv)
  expect(statuses, `plan ${argv.join(' ')} ended with ${ran.status}\n${ran.err}${ran.out}`).toContain(
    ran.status,
  )
  return ran
}

export type Phase = 'expand' | 'backfill' | 'enforce' | 'verify' | 'contract'

/** Up to and including a phase; contract with the checkpoint confirmed. */
export async function advanceTo(stage: Stage, phase: Phase): Promise<void> {
  if (phase !== 'contract') return void (await runs(stage, ['advance', 'life', '--phase', phase]))
  const { status } = await runs(stage, ['advance', 'life', '--phase', 'verify', '--yes'], [0])
  expect(status).toBe(0)
  if ((await runs(stage, ['advance', 'life', '--phase', 'contract', '--yes'], [0, 3])).status === 0) return
  await runs(stage, ['confirm', 'switch-app', '--by', 'tester'])
  await runs(stage, ['advance', 'life', '--phase', 'contract', '--yes'])
}

export const dump = ({ database }: Pick<Stage, 'database'>): Promise<string[]> => database.dump()

/** The catalogue that the target's statements make of the old shape. */
export async function targetDump(server: LiveServer, { setup, target }: Life): Promise<string[]> {
  await using database = await createLive(server)
  await all(database, [...setup, ...target])
  return await database.dump()
}

/** Lets the clients do what they say, each in its own transaction. */
export async function converse(
  database: LiveDatabase,
  { oldReads, newReads }: Clients,
  talk: readonly Exchange[],
  n: number,
  shape: 'both' | 'new',
): Promise<void> {
  for (const { by, does, fails, oldSees, newSees } of talk) {
    const said = `${by} client: ${does}`
    const failed = await database.query(does).then(
      () => undefined,
      (error: Error) => error,
    )
    expect(failed && database.codeOf(failed), `${said}\n${failed?.message ?? ''}`).toBe(fails)
    if (oldSees && shape === 'both')
      expect(await printed(database, oldReads(n)), `${said}, old client reads`).toEqual([oldSees])
    if (newSees) expect(await printed(database, newReads(n)), `${said}, new client reads`).toEqual([newSees])
  }
}
