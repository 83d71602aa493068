import { z } from 'zod'
import { name, text } from '../../../plan/grammar.ts'
import type { KeyRename } from '../../../program/column.ts'
import { requireColumn, requireTable } from '../../../schema/lookup.ts'
import type { Column, Table } from '../../../schema/snapshot.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { type Context, refOf } from '../context.ts'
import { outlineOf } from '../outline.ts'
import { checksOn } from '../parts/drop.ts'
import { requirePlainTable, triggerGapOf } from '../preconditions.ts'
import { tableName } from '../shapes.ts'
import { requireHeard } from '../sync-triggers.ts'
import { warningsOf } from '../warnings.ts'

/** `a.b`, `items[*]`, `items[*].meta`, and `[*]` where the document itself is an array. */
const PATH = /^(\[\*\]|[^.[\]]+)(\[\*\])*(\.[^.[\]]+(\[\*\])*)*$/

/** Gives a key of documents a new name while old and new code both run: objects have both keys until contract. */
export const renameJsonKey = defineIntent({
  kind: 'rename_json_key',
  shape: z
    .strictObject({
      table: tableName,
      column: name.describe('The column with the documents; it stays.'),
      path: text
        .optional()
        .describe(
          'Where the objects with the key are: a.b for one in another, items[*] for each element of an array. The document itself when it is left out.',
        ),
      from: text.describe('The key the objects have.'),
      to: text.describe('The key they get.'),
    })
    .describe('Give a key of the documents in a json column a new name while old and new code both run.'),
  outline(wish, context) {
    const { at } = context
    const table = requireTable(context.snapshot, wish.table, at('table'))
    const column = requireColumn(table, wish.column, at('column'))
    requirePlainTable(context, table, at('table'))
    requireHeard(context, table, [column.name], at('column'))
    if (wish.from === wish.to)
      refuse('PLAN_INVALID', `the key is called ${wish.from} already`, 'name another key', at('to'))
    const pair = { column: column.name, path: pathOf(context, wish.path), from: wish.from, to: wish.to }
    const texts = context.language.jsonKeys(pair, column.type)
    if ('refused' in texts) return refuse('PLAN_UNSUPPORTED', texts.refused, texts.hint, at('column'))
    requireKept(context, table, column, wish.from)
    const keys: KeyRename = { ...pair, type: column.type, onConflict: context.onConflict, texts }
    const value = (sql: string) => ({ sql, reads: [column.name], volatile: false })
    const documents = (sql: string) => [{ column: column.name, type: column.type, value: value(sql) }]
    const called = `${table.name}.${column.name}`
    const deployed = `the version that reads and writes the key ${wish.to} in ${called}, and nothing that still names ${wish.from}`
    return outlineOf(refOf(table), {
      watch: [column.name],
      changes: [column.name],
      sync: [{ kind: 'fill', up: documents(texts.copied), keeps: true, keys }],
      fills: [{ set: documents(texts.copied), from: [], once: { where: null, steady: true }, keys }],
      rules: [
        {
          name: `${wish.from}-equals-${wish.to}-in-${column.name}`,
          rule: { rule: 'has', set: documents(texts.agreed), where: null },
        },
      ],
      loosen: [[{ do: 'retire_key', table: refOf(table), keys }]],
      deploys: [{ dualWrite: null, readsNew: null, onlyNew: deployed }],
      warnings: [...warningsOf(context, table, []), ...cautions(table, column, wish)],
    })
  },
})

function pathOf({ at }: Context, path: string | undefined): string[] {
  if (path === undefined) return []
  if (!PATH.test(path) || path.startsWith('$'))
    refuse(
      'PLAN_INVALID',
      `${path} is no path`,
      'write keys with dots between them, and [*] for each element of an array: a.b, items[*], items[*].meta; no $ at the beginning; leave path out for the document itself',
      at('path'),
    )
  return path.split('.').flatMap((part) => part.split(/(?=\[\*\])/))
}

/** Refuses what would break, or change, when the old key is no longer there. */
function requireKept(context: Context, table: Table, column: Column, from: string): void {
  const { at } = context
  const no = (why: string, hint: string) =>
    refuse('PLAN_UNSUPPORTED', `${table.schema}.${table.name}.${column.name} ${why}`, hint, at('column'))
  if (context.sync === 'application')
    no(
      'is one column for both keys, so it is triggers that keep them equal',
      'leave sync: application out: triggers keep both keys equal',
    )
  const [gap] = triggerGapOf(context, table, [column.name])
  if (gap !== undefined) no(`cannot be kept in step by triggers: ${gap}`, 'drop what stands in the way first')
  if (column.generated) no('is a generated column', 'change what it is generated from')
  const check = checksOn(table, column.name).find(({ definition }) => names(definition, from))
  if (check)
    no(
      `has the check ${check.name}, which asks for the key ${from}`,
      `drop ${check.name} before this plan, and make it anew afterwards`,
    )
  const generated = table.columns.find(
    (one) => one.generated !== null && names(one.generated.expression, from),
  )
  if (generated)
    no(
      `is what ${generated.name} is made from, by the key ${from}`,
      `drop ${generated.name} before this plan, and add it again afterwards`,
    )
}

/** Whether a definition names the key in one of its texts: `'key'`, or a path such as `'{a,key}'`. */
const names = (definition: string, key: string): boolean =>
  (definition.match(/'(?:[^']|'')*'/g) ?? []).some((one) => {
    const inner = one.slice(1, -1).replaceAll("''", "'")
    return inner === key || inner.split(/[{},."]/).includes(key)
  })

function cautions(
  table: Table,
  column: Column,
  { from, to }: { readonly from: string; readonly to: string },
): string[] {
  const others = table.triggers.filter(
    ({ timing, level, enabled }) => timing === 'before' && level === 'row' && enabled !== 'D',
  )
  return [
    `until contract an object has both keys or none: a statement that takes out ${from} or ${to} alone gets it back from the other one; take out both`,
    ...table.indexes
      .filter(({ columns, definition }) => columns.includes(column.name) && names(definition, from))
      .map(
        ({ name }) =>
          `index ${name} is by the key ${from}: add one by ${to} before the deploy (add_index), and drop ${name} after contract`,
      ),
    ...table.dependents
      .filter(({ columns }) => columns?.includes(column.name))
      .map(({ name }) => `${name} reads ${column.name}: look whether it names the key ${from}`),
    ...others.map(
      ({ name }) =>
        `the trigger ${name} runs before both keys are made equal: it sees only what the statement wrote`,
    ),
  ]
}
