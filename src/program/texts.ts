import type { Written } from './written.ts'

/** A text to which the runner binds values, with a name for people. */
type Named = readonly [name: string, text: string]

/** The texts of a walk or a proof, in order. Statements are none of them. */
export function queriesOf(written: Written): Named[] {
  if (written.run === 'statements') return []
  const { run: _, undo: __, undoWalk: ___, locks: ____, losses: _____, ...queries } = written
  return named('', queries)
}

/** The texts with which a walk is undone page by page. */
export const undoQueriesOf = ({ undoWalk }: Pick<Written, 'undoWalk'>): Named[] => named('', undoWalk)

/** All texts with which an action may come to the server, apart from those that undo it at once. */
export const textsOf = (written: Written): string[] => [
  ...statementsOf(written),
  ...[...queriesOf(written), ...undoQueriesOf(written)].map(([, text]) => text),
]

/** The statements of an action; a walk or a proof has none. */
export const statementsOf = (written: Written): readonly string[] =>
  written.run === 'statements' ? written.statements : []

/** `batch`, `batch.1`; `batch_first` for the first range; `sample_2` for the third of a list. */
function named(key: string, value: unknown, suffix = ''): Named[] {
  if (typeof value === 'string') return key === 'by' ? [] : [[`${key}${suffix}`, value]]
  if (Array.isArray(value))
    return value.flatMap((one: unknown, index) =>
      typeof one === 'string'
        ? [[`${key}${suffix}${index === 0 ? '' : `.${index}`}`, one] as const]
        : named(key, one, `_${index}`),
    )
  return Object.entries(value ?? {}).flatMap(([inner, one]) => {
    if (inner === 'next') return named(key, one, suffix)
    return ['first', 'beyond', 'all'].includes(inner)
      ? named(key, one, `${suffix}_${inner}`)
      : named(inner, one, suffix)
  })
}
