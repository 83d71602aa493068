import type { Chance } from '../../support/numbers.ts'
import { some } from '../../support/seed.ts'

/** A type of a column with two values of it, as SQL, and what else a schema can say of such a column. */
export type Kind = {
  readonly type: string
  readonly values: readonly [string, string]
  /** Defaults besides its first value. */
  readonly defaults?: readonly string[]
}

/** A column of a generated table. */
export type Drawn = Kind & {
  readonly name: string
  readonly required: boolean
  readonly default: string | null
}

/** A generated table: what makes it, what then may be added (a server takes only some of it), and two rows or three. */
export type Generated = {
  readonly name: string
  readonly columns: readonly Drawn[]
  readonly create: string
  readonly extras: readonly string[]
  readonly rows: readonly string[]
}

export type Dialect = {
  /** A type that holds a text of any of its kinds. */
  readonly text: string
  readonly kinds: readonly Kind[]
  readonly quote: (name: string) => string
  /** Before all tables. */
  readonly setup: readonly string[]
  /** What of the setup stands outside of the database, taken away again. */
  readonly end?: readonly string[]
  readonly create: (name: string, columns: readonly Drawn[], next: Chance) => string
  /** What can be said of one column of a table, one statement each. */
  readonly extras: (table: string, column: Drawn, other: Drawn) => readonly string[]
  /** What can be said of a table, one statement each. */
  readonly tables: (table: string, next: Chance) => readonly string[]
}

/** Names of which some need quotes, look like functions or words of SQL, or like each other. */
const NAMES = ['name', 'Order', 'user', 'last_name', 'a b', 'lower', 'größe', 'value', 'x', 'when']

/** So many tables, in which every kind of column and every form is drawn again and again. */
export function tables(dialect: Dialect, count: number, next: Chance): Generated[] {
  return Array.from({ length: count }, (_, at) => {
    const name = `t${at}`
    const columns = Array.from({ length: 6 }, (_, place): Drawn => {
      const kind = dialect.kinds[(at * 6 + place) % dialect.kinds.length] as Kind
      const defaults = [null, null, kind.values[0], ...(kind.defaults ?? [])]
      return {
        ...kind,
        name: `${NAMES[(at + place * 3) % NAMES.length]}${place}`,
        required: next() < 0.4,
        default: defaults[Math.floor(next() * defaults.length)] ?? null,
      }
    })
    const extras = columns.flatMap((column, place) =>
      some(next, 2, dialect.extras(name, column, columns[(place + 1) % columns.length] as Drawn)),
    )
    const row = (values: readonly string[], id: number) =>
      `INSERT INTO ${name} (id, ${columns.map((column) => dialect.quote(column.name)).join(', ')}) VALUES (${id}, ${values.join(', ')})`
    return {
      name,
      columns,
      create: dialect.create(name, columns, next),
      extras: [...extras, ...some(next, 1, dialect.tables(name, next))],
      rows: [0, 1].map((side) =>
        row(
          columns.map(({ values }) => values[side] as string),
          side + 1,
        ),
      ),
    }
  })
}
