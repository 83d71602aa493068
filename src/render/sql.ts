import type { Program } from '../compiler/program.ts'
import type { Part, Phase, Step, Written } from '../compiler/step.ts'
import { commands } from './commands.ts'
import { durationClass, lockEffect, locksOf, lockText } from './locks.ts'
import { clean } from './text.ts'

/** One file for each phase of the program, and `undo.sql`. For people: what runs is the program itself. */
export function sqlFiles(program: Program): Record<string, string> {
  const files = program.phases.map(({ phase, steps }) => {
    const blocks = steps.map((step) => block(program, step))
    return [`${phase}.sql`, file(phaseHeader(program, phase), blocks)] as const
  })
  return { ...Object.fromEntries(files), 'undo.sql': undoFile(program) }
}

/** One step with its comment, as it stands in the file of its phase. */
export const stepSql = (program: Program, step: Step): string => `${block(program, step)}\n`

const block = (program: Program, step: Step): string =>
  [...stepComment(step), ...stepText(program, step)].join('\n')

function undoFile(program: Program): string {
  const steps = program.phases.flatMap(({ steps }) => steps)
  const undoable = steps.filter(
    (step) => step.reversible && step.parts.some(({ written }) => written.undo.length > 0),
  )
  const blocks = undoable.toReversed().map((step) => {
    const undone = step.parts.toReversed().map(({ written }) => ({ ...written, statements: written.undo }))
    return [`-- undo of ${step.id}: ${clean(step.title)}`, ...runs(program, undone)].join('\n')
  })
  const lost = steps.filter(({ reversible }) => !reversible)
  const limit = lost.map(({ id }) => `-- ${id} cannot be undone: this file is of no use after it.`)
  const { name } = program.plan
  return file(
    [
      ...header(program),
      '-- Undo of every step that has one, the last step first.',
      `-- For review; \`${commands.rollback(name)}\` runs it, and only for steps that were done.`,
      ...limit,
    ],
    blocks,
  )
}

const file = (head: readonly string[], blocks: readonly string[]): string =>
  `${[head.join('\n'), ...blocks].join('\n\n')}\n`

const header = ({ plan, fingerprint }: Program): string[] => [
  `-- Plan ${plan.name}, fingerprint ${fingerprint.slice(0, 12)}`,
]

const phaseHeader = (program: Program, phase: Phase): string[] => [
  ...header(program),
  `-- Phase ${phase}. For review; \`${commands.advance(program.plan.name, phase)}\` runs it.`,
]

/** `clean` matters here: a line break in a name would end the comment. */
function stepComment(step: Step): string[] {
  const locks = locksOf(step).map((lock) => `${lockText(lock)}; ${lockEffect(lock)}`)
  return [
    `-- ${step.id}: ${clean(step.title)}`,
    `--   why   ${clean(step.reason)}`,
    ...(locks.length > 0 ? locks : ['none']).map((lock) => `--   lock  ${lock}`),
    `--   takes ${durationClass(step)}`,
    ...(step.reversible ? [] : ['--   POINT OF NO RETURN: this cannot be undone']),
  ]
}

type Run = Pick<Written, 'statements' | 'transaction' | 'around'>

const stepText = (program: Program, step: Step): string[] => [
  ...runs(
    program,
    step.parts.map(({ written }) => written),
  ),
  ...step.parts.flatMap(loops),
]

/** As they will run: parts that share the step's transaction within its brackets, the others bare. */
function runs({ engine }: Program, parts: readonly Run[]): string[] {
  const lines = (one: boolean) =>
    parts
      .filter(({ transaction }) => (transaction === 'step') === one)
      .flatMap(({ statements, around }) =>
        around && statements.length > 0 ? [around.before, ...statements, around.after] : statements,
      )
      .map(ended)
  const together = lines(true)
  const { begin, commit } = engine.transaction
  const wrapped = [...begin.map(ended), ...together, ...commit.map(ended)]
  return [...(together.length > 0 ? wrapped : []), ...lines(false)]
}

/** Texts that the runner asks in a loop or looks up by need; `$1` and on are bound by it. */
function loops({ written }: Part): string[] {
  const queries = Object.entries(written.queries ?? {})
  const tries = (written.tries ?? []).map((query) => `-- must work first: ${ended(clean(query))}`)
  const repair = (written.repair ?? []).map((statement) => `-- before a new try: ${ended(clean(statement))}`)
  // Beside statements a query only explains a failure: it is not part of the run.
  if (written.statements.length > 0)
    return [
      ...tries,
      ...repair,
      ...queries.map(([name, query]) => `-- on failure, ${name}: ${ended(clean(query))}`),
    ]
  return queries.flatMap(([name, query]) => [`-- ${name}`, ended(query)])
}

/** With its semicolon, which must not end up inside a comment of the author's. */
function ended(statement: string): string {
  const text = statement.trimEnd()
  const last = text.slice(text.lastIndexOf('\n') + 1)
  return last.includes('--') ? `${text}\n;` : `${text};`
}
