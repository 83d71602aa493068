import type { Piece, Tool } from '../tool.ts'
import { SQL } from './shared.ts'

export const liquibase: Tool = {
  name: 'liquibase',
  title: 'Liquibase',
  dialects: SQL,
  folder: 'src/main/resources/db/changelog',
  stamp: 'seconds',
  path: ({ stamp, name }) => `${stamp}_${name}.sql`,
  template: 'liquibase.sql.hbs',
  data: (piece, plan) => ({ changesets: changesetsOf(piece, plan) }),
  skips: true,
  back: 'liquibase rollback-count 1',
  run: 'liquibase update',
  notes: [
    'the root changelog has to include these files in their order: includeAll for the folder, or an include for each',
    'update skips what may not run yet, and says so only at --log-level=info: liquibase status lists it, plan status says why',
    'the account has to find the table of changesets without a schema',
  ],
}

/** One unit that Liquibase runs and records. */
type Changeset = {
  readonly id: string
  readonly attributes: string
  /** The changeset that must be recorded before; null for the first of a plan. */
  readonly after: string | null
  readonly statements: readonly string[]
  /** Lines. */
  readonly rollback: readonly string[]
}

/**
 * A changeset that only asks fails without stopping the update, and is not recorded until it succeeds. What it guards
 * waits for its record, and so does all of the plan that comes after.
 */
function changesetsOf({ id, phase, up, down, asking, after }: Piece, plan: string): Changeset[] {
  const name = `${plan}.${id}`
  const before = after === null ? null : `${plan}.${after}`
  const question = `${name}.may-run`
  const asks = up.slice(0, asking)
  const does = up.slice(asking)
  const asked = `labels:${phase} failOnError:false`
  if (does.length === 0) return [changeset(name, before, asks, [], asked)]
  return [
    ...(asks.length > 0 ? [changeset(question, before, asks, [], asked)] : []),
    changeset(name, asks.length > 0 ? question : before, does, down, `labels:${phase}`),
  ]
}

function changeset(
  id: string,
  after: string | null,
  up: readonly string[],
  down: readonly string[],
  labels: string,
): Changeset {
  const end = delimiterFor([...up, ...down])
  return {
    ...{ id, after },
    attributes: [
      `${labels} runInTransaction:false stripComments:false`,
      // Liquibase takes the last words that end with `splitStatements`.
      splitting('rollbackSplitStatements', 'rollbackEndDelimiter', down, end),
      splitting('splitStatements', 'endDelimiter', up, end),
    ].join(' '),
    statements: joined(up, end),
    rollback: down.length === 0 ? ['empty'] : joined(down, end).flatMap((statement) => statement.split('\n')),
  }
}

/** A body must not be split at its semicolons. */
const splitting = (split: string, delimiter: string, statements: readonly string[], end: string): string =>
  statements.length > 1 ? `${split}:true ${delimiter}:${end}` : `${split}:false`

const joined = (statements: readonly string[], end: string): string[] =>
  statements.map((statement) => (statements.length > 1 ? `${statement}\n${end}` : statement))

/** A row of slashes that no statement has. */
function delimiterFor(statements: readonly string[]): string {
  let end = '//'
  while (statements.some((one) => one.includes(end))) end += '/'
  return end
}
