import type { Action } from '../../program/action.ts'
import type { Lock, Statements } from '../../program/written.ts'

type Kind = Extract<Action, { do: 'run_sql' | 'finish_sql' }>

/** Statements around an author's own, which make names mean what they mean to the author; in a transaction, or else. */
type Around = (
  path: NonNullable<Kind['path']>,
  inTransaction: boolean,
) => { readonly before: string; readonly after: string }

/** Nobody looks into an author's statements. */
const LOCKS: readonly Lock[] = [
  {
    on: 'what the statement names',
    mode: 'whatever the statement takes',
    blocks: 'reads and writes',
    during: 'moment',
  },
]

const row = (value: string): string => `SELECT ${value} AS done`

/** The author's query as a probe. Without one only the ledger knows. */
const probeOf = (done: string | null): string => row(done === null ? 'FALSE' : `COALESCE((${done}), FALSE)`)

/** Statements of the author, sent as they are. */
export function authorsWriters(around: Around) {
  const written = ({ statement, transaction, path, done }: Kind, undo: string | null): Statements => {
    const shared = transaction === 'step'
    const set = path === null ? null : around(path, shared)
    const all = (text: string) => (set && shared ? [set.before, text, set.after] : [text])
    return {
      run: 'statements',
      statements: all(statement),
      undo: undo === null ? [] : all(undo),
      probe: probeOf(done),
      ...(undo !== null && { undoNeeded: done === null ? row('TRUE') : probeOf(done) }),
      ...(set && !shared && { settings: set }),
      transaction,
      locks: LOCKS,
    }
  }
  return {
    run_sql: (action: Extract<Action, { do: 'run_sql' }>): Statements => written(action, action.undo),
    finish_sql: (action: Extract<Action, { do: 'finish_sql' }>): Statements => written(action, null),
  }
}
