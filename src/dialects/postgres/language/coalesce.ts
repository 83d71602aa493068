import type { Value } from '../../../plan/value.ts'
import type { Expression } from '../../../program/column.ts'
import type { Table } from '../../../schema/snapshot.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { kindOf } from './kinds.ts'

/** The first value that is not NULL. The server joins only values of one type, so each part gets the column's type. */
export function firstOf(
  values: readonly Value[],
  write: (value: Value) => Expression | Refusal,
  table: Table,
  type: string,
): Expression | Refusal {
  const parts: Expression[] = []
  for (const value of values) {
    const part = write(value)
    if ('refused' in part) return part
    parts.push(isTyped(value, table, type) ? part : { ...part, sql: cast(part.sql, type, type) })
  }
  return {
    sql: `COALESCE(${parts.map(({ sql }) => sql).join(', ')})`,
    reads: [...new Set(parts.flatMap(({ reads }) => reads))],
    volatile: parts.some(({ volatile }) => volatile),
    ...(parts.some(({ moving }) => moving) && { moving: true }),
  }
}

/** A constant text takes the type of the others; a column of the same type has it. */
const isTyped = (value: Value, { columns }: Table, type: string): boolean =>
  ('literal' in value && !['number', 'boolean'].includes(typeof value.literal)) ||
  ('column' in value && columns.find(({ name }) => name === value.column)?.type === type)

/** The assignment converts to the column's type. It refuses values that a cast would cut off. */
export function cast(column: string, wanted: string, type: string): string {
  const same = String(Object.values(kindOf(wanted))) === String(Object.values(kindOf(type)))
  const { kind } = kindOf(wanted)
  if (same && /^(varchar|char)$/.test(kind)) return `CAST(${column} AS ${kind === 'char' ? 'bpchar' : kind})`
  return same && /^(var)?bit$/.test(kind) ? column : `CAST(${column} AS ${wanted})`
}
