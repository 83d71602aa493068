import type { Value } from '../../../plan/value.ts'
import type { Expression, NewColumn } from '../../../program/column.ts'
import type { Assignment } from '../../../program/sync.ts'
import type { Table } from '../../../schema/snapshot.ts'
import { refuse } from '../../refuse.ts'
import { type Context, refOf } from '../context.ts'
import type { Part } from '../outline.ts'
import { calledBy, computingOf, moduleValue, pinnedOnly } from '../parts/module-value.ts'
import { triggerGapOf } from '../preconditions.ts'

type Wished = {
  readonly fill?: Value | undefined
  readonly unparsed?: unknown
  readonly required: boolean
  readonly unique: boolean
}

/**
 * A new column that a function of a module fills. A trigger marks the rows that clients write meanwhile, because it cannot
 * call the function. Null when the fill is of another form.
 */
export function moduleFill(
  context: Context,
  table: Table,
  column: NewColumn,
  { fill, unparsed, required, unique }: Wished,
  given: Expression | null,
): readonly Part[] | null {
  if (fill === undefined) return null
  const found = moduleValue(context, table, { ...column, required }, fill, ['fill'])
  if (found === null) return null
  const { name, type } = column
  if (unparsed !== undefined)
    refuse(
      'PLAN_INVALID',
      `unparsed says nothing to a function: ${calledBy(found)} decides itself what it gives for a value that it cannot read`,
      'take unparsed out; let the function give null, a value of its own, or throw',
      context.at('unparsed'),
    )
  if (required && given === null)
    refuse(
      'PLAN_UNSUPPORTED',
      `${name} is required, and a row that is written by code which does not know it has no value until a sweep calls ${calledBy(found)}`,
      'give it a default too, which such a row has until then; or leave out required, and add set_required by a plan of its own once the application writes the column',
      context.at('required'),
    )
  if (unique && given !== null)
    refuse(
      'PLAN_UNSUPPORTED',
      `${name} is unique, and rows that wait for ${calledBy(found)} would share its default`,
      'leave out the default (and required), or unique',
      context.at('unique'),
    )
  if (given?.volatile)
    refuse(
      'PLAN_UNSUPPORTED',
      `the default of ${name} gives another value each time, so a row that waits for ${calledBy(found)} could not be told from one that has its value`,
      'give it a constant as default',
      context.at('default'),
    )
  const { reads } = found.value
  const set: Assignment = { column: name, type, value: found.value }
  const gaps = triggerGapOf(context, table, reads)
  const alone = context.sync === 'application' || gaps.length > 0
  const writes = `the version in which every writer of ${table.name} writes ${name} itself`
  const types = new Map(table.columns.map((one) => [one.name, one.type]))
  return [
    {
      watch: reads,
      uses: reads,
      ...(given && {
        expand: [{ do: 'set_default', table: refOf(table), column, required: false, default: given.sql }],
      }),
      marks: [
        {
          ...{ column: name, type, default: given?.sql ?? null },
          reads: reads.map((one) => ({ name: one, type: types.get(one) ?? 'text' })),
        },
      ],
      fills: [{ set: [set], from: [], ...computingOf([found]) }],
      deploys: [{ dualWrite: writes, readsNew: null, onlyNew: writes }],
      triggerGaps: gaps,
      warnings: [
        alone
          ? `${name} is computed outside of the database, once for each row: after that only the application keeps it in step`
          : `${name} is computed outside of the database: in a row that code which does not know it has written, it is ${given ? 'its default' : 'empty'}, or what it was before, until the next sweep; each plan advance sweeps`,
        pinnedOnly(found),
      ],
    },
  ]
}
