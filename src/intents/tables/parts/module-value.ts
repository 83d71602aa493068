import type { Position } from '../../../errors.ts'
import type { Value } from '../../../plan/value.ts'
import type { Expression, NewColumn } from '../../../program/column.ts'
import {
  type Computed,
  type Computing,
  callText,
  type GivenColumn,
} from '../../../program/kinds/computing.ts'
import type { Table } from '../../../schema/snapshot.ts'
import { refuse } from '../../refuse.ts'
import { type Context, expressionFor } from '../context.ts'

/** What a function of a module computes. `value`: the writer puts what was computed in the place of its NULL. */
export type ModuleValue = {
  readonly value: Expression
  readonly computed: Computed
  readonly given: readonly GivenColumn[]
}

type Target = Pick<NewColumn, 'name' | 'type'> & { readonly required: boolean }

/** The function that a plan names for a column, with the columns that it is given; null for a value of another form. */
export function moduleValue(
  context: Context,
  table: Table,
  { name: column, type, required }: Target,
  value: Value,
  path: readonly string[],
): ModuleValue | null {
  if (!('module' in value)) return null
  const at = context.at(...path, 'module')
  const { jsKind } = context.language
  if (jsKind === null)
    return refuse(
      'PLAN_UNSUPPORTED',
      'a module is not built yet for this database',
      'compute the value by an expression of the database ({ sql: … }), or write it by code of the application',
      at,
    )
  const { from, reads } =
    typeof value.module === 'string' ? { from: value.module, reads: undefined } : value.module
  const call = callOf(context, from, at)
  const names =
    reads ??
    table.columns.filter(({ name, generated }) => name !== column && !generated).map(({ name }) => name)
  const given = names.map((name) => givenColumn(context, table, name, jsKind, at))
  return {
    value: { sql: 'NULL', reads: names, volatile: false },
    computed: { column, kind: jsKind(type), required, call, reads: names },
    given,
  }
}

/** `./phone.js#normalise` as the file and the function; without a name the default export. */
function callOf({ modules }: Context, from: string, at: Position): Computed['call'] {
  const [, file = '', name = 'default'] = /^([^#]+)(?:#(.+))?$/.exec(from) ?? []
  if (!/^\.{1,2}\//.test(file))
    refuse(
      'PLAN_INVALID',
      `${from} is no path of a module`,
      'write the path from the plan file, and the function that it exports: ./transforms/phone.js#normalise',
      at,
    )
  const sha256 = modules[file]
  if (sha256 === undefined || sha256 === null)
    return refuse(
      'PLAN_INVALID',
      `${file} cannot be read`,
      'the path begins at the folder of the plan file; plan compile reads the file and pins its hash',
      at,
    )
  return { file, name, sha256 }
}

/** A column as a function gets it. The database refuses what a trigger cannot read, too. */
function givenColumn(
  context: Context,
  table: Table,
  name: string,
  jsKind: NonNullable<Context['language']['jsKind']>,
  at: Position,
): GivenColumn {
  const type = table.columns.find((column) => column.name === name)?.type ?? 'text'
  expressionFor(context, { column: name }, table, type, at)
  return { name, type, kind: jsKind(type) }
}

/** What a backfill computes for these columns; nothing when no function is called. */
export function computingOf(found: readonly (ModuleValue | null)[]): { readonly computing?: Computing } {
  const all = found.filter((one) => one !== null)
  if (all.length === 0) return {}
  const reads = new Map(all.flatMap(({ given }) => given).map((one) => [one.name, one]))
  return { computing: { columns: all.map(({ computed }) => computed), reads: [...reads.values()] } }
}

/** What the hash of a module does not cover. */
export const pinnedOnly = ({ computed }: ModuleValue): string =>
  `only ${computed.call.file} itself is pinned: what it imports has to stay as it is until the plan is done`

/** The function, for people. */
export const calledBy = ({ computed }: ModuleValue): string => callText(computed.call)
