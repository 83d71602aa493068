import type { Expression, KeyRename } from '../../program/column.ts'
import type { Assignment, Guarded, SyncGroup } from '../../program/sync.ts'

export type Row = 'NEW' | 'OLD'
export type Side = 'old' | 'new'
export type Pair = Extract<SyncGroup, { kind: 'pair' }>
type Fill = Extract<SyncGroup, { kind: 'fill' }>

/** How a dialect writes the parts of the sync rule. Rows are those of a BEFORE trigger. */
export type TriggerSyntax = {
  readonly quote: (name: string) => string
  /**
   * `same`: equal by the type's own operator. `sameImage`: stored alike. Both treat NULLs as equal and never return NULL.
   */
  readonly same: (a: string, b: string, type: string) => string
  readonly sameImage: (a: string, b: string, type: string) => string
  readonly elseIf: string
  readonly yes: string
  /** A default, converted as the column would store it. */
  readonly kept: (sql: string, type: string) => string
  /** A whole statement that assigns this value to NEW's column. */
  readonly assign: (column: string, value: string) => string
  readonly evaluate: (value: Expression, row: Row) => string
  /** The condition that there is no value. */
  readonly isNull: (value: string) => string
  /** Statements that raise an error when both sides were written differently. */
  readonly conflict: (group: Pair) => readonly string[]
  /** Whether a value is the one that the server itself gives the column in this statement, on servers that do that. */
  readonly own?: (value: string, type: string) => string
  /** Whether the columns are still as the sync's first trigger left them. `place`: the number of their group. */
  readonly untouched: (columns: readonly Column[], side: Side, place: number) => string
  /** Statements that make two keys of a written document agree, on servers that can. */
  readonly agree?: (keys: KeyRename, event: 'insert' | 'update') => readonly string[]
  /** The name under which a column is stored; retired columns have another one. */
  readonly stored: (column: string) => string
}

/**
 * The sync rule: the direction depends on which column changed, never on who the client is. Returns lines of a trigger's
 * body.
 */
