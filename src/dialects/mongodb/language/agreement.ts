import type {
  FieldConversion,
  FieldFill,
  FieldGroup,
  FieldPair,
  FieldValue,
} from '../../../program/document-action.ts'
import {
  and,
  bind,
  type Expr,
  eq,
  exactTypes,
  isMissing,
  isNull,
  isOneOf,
  ne,
  not,
  or,
  orNull,
} from './aggregate.ts'
import type { Doc } from './json.ts'
import { blocked, every, listed, nestedLists, read, same, some } from './paths.ts'

/** The expression of a value, which is stored as text. */
export const exprOf = ({ value }: Pick<FieldValue, 'value'>): Expr => JSON.parse(value.sql)

const fieldsOn = (group: FieldGroup): string[] =>
  group.kind === 'convert'
    ? [group.field]
    : [...group.up, ...(group.kind === 'pair' ? group.down : [])].map(({ field }) => field)

const any = (names: readonly string[], test: (name: string) => Expr): Expr => or(...names.map(test))

const fieldsOf = (container: string, side: readonly FieldValue[]): string[] =>
  side.map(({ field }) => read(container, field))

/** Whether a side of a pair has a value. When both sides hold the same value null counts as one, too. */
const there = (group: FieldPair, side: readonly FieldValue[]): Expr =>
  any(fieldsOf(group.container, side), (at) => not(group.identical ? isMissing(at) : isNull(at)))

const nothing = (group: FieldPair, side: readonly FieldValue[]): Expr => not(there(group, side))

/** Names for what each side would be if it were made from the other now, so that none is computed twice. */
function computed(group: FieldPair, body: Expr): Expr {
  const vars: Doc = Object.fromEntries([
    ...group.up.map((one, index) => [`up${index}`, orNull(exprOf(one))]),
    ...group.down.map((one, index) => [`down${index}`, orNull(exprOf(one))]),
  ])
  return bind(vars, body)
}

const ups = (group: FieldPair): string[] => group.up.map((_, index) => `$$up${index}`)
const downs = (group: FieldPair): string[] => group.down.map((_, index) => `$$down${index}`)

/** `up` can convert the old side. */
const parsed = (group: FieldPair): Expr => any(ups(group), (name) => ne(name, null))
const parsedBack = (group: FieldPair): Expr => any(downs(group), (name) => ne(name, null))

/** The sides agree, within one subdocument; used inside `computed`. */
const agreed = (group: FieldPair): Expr =>
  group.identical
    ? and(
        ...group.up.map(({ field }, index) =>
          same(read(group.container, group.down[index]?.field ?? field), read(group.container, field)),
        ),
      )
    : agreedLossy(group)

/**
 * A value converted there and back need not be identical. The sides agree when one of them is what is made from the
 * other. A value that cannot be converted agrees with nothing, unless the plan lets it stay.
 */
function agreedLossy(group: FieldPair): Expr {
  const { container, up, down } = group
  const isMade = up.map(({ field, value }, index) =>
    value.volatile ? not(isNull(read(container, field))) : eq(orNull(read(container, field)), `$$up${index}`),
  )
  const isSource = down.map(({ field }, index) => eq(orNull(read(container, field)), `$$down${index}`))
  return or(
    and(nothing(group, down), nothing(group, up)),
    and(parsed(group), ...isMade),
    down.length > 0 && and(there(group, up), ...isSource),
    group.unparsed === 'keep' && and(not(parsed(group)), nothing(group, up)),
    group.unparsed === 'default' && and(not(parsed(group)), ...fallbacks(group)),
  )
}

const fallbacks = ({ container, fallback }: FieldPair): Expr[] =>
  fallback.map((one) => eq(orNull(read(container, one.field)), orNull(exprOf(one))))

const obstructed = ({ container }: FieldPair, side: readonly FieldValue[]): Expr =>
  or(...side.map(({ field }) => blocked(container, field)))

/** Tests of a pair, within one subdocument of its container. */
export const ofPair = {
  agrees: (group: FieldPair): Expr => about(group, agreed(group)),
  /** The new side has to be written: it is missing, or the old one counts. */
  needsUp: (group: FieldPair): Expr =>
    about(
      group,
      and(
        there(group, group.down),
        group.wins === 'old' || nothing(group, group.up),
        group.identical || group.unparsed !== 'fail' || parsed(group),
        not(obstructed(group, group.up)),
        not(agreed(group)),
      ),
    ),
  /** The new side counts, and the old one has another value. */
  needsDown: (group: FieldPair): Expr =>
    group.wins === 'old'
      ? false
      : about(group, and(there(group, group.down), overrules(group), not(agreed(group)))),
  /** Somebody wrote only the new side, whatever the old one holds. */
  newOnly: (group: FieldPair): Expr => about(group, and(overrules(group), not(agreed(group)))),
  /** Only the new side exists, and it can be converted back. */
  orphaned: (group: FieldPair): Expr => about(group, and(nothing(group, group.down), overrules(group))),
  /** Only the new side exists and cannot be converted back: a rollback loses it. */
  stranded: (group: FieldPair): Expr =>
    about(group, and(nothing(group, group.down), there(group, group.up), not(overrules(group)))),
  /** The old side is gone, and the new one is not. */
  emptied: (group: FieldPair): Expr => and(nothing(group, group.down), there(group, group.up)),
  /** The old side cannot be converted, and there is no new one. */
  unparsed: (group: FieldPair): Expr =>
    group.identical
      ? false
      : about(group, and(there(group, group.down), nothing(group, group.up), not(parsed(group)))),
  /** The new fields already exist with other values, or something prevents their creation. */
  taken: (group: FieldPair): Expr =>
    about(group, and(or(there(group, group.up), obstructed(group, group.up)), not(agreed(group)))),
  /** Both sides exist, and neither is made from the other. */
  differs: (group: FieldPair): Expr =>
    about(group, and(there(group, group.down), there(group, group.up), not(agreed(group)))),
} as const

