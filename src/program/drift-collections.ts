import type { Collection, CollectionIndex, Validator } from '../schema/collection.ts'

type Entry = readonly [object: string, definition: string]

/** What a plan about these fields of a collection relies on. Fields have no definition of their own. */
export function describeCollection(
  schema: string,
  collection: Collection,
  fields: ReadonlySet<string>,
): Entry[] {
  const name = `${schema}.${collection.name}`
  const watched = (field: string): boolean => [...fields].some((one) => overlaps(field, one))
  return [
    [`collection ${name}`, kindOf(collection)],
    [`validator ${name}`, collection.validator ? ruleOf(collection.validator) : 'none'],
    ...collection.indexes
      .filter((index) => index.fields.some(watched))
      .map((index): Entry => [`index ${name}.${index.name}`, definitionOf(index)]),
    ...collection.views
      .map((view) => ({ ...view, used: view.fields?.filter(watched) ?? ['nobody can tell what'] }))
      .filter(({ used }) => used.length > 0)
      .map((view): Entry => [`view ${view.name} of ${name}`, `needs ${view.used.join(', ')}`]),
  ]
}

/** The paths are equal, or one contains the other. */
const overlaps = (a: string, b: string): boolean => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`)

const kindOf = ({ kind, capped, collation, shardKey }: Collection): string =>
  [kind, capped && 'capped', collation && 'own collation', shardKey && `sharded by ${shardKey.join(', ')}`]
    .filter(Boolean)
    .join(', ')

const ruleOf = ({ rule, level, action }: Validator): string => `${rule} (level ${level}, action ${action})`

/** The server's own definition may already say so. */
const definitionOf = ({ definition, hidden }: CollectionIndex): string =>
  hidden && !definition.includes('"hidden":true') ? `${definition} (hidden)` : definition
