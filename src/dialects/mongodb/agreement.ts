import type {
  FieldConversion,
  FieldFill,
  FieldGroup,
  FieldPair,
  FieldValue,
} from '../../program/document-action.ts'
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

/** The expression of a value, which travels as text. */
export const exprOf = ({ value }: Pick<FieldValue, 'value'>): Expr => JSON.parse(value.sql)

const fieldsOn = (group: FieldGroup): string[] =>
  group.kind === 'convert'
    ? [group.field]
    : [...group.up, ...(group.kind === 'pair' ? group.down : [])].map(({ field }) => field)

const any = (names: readonly string[], test: (name: string) => Expr): Expr => or(...names.map(test))

const fieldsOf = (container: string, side: readonly FieldValue[]): string[] =>
  side.map(({ field }) => read(container, field))

/** Whether a side of a pair has anything. Where both hold the same value null is one, too. */
const there = (group: FieldPair, side: readonly FieldValue[]): Expr =>
  any(fieldsOf(group.container, side), (at) => not(group.identical ? isMissing(at) : isNull(at)))

const nothing = (group: FieldPair, side: readonly FieldValue[]): Expr => not(there(group, side))

/** Names for what each side would be if it were made from the other one now, so that none is computed twice. */
function computed(group: FieldPair, body: Expr): Expr {
  const vars: Doc = Object.fromEntries([
    ...group.up.map((one, index) => [`up${index}`, orNull(exprOf(one))]),
    ...group.down.map((one, index) => [`down${index}`, orNull(exprOf(one))]),
  ])
  return bind(vars, body)
}

const ups = (group: FieldPair): string[] => group.up.map((_, index) => `$$up${index}`)
const downs = (group: FieldPair): string[] => group.down.map((_, index) => `$$down${index}`)

/** `up` makes something of the old side. */
const parsed = (group: FieldPair): Expr => any(ups(group), (name) => ne(name, null))
const parsedBack = (group: FieldPair): Expr => any(downs(group), (name) => ne(name, null))

/** The sides agree, in one subdocument; beneath `computed`. */
const agreed = (group: FieldPair): Expr =>
  group.identical
    ? and(
        ...group.up.map(({ field }, index) =>
          same(read(group.container, group.down[index]?.field ?? field), read(group.container, field)),
        ),
      )
    : agreedLossy(group)

/**
 * What is made from one side need not lead back to the very same: it is enough that one side is what is made from the
 * other. A value of which nothing can be made agrees with nothing, unless the plan says that it stays.
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

/** What a pair is like, in one subdocument of its container. */
export const ofPair = {
  agrees: (group: FieldPair): Expr => about(group, agreed(group)),
  /** The new side has to be written: it lacks, or the old one counts. */
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
  /** Somebody wrote the new side alone, whatever the old one has. */
  newOnly: (group: FieldPair): Expr => about(group, and(overrules(group), not(agreed(group)))),
  /** Only the new side is there, and something can be made of it. */
  orphaned: (group: FieldPair): Expr => about(group, and(nothing(group, group.down), overrules(group))),
  /** Only the new side is there, and nothing can be made of it: going back loses it. */
  stranded: (group: FieldPair): Expr =>
    about(group, and(nothing(group, group.down), there(group, group.up), not(overrules(group)))),
  /** The old side is gone, and the new one is not. */
  emptied: (group: FieldPair): Expr => and(nothing(group, group.down), there(group, group.up)),
  /** Nothing can be made of the old side, and there is no new one. */
  unparsed: (group: FieldPair): Expr =>
    group.identical
      ? false
      : about(group, and(there(group, group.down), nothing(group, group.up), not(parsed(group)))),
  /** The new fields are there already, with other values; or something is in their way. */
  taken: (group: FieldPair): Expr =>
    about(group, and(or(there(group, group.up), obstructed(group, group.up)), not(agreed(group)))),
  /** Both are there, and none is made from the other. */
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

/** Identical sides need nothing computed. */
const about = (group: FieldPair, test: Expr): Expr =>
  group.identical || typeof test === 'boolean' ? test : computed(group, test)

/** What a field to fill is like. A value that is missing itself fills nothing. */
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
  /** Something is in its way. A value that is there already is somebody's, and stays. */
  taken: ({ container, up: [one] }: FieldFill): Expr => blocked(container, one.field),
} as const

const isConstant = (value: Expr): boolean =>
  typeof value === 'object' && value !== null && '$literal' in value && value.$literal !== null

/** What a field is like that changes its type. */
export const ofConversion = {
  /** It has the new type, or there is nothing to convert. */
  converted: (group: FieldConversion): Expr => {
    const at = read(group.container, group.field)
    const done = isOneOf(at, [...exactTypes(group.to), 'missing', 'null'])
    return group.unparsed === 'keep' ? or(done, not(isOneOf(converting(group), exactTypes(group.to)))) : done
  },
  /** It has the old type, and something can be made of it. */
  needs: (group: FieldConversion): Expr => and(old(group), isOneOf(conversion(group), exactTypes(group.to))),
  unparsed: (group: FieldConversion): Expr =>
    and(old(group), not(isOneOf(converting(group), exactTypes(group.to)))),
  isNew: (group: FieldConversion): Expr => isOneOf(read(group.container, group.field), exactTypes(group.to)),
} as const

const old = (group: FieldConversion): Expr =>
  not(isOneOf(read(group.container, group.field), [...exactTypes(group.to), 'missing', 'null']))

const converting = (group: FieldConversion): Expr => exprOf({ value: group.using })

/** The value that a field of the old type gets. */
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

/** What the documents of a collection are like, subdocuments and all. */
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
  /** Or there is a list on the way that nobody knew of, or one within a list, whose elements would be passed over. */
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

/** What the seal asks of every document that is written. Fields to fill are the application's own affair. */
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

/** An expression where a match stands. */
export const matching = (test: Expr): Doc => ({ $expr: test })
