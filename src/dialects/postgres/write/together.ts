import type { TableRef } from '../../../program/refs.ts'
import type { Statements } from '../../../program/written.ts'
import { lock } from './locks.ts'
import { triggersAre } from './probes.ts'

/** The whole step in one transaction. */
export const together = (parts: Pick<Statements, 'statements' | 'undo' | 'probe' | 'locks'>): Statements => ({
  run: 'statements',
  ...parts,
  transaction: 'step',
})

/** A trigger of the table comes (`all`) or goes (`none`). */
export const trigger = (
  { table, name }: { readonly table: TableRef; readonly name: string },
  done: Pick<Statements, 'statements' | 'undo'>,
  there: 'all' | 'none',
): Statements =>
  together({
    ...done,
    probe: triggersAre(table, [name], there),
    locks: [there === 'all' ? lock.shareRowExclusive(table) : lock.exclusive(table)],
  })
