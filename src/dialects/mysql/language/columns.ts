import type { Column, Table } from '../../../schema/snapshot.ts'
import { nearest } from '../../../text/nearest.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { sameColumn } from './definitions.ts'

/** The column of this name, in any case, if an expression can read it. */
export function readable(name: string, table: Table): Column | Refusal {
  const found = table.columns.find((column) => sameColumn(column.name, name))
  if (!found) {
    const near = nearest(
      name,
      table.columns.map((column) => column.name),
    )
    return {
      refused: `${table.name} has no column ${name}`,
      hint: near ? `did you mean ${near}?` : 'an expression sees the columns of its row',
    }
  }
  // Generated columns are computed after BEFORE triggers have run, so backfill and sync would disagree.
  if (found.generated)
    return {
      refused: `${found.name} is a generated column, which a trigger cannot read`,
      hint: `write out what it is generated from: ${found.generated.expression}`,
    }
  return found
}
