import type { Table } from '../../../schema/snapshot.ts'
import type { IndexLanguage } from '../../interface/index-language.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { folded } from '../language/definitions.ts'
import { quote, quoteTable } from '../language/quote.ts'

type Recipe = (table: Table, clause: string) => string

const define: IndexLanguage['define'] = (_, name, { columns, unique }) =>
  `${unique ? 'UNIQUE KEY' : 'KEY'} ${quote(name)} (${columns.map(quote).join(', ')})`

type Asked = Parameters<IndexLanguage['refusal']>[1]

/** What these servers have not, and what they build only by blocking writes: as measured on MySQL 9.7 and MariaDB 10.11. */
const refusalOf =
  (mariadb: boolean, recipe: Recipe): IndexLanguage['refusal'] =>
  (table, asked) =>
    partly(asked) ??
    computed(table, asked, mariadb, recipe) ??
    unusual(table, asked, recipe) ??
    divided(table, asked)

function partly({ columns, include, where }: Asked): Refusal | null {
  if (where !== null)
    return {
      refused: 'this server has no indexes over a part of the rows',
      hint: 'leave where out: the index then has all rows',
    }
  return include.length === 0
    ? null
    : {
        refused: 'this server stores no other columns in an index',
        hint: `write them behind the others: columns: [${[...columns, ...include].join(', ')}]`,
      }
}

function computed(
  table: Table,
  { expression, unique }: Asked,
  mariadb: boolean,
  recipe: Recipe,
): Refusal | null {
  if (expression === null) return null
  return mariadb
    ? {
        refused: 'this server has no indexes on expressions',
        hint: `add a column that the server computes (ALTER TABLE ${quoteTable(table)} ADD COLUMN … AS (${expression}) VIRTUAL, ALGORITHM=INSTANT), and an index on that`,
      }
    : {
        refused: 'building an index on an expression blocks every write of the table on this server',
        hint: recipe(table, `ADD ${unique ? 'UNIQUE ' : ''}INDEX ((${expression}))`),
      }
}

function unusual(table: Table, { columns, method }: Asked, recipe: Recipe): Refusal | null {
  if (method === 'fulltext' || method === 'spatial')
    return {
      refused: `building a ${method} index blocks every write of the table on this server`,
      hint: recipe(table, `ADD ${method.toUpperCase()} INDEX (${columns.map(quote).join(', ')})`),
    }
  return method === null || method === 'btree'
    ? null
    : { refused: `InnoDB has no indexes of the kind ${method}`, hint: 'leave method out: it builds a btree' }
}

function divided({ partitionedBy = [] }: Table, { columns, unique }: Asked): Refusal | null {
  const missing = unique ? partitionedBy.find((one) => !columns.includes(one)) : undefined
  return missing === undefined
    ? null
    : {
        refused: `in a partitioned table values are unique only together with what its partitions are made by, and ${missing} is not in the index`,
        hint: `leave unique out, or write columns: [${[...columns, missing].join(', ')}]`,
      }
}

/** The rule of both servers: the first column, and a number when that is taken. */
const nameFor: IndexLanguage['nameFor'] = (table, { columns }, snapshot) => {
  const [first = ''] = columns
  for (let n = 1; ; n++) {
    const name = n === 1 ? first : `${first}_${n}`
    if (name.toUpperCase() !== 'PRIMARY' && taken(table, name, snapshot) === null) return name
  }
}

const taken: IndexLanguage['taken'] = ({ indexes }, name) =>
  indexes.some((one) => folded(one.name) === folded(name)) ? 'an index of the table' : null

export const indexesOf = (mariadb: boolean, recipe: Recipe): IndexLanguage => ({
  refusal: refusalOf(mariadb, recipe),
  nameFor,
  taken,
  define,
  hides: ({ definition }) => !/\b(INVISIBLE|IGNORED)\b/.test(withoutTexts(definition)),
  keysNeed: { own: true, unique: !mariadb },
})

/** A comment may contain anything. */
const withoutTexts = (definition: string): string =>
  definition.replaceAll(/'(?:[^']|'')*'|`(?:[^`]|``)*`/g, '')