const overrules = (group: FieldPair): Expr =>
  and(
    there(group, group.up),
    group.identical || parsedBack(group),
    group.down.length > 0,
    not(obstructed(group, group.down)),
  )

/** Identical sides need no computed names. */
const about = (group: FieldPair, test: Expr): Expr =>
  group.identical || typeof test === 'boolean' ? test : computed(group, test)

/** Tests of a field to fill. A value that is missing itself fills nothing. */
export const ofFill = {
  needs: ({ container, up: [one], nulls }: FieldFill): Expr => {
    const at = read(container, one.field)
    const constant = isConstant(exprOf(one))
    return and(
      nulls ? isNull(at) : isMissing(at),
      constant || not(nulls ? isNull(exprOf(one)) : isMissing(exprOf(one))),
      not(blocked(container, one.field)),
    )
  },
  /** Something prevents the field's creation. An existing value belongs to somebody and stays. */
  taken: ({ container, up: [one] }: FieldFill): Expr => blocked(container, one.field),
} as const

const isConstant = (value: Expr): boolean =>
  typeof value === 'object' && value !== null && '$literal' in value && value.$literal !== null

/** Tests of a field that changes its type. */
export const ofConversion = {
  /** It has the new type, or there is nothing to convert. */
  converted: (group: FieldConversion): Expr => {
    const at = read(group.container, group.field)
    const done = isOneOf(at, [...exactTypes(group.to), 'missing', 'null'])
    return group.unparsed === 'keep' ? or(done, not(isOneOf(converting(group), exactTypes(group.to)))) : done
  },
  /** It has the old type and can be converted. */
  needs: (group: FieldConversion): Expr => and(old(group), isOneOf(conversion(group), exactTypes(group.to))),
  unparsed: (group: FieldConversion): Expr =>
    and(old(group), not(isOneOf(converting(group), exactTypes(group.to)))),
  isNew: (group: FieldConversion): Expr => isOneOf(read(group.container, group.field), exactTypes(group.to)),
} as const

const old = (group: FieldConversion): Expr =>
  not(isOneOf(read(group.container, group.field), [...exactTypes(group.to), 'missing', 'null']))

const converting = (group: FieldConversion): Expr => exprOf({ value: group.using })

/** The converted value of a field with the old type. */
export const conversion = (group: FieldConversion): Expr =>
  group.unparsed === 'default' && group.fallback
    ? {
        $cond: [
          isOneOf(converting(group), exactTypes(group.to)),
          converting(group),
          exprOf({ value: group.fallback }),
        ],
      }
    : converting(group)

/** Tests of a whole document, with all subdocuments. */
export const inDocument = {
  agrees: (group: FieldPair): Expr => every(group.container, ofPair.agrees(group)),
  converted: (group: FieldConversion): Expr => every(group.container, ofConversion.converted(group)),
  needs: (group: FieldGroup): Expr =>
    some(
      group.container,
      group.kind === 'pair'
        ? or(ofPair.needsUp(group), ofPair.needsDown(group))
        : group.kind === 'fill'
          ? ofFill.needs(group)
          : ofConversion.needs(group),
    ),
  unparsed: (group: FieldGroup): Expr =>
    group.kind === 'fill'
      ? false
      : some(group.container, group.kind === 'pair' ? ofPair.unparsed(group) : ofConversion.unparsed(group)),
  /**
   * Also true when the path meets a list that the sample did not show, or a list within a list, whose elements would be
   * skipped.
   */
  taken: (group: FieldGroup): Expr =>
    or(
      nestedLists(group.container),
      some(
        group.container,
        any(fieldsOn(group), (field) => listed(group.container, field)),
      ),
      group.kind !== 'convert' &&
        some(group.container, group.kind === 'pair' ? ofPair.taken(group) : ofFill.taken(group)),
    ),
} as const

/** What the seal requires of every document that is written. Fields to fill are left to the application. */
export const sealOf = (groups: readonly FieldGroup[]): Expr =>
  and(
    ...groups.map((group) =>
      group.kind === 'pair'
        ? inDocument.agrees(group)
        : group.kind === 'convert'
          ? inDocument.converted(group)
          : true,
    ),
  )

/** An expression in the form of a match. */
export const matching = (test: Expr): Doc => ({ $expr: test })