export function syncRule(syntax: TriggerSyntax) {
  const { quote, same, sameImage, elseIf, evaluate } = syntax
  const assign = ({ column, value, absent }: Assignment): string => {
    const given = evaluate(value, 'NEW')
    const plain = syntax.assign(quote(column), given)
    return absent === undefined
      ? plain
      : `IF ${syntax.isNull(given)} THEN ${syntax.assign(quote(column), absent)} ELSE ${plain} END IF;`
  }

  /** Whether the statement left the columns alone. Types are known only of synced columns. */
  const unchanged = (columns: readonly Column[]): string =>
    columns
      .map(({ column, type = '' }) => sameImage(`NEW.${quote(column)}`, `OLD.${quote(column)}`, type))
      .join(' AND ')
  const changed = (columns: readonly Column[]): string => `NOT (${unchanged(columns)})`

  const disagree = (group: Pair): string =>
    `NOT (${agreement(syntax, group, (one) => evaluate(one.value, 'NEW'), 'NEW.')})`

  /**
   * Whether the old column holds its DEFAULT, which never counts as a write. A volatile default cannot be recognised, so
   * it never matches.
   */
  const defaulted = ({ column, type, default: given }: Omit<Guarded, 'stamped'>): string => {
    if (given?.volatile) return syntax.yes
    const name = `NEW.${quote(column)}`
    return given
      ? `(${syntax.isNull(name)} OR ${same(name, syntax.kept(given.sql, type), type)})`
      : syntax.isNull(name)
  }

  /** The same for the new side. NULL counts as written when leaving the column out would give its default. */
  const left = ({ column, type, default: given }: Pair['up'][number]): string => {
    const name = `NEW.${quote(column)}`
    if (!given) return syntax.isNull(name)
    const alike = same(name, syntax.kept(given.sql, type), type)
    return given.takesNull ? alike : `(${syntax.isNull(name)} OR ${alike})`
  }

  /** Both sides were written and differ: the plan decides which one counts. */
  const resolveConflict = (group: Pair): readonly string[] => {
    if (group.onConflict === 'error') return syntax.conflict(group).map((line) => `  ${line}`)
    const losing = group.onConflict === 'new' ? group.down : group.up
    return losing.map((one) => `  ${assign(one)}`)
  }

  const fillEmpty = (one: Assignment): string =>
    `IF ${syntax.isNull(`NEW.${quote(one.column)}`)} THEN ${assign(one)} END IF;`

  /** Two keys of a document. A statement that leaves the document alone leaves its keys alone. */
  const onKeys = ({ keys }: Fill, event: 'insert' | 'update'): string[] | null => {
    if (keys === undefined || syntax.agree === undefined) return null
    const lines = syntax.agree(keys, event)
    if (event === 'insert') return [...lines]
    return [`IF ${changed([keys])} THEN`, ...lines.map((line) => `  ${line}`), 'END IF;']
  }

  const onInsert = (group: SyncGroup): string[] => {
    if (group.kind === 'fill') return onKeys(group, 'insert') ?? group.up.map(fillEmpty)
    return [
      `IF ${group.up.map(left).join(' AND ')} THEN`,
      ...group.up.map((one) => `  ${assign(one)}`),
      `${elseIf} ${group.down.map(defaulted).join(' AND ')} THEN`,
      ...group.down.map((one) => `  ${assign(one)}`),
      `${elseIf} ${disagree(group)} THEN`,
      ...resolveConflict(group),
      'END IF;',
    ]
  }

  /**
   * After other people's triggers, when the sync's first trigger ran before them and left both sides in agreement: the
   * side that one of them changed counts. If both were changed the old one counts, because the triggers that enforce the
   * table's rules know it.
   */
  const afterOthers = (group: Pair, place: number): string[] => [
    `IF ${disagree(group)} THEN`,
    `  IF NOT (${syntax.untouched(group.down, 'old', place)}) THEN`,
    ...group.up.map((one) => `    ${assign(one)}`),
    `  ${elseIf} NOT (${syntax.untouched(group.up, 'new', place)}) THEN`,
    ...group.down.map((one) => `    ${assign(one)}`),
    '  END IF;',
    'END IF;',
  ]

  const onUpdate = (group: SyncGroup): string[] => {
    if (group.kind === 'fill')
      return onKeys(group, 'update') ?? (group.empty ? group.up.map(fillEmpty) : group.up.flatMap(refill))
    const oldChanged = changed(group.down)
    return [
      ...(group.stamped && syntax.own ? named(group, syntax.own) : []),
      `IF ${changed(group.up)} THEN`,
      `  IF ${oldChanged} THEN`,
      `    IF ${disagree(group)} THEN`,
      ...resolveConflict(group).map((line) => `    ${line}`),
      '    END IF;',
      '  ELSE',
      ...lazyFill(group).map((line) => `    ${line}`),
      ...group.down.map((one) => `    ${assign(one)}`),
      '  END IF;',
      `${elseIf} ${oldChanged} THEN`,
      ...group.up.map((one) => `  ${assign(one)}`),
      'END IF;',
    ]
  }

  /**
   * The server sets both sides to the same time. A side with another value was named by the statement, perhaps to keep it
   * (`SET changed = changed`). In a row that is not filled yet, only the old side tells what the new one was.
   */
  const named = (group: Pair, own: NonNullable<TriggerSyntax['own']>): string[] =>
    group.up.flatMap((up, at) => {
      const down = group.down[at]
      if (!down) return []
      const [is, was] = [`NEW.${quote(up.column)}`, `NEW.${quote(down.column)}`]
      return [
        `IF NOT (${sameImage(is, was, up.type)}) THEN`,
        `  IF ${own(was, down.type)} THEN`,
        `    IF ${unchanged([up])} THEN ${syntax.assign(quote(up.column), evaluate(up.value, 'OLD'))} END IF;`,
        `    ${assign(down)}`,
        `  ${elseIf} ${own(is, up.type)} THEN`,
        `    ${assign(up)}`,
        '  END IF;',
        'END IF;',
      ]
    })

  /**
   * A client of the new shape may update a row before the backfill reaches it. Columns that it leaves alone are not
   * filled yet rather than empty. They are filled first, or the old value would lose that part.
   */
  const lazyFill = (group: Pair): string[] => {
    if (group.up.length < 2) return []
    const unfilled = group.up.map(({ column }) => syntax.isNull(`OLD.${quote(column)}`)).join(' AND ')
    const fill = group.up.map(({ column, value }) => {
      const filled = syntax.assign(quote(column), evaluate(value, 'OLD'))
      return `  IF ${syntax.isNull(`NEW.${quote(column)}`)} THEN ${filled} END IF;`
    })
    return [`IF ${unfilled} THEN`, ...fill, 'END IF;']
  }

  /** A derived column follows its sources until somebody writes another value into it. */
  const refill = (one: Assignment): string[] => {
    if (one.value.volatile || one.value.reads.length === 0) return []
    const column = quote(one.column)
    const sources = one.value.reads.map((name) => ({ column: syntax.stored(name) }))
    return [
      `IF ${changed(sources)} AND ${unchanged([one])} THEN`,
      // An empty column is not filled yet. Its old source is left alone: it may be a value that cannot be converted.
      `  IF ${syntax.isNull(`OLD.${column}`)} THEN ${assign(one)}`,
      `  ${elseIf} ${same(`OLD.${column}`, evaluate(one.value, 'OLD'), one.type)} THEN ${assign(one)} END IF;`,
      'END IF;',
    ]
  }

  /** Whether an UPDATE left a column of the old side alone. A time that the server sets itself is nobody's write. */
  const spared = (one: Pick<Assignment, 'column' | 'type'>, stamped: boolean): string =>
    stamped && syntax.own
      ? `(${unchanged([one])} OR ${syntax.own(`NEW.${quote(one.column)}`, one.type)})`
      : unchanged([one])

  /**
   * Refuses a statement that writes the old side and not the same value on the new one. Expressions are evaluated only
   * for such rows.
   */
  const onSealed = (event: 'insert' | 'update', group: Pair): string[] => [
    `IF NOT (${group.down.map((one) => (event === 'insert' ? defaulted(one) : spared(one, group.stamped === true))).join(' AND ')}) THEN`,
    `  IF ${disagree(group)} THEN`,
    ...syntax.conflict(group).map((line) => `    ${line}`),
    '  END IF;',
    'END IF;',
  ]

  /** Refuses a statement that gives one of the columns a value, or changes it. */
  const onGuarded = (
    event: 'insert' | 'update',
    columns: readonly Guarded[],
    refusal: readonly string[],
  ): string[] => [
    `IF NOT (${columns.map((one) => (event === 'insert' ? defaulted(one) : spared(one, one.stamped))).join(' AND ')}) THEN`,
    ...refusal.map((line) => `  ${line}`),
    'END IF;',
  ]

  return { onInsert, onUpdate, afterOthers, onSealed, onGuarded, unchanged, disagree }
}

