import type { FieldGroup } from '../../../program/document-action.ts'
import { and, type Expr, isMissing, isNull, not, or } from '../language/aggregate.ts'
import { exprOf, ofFill, ofPair } from '../language/agreement.ts'
import { javascript } from '../language/javascript.ts'
import type { Doc } from '../language/json.ts'
import { blocked, read, setStage } from '../language/paths.ts'
import { downs, ups } from '../walk/backfill.ts'
import { COMPUTING, CONVERTING, STORING } from './code-computing.ts'
import { constant, EQUALITIES, pieces, readers, switching, VALUES, WRAPPED } from './code-sample.ts'

/** A group whose other side the server computes in the same update. */
export type Computed = Exclude<FieldGroup, { kind: 'convert' }>

/** The stages that the sample code applies to a document. */
type Stages = {
  /** The same as the backfill. */
  readonly FILL: readonly Doc[]
  /** Computes the new fields from the old ones, and the other way round. */
  readonly TO_NEW: readonly Doc[]
  readonly TO_OLD: readonly Doc[]
  /** Removes one side together with the other. */
  readonly NO_NEW: readonly Doc[]
  readonly NO_OLD: readonly Doc[]
}

function stagesOf(group: Computed): Stages {
  if (group.kind === 'fill') {
    const set = group.up.map((one) => ({ field: one.field, value: exprOf(one), removes: false }))
    const fill = [setStage(group.container, set, ofFill.needs(group))]
    return { FILL: fill, TO_NEW: fill, TO_OLD: [], NO_NEW: [], NO_OLD: [] }
  }
  const { container, up, down } = group
  const places = [...up, ...down].map(({ field }) => field)
  const free = not(or(...places.map((field) => blocked(container, field))))
  const gone = (side: typeof up) =>
    and(...side.map(({ field }) => (group.identical ? isMissing : isNull)(read(container, field))))
  const emptied = (side: typeof up, when: Expr): Doc[] => {
    if (container !== '' || side.length === 0) return []
    const set = side.map(({ field }) => ({ field, value: null, removes: true }))
    return [setStage('', set, and(when, free))]
  }
  const written = and(not(gone(up)), free, not(ofPair.agrees(group)))
  return {
    FILL: [setStage(container, ups(group), ofPair.needsUp(group))],
    TO_NEW: [setStage(container, ups(group), ofPair.needsUp({ ...group, wins: 'old' }))],
    TO_OLD: down.length === 0 ? [] : [setStage(container, downs(group), written)],
    NO_NEW: emptied(up, gone(down)),
    // Old values that could not be converted did not come from the new fields.
    NO_OLD: emptied(down, and(gone(up), not(ofPair.unparsed(group)))),
  }
}

const fieldsOf = (side: readonly { readonly field: string }[]): string[] => side.map(({ field }) => field)

const oldOf = (group: Computed): string[] => (group.kind === 'fill' ? [] : fieldsOf(group.down))

/**
 * Fields whose removal removes the other side, too. Merging cannot remove a field from a subdocument; there it becomes
 * null, which is not the same.
 */
function removable(group: Computed): string[] {
  const fields = [...oldOf(group), ...fieldsOf(group.up)]
  const exact = group.kind === 'pair' && group.identical && fields.some((field) => field.includes('.'))
  return group.container !== '' || exact ? [] : fields
}

export function computedCode(groups: readonly Computed[]): string[] {
  const all = groups.map(stagesOf)
  const names = Object.keys(all[0] ?? {}) as (keyof Stages)[]
  const named = (name: string, index: number) => (groups.length === 1 ? name : `${name}_${index + 1}`)
  const members = (index: number) =>
    names.map((name) => (groups.length === 1 ? name : `${name}: ${named(name, index)}`)).join(', ')
  const rows = groups.map((group, index) => {
    const [old, made] = [oldOf(group), fieldsOf(group.up)].map((side) => javascript(side))
    return `  { old: ${old}, made: ${made}, ${members(index)} },`
  })
  const pairs = groups.filter(({ kind }) => kind === 'pair')
  return [
    ...readers(all.flatMap((one) => Object.values(one).flat())),
    ...switching(pairs.flatMap(oldOf), fieldsOf(pairs.flatMap(({ up }) => [...up]))),
    '// FILL is what the backfill does. TO_NEW makes the new fields of the old ones, NO_NEW takes them away where the old ones are',
    '// gone; TO_OLD and NO_OLD are the other way round.',
    ...all.flatMap((one, index) => names.flatMap((name) => constant(named(name, index), one[name]))),
    'const GROUPS = [',
    ...rows,
    ']',
    `const MAY_GO = ${javascript(groups.flatMap(removable))}`,
    ...VALUES,
    ...EQUALITIES,
    ...pieces(COMPUTING),
    ...pieces(CONVERTING),
    ...WRAPPED,
    ...pieces(STORING),
  ]
}