export type Column = { readonly column: string; readonly type?: string }

/**
 * Whether the two shapes of a row agree: they are equal, or for a lossy pair new = f(old) or old = g(new), since either
 * may be what somebody wrote. `prefix` is put before column names.
 */
export function agreement(
  { quote, same, sameImage }: Pick<TriggerSyntax, 'quote' | 'same' | 'sameImage'>,
  group: Pair,
  written: (one: Assignment) => string,
  prefix: string,
): string {
  const side = (all: readonly Assignment[], equal: TriggerSyntax['same']) =>
    all.map((one) => equal(`${prefix}${quote(one.column)}`, written(one), one.type)).join(' AND ')
  return group.identical
    ? side(group.up, sameImage)
    : `(${side(group.up, same)}) OR (${side(group.down, same)})`
}

export const pairsOf = (groups: readonly SyncGroup[]): Pair[] =>
  groups.filter((group): group is Pair => group.kind === 'pair')

/** The expressions of a sync that are more than a column. */
export const authoredIn = (
  groups: readonly SyncGroup[],
  copies: (value: Expression) => boolean,
): Expression[] =>
  groups
    .flatMap((group) => [...group.up, ...(group.kind === 'pair' ? group.down : [])])
    .map(({ value }) => value)
    .filter((value) => !copies(value))
