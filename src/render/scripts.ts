import type { Script } from '../dialects/interface/script.ts'
import { scriptOf } from '../dialects/scripts.ts'
import { statementParts, stepsOf, undoing } from '../program/actions.ts'
import { computingOf, writesOnce } from '../program/facts.ts'
import { type Computing, callText } from '../program/kinds/computing.ts'
import type { Program } from '../program/program.ts'
import type { Part, Phase, Step } from '../program/step.ts'
import { byPages } from '../program/walk.ts'
import { isDocuments } from '../program/words.ts'
import { isFilling, queriesOf, type Statements, undoQueriesOf, type Written } from '../program/written.ts'
import { clean } from '../text/words.ts'
import { commands } from './commands.ts'
import { undoComment } from './documents.ts'
import { durationClass, lockEffect, locksOf, lockText } from './locks.ts'

/**
 * One file for each phase of the program, and `undo`. They are for people to read; the runner executes the program
 * itself.
 */
export function scriptFiles(program: Program): Record<string, string> {
  const script = scriptOf(program)
  const seen: Seen = new Map()
  const files = program.phases.map(({ phase, steps }) => {
    const blocks = steps.map((step) => block(program, step, seen))
    return [`${phase}.${script.extension}`, file(script, phaseHeader(program, phase), blocks)] as const
  })
  return {
    ...Object.fromEntries(files),
    ...(program.restore && { [`restore.${script.extension}`]: restoreFile(program, program.restore, seen) }),
    [`undo.${script.extension}`]: undoFile(program, seen),
  }
}

/** What a rollback runs once contract has dropped what it has kept. */
const restoreFile = (program: Program, steps: readonly Step[], seen: Seen): string =>
  file(
    scriptOf(program),
    [
      ...header(program),
      'What contract has dropped comes back by these steps, first to last; then the file undo goes on.',
      `For review; \`${commands.rollback(program.plan.name)}\` runs it, where the drop was done, and says before what each row gets.`,
    ],
    steps.map((step) => block(program, step, seen)),
  )

/** One step with its comment, as in the file of its phase. */
export const stepScript = (program: Program, step: Step): string => `${block(program, step, new Map())}\n`

/** Texts that were already written out, and the step in which. */
type Seen = Map<string, string>

const block = (program: Program, step: Step, seen: Seen): string =>
  [...commented(scriptOf(program), stepComment(program, step)), ...stepText(program, step, seen)].join('\n')

const commented = ({ comment }: Script, lines: readonly string[]): string[] =>
  lines.map((line) => `${comment} ${line}`)

function undoFile(program: Program, seen: Seen): string {
  const script = scriptOf(program)
  const steps = stepsOf(program)
  const undoable = steps.filter(
    (step) =>
      step.reversible &&
      step.parts.some(({ written }) => written.undo.length > 0 || written.undoWalk !== undefined),
  )
  const blocks = undoable.toReversed().map((step) => {
    const parts = undoing(step)
    return [
      ...commented(script, [`undo of ${step.id}: ${clean(step.title)}`, ...undoComment(step)]),
      ...parts.flatMap(({ written }) => {
        const byHand = undoneByHand(script, written)
        return [...loop(script, undoQueriesOf(written), seen, step.id, byHand.length > 0), ...byHand]
      }),
      ...(script.byHand
        ? guardedUndo(program, step, script.byHand)
        : runs(
            program,
            parts.map(({ written }) => undoRun(written)),
          )),
    ].join('\n')
  })
  const lost = steps.filter(({ reversible }) => !reversible)
  const limit = lost.map(({ id }) =>
    program.restore === undefined
      ? `${id} cannot be undone: this file is of no use after it.`
      : `What ${id} drops has to come back first: see the file restore.`,
  )
  const { name } = program.plan
  return file(
    script,
    [
      ...header(program),
      'Undo of every step that has one, the last step first.',
      `For review; \`${commands.rollback(name)}\` runs it, only for steps that were done, and first counts what would be lost.`,
      ...(script.byHand
        ? [
            'By hand it leaves alone what is not there. It counts nothing, and the ledger does not learn of it.',
          ]
        : []),
      ...limit,
    ],
    blocks,
  )
}

/** The undo of a step for a person: each statement only where the database shows that the step was done. */
function guardedUndo(program: Program, step: Step, { guarded }: ByHand): string[] {
  const { typed } = scriptOf(program)
  const { begin, commit } = program.engine.transaction
  const { id } = step
  const undone = statementParts({ parts: undoing(step) })
    .map(({ written }) => written)
    .filter(({ undo }) => undo.length > 0)
  const alone = undone.filter(({ transaction }) => transaction !== 'step')
  const statements = undone.filter((one) => !alone.includes(one)).flatMap(({ undo }) => undo)
  // The parts of one transaction are there together or not at all.
  const [first] = statementParts(step)
  return [
    ...(first && statements.length > 0
      ? [
          ...begin.map((text) => typed(text)),
          ...guarded({ id, statements, condition: conditionOf(first.written), inTransaction: true }).map(
            (text) => typed(text),
          ),
          ...commit.map((text) => typed(text)),
        ]
      : []),
    ...alone.flatMap((written) => {
      const { settings, undo } = written
      const condition = conditionOf(written)
      const lines = guarded({ id, statements: undo, condition, inTransaction: false }).map((text) =>
        typed(text),
      )
      return settings ? [typed(settings.before), ...lines, typed(settings.after)] : lines
    }),
  ]
}

type ByHand = NonNullable<Script['byHand']>

/** A query that is true while there is something to undo. */
export const conditionOf = ({ undoNeeded, probe }: Statements): string => undoNeeded ?? probe

/** The statements that undo an action, as they run. */
const undoRun = (written: Written): Run =>
  written.run === 'statements'
    ? { ...written, statements: written.undo }
    : { statements: written.undo, transaction: 'unbounded' }

const file = (script: Script, head: readonly string[], blocks: readonly string[]): string =>
  `${[commented(script, head).join('\n'), ...blocks].join('\n\n')}\n`

const header = ({ plan, fingerprint }: Program): string[] => [
  `Plan ${plan.name}, fingerprint ${fingerprint.slice(0, 12)}`,
]

const phaseHeader = (program: Program, phase: Phase): string[] => [
  ...header(program),
  `Phase ${phase}. For review; \`${commands.advance(program.plan.name, phase)}\` runs it.`,
]

/** What the step does, why, and how. `clean` matters here: a line break in a name would end the comment. */
export function stepComment(program: Program, step: Step): string[] {
  const locks = locksOf(step).map((lock) => `${lockText(lock)}; ${lockEffect(lock, program)}`)
  return [
    `${step.id}: ${clean(step.title)}`,
    `  why   ${clean(step.reason)}`,
    ...(locks.length > 0 ? locks : ['none']).map((lock) => `  lock  ${lock}`),
    `  takes ${durationClass(step)}`,
    ...(step.reversible
      ? []
      : [
          program.restore === undefined
            ? '  POINT OF NO RETURN: this cannot be undone'
            : '  what it drops is kept: plan rollback brings it back, by the steps of the file restore',
        ]),
  ]
}

type Run = Pick<Statements, 'statements' | 'transaction' | 'settings'>

const stepText = (program: Program, step: Step, seen: Seen): string[] => [
  ...required(program, step),
  ...runs(
    program,
    statementParts(step).map(({ written }) => written),
  ),
  ...step.parts.flatMap((part) => loops(scriptOf(program), part, seen, step.id)),
]

/** The query that must find nothing before the step begins. */
function required(program: Program, step: Step): string[] {
  const script = scriptOf(program)
  return isDocuments(program)
    ? statementParts(step).flatMap(({ written: { requires } }) =>
        requires ? [...commented(script, ['first, to find nothing']), script.typed(requires.query)] : [],
      )
    : []
}

/**
 * The statements as they will run: parts that share the step's transaction between its begin and commit, the others
 * alone.
 */
function runs(program: Program, parts: readonly Run[]): string[] {
  const { typed } = scriptOf(program)
  const lines = (one: boolean) =>
    parts
      .filter(({ transaction }) => (transaction === 'step') === one)
      .flatMap(({ statements, settings }) =>
        settings && statements.length > 0 ? [settings.before, ...statements, settings.after] : statements,
      )
      .map((statement) => typed(statement))
  const together = lines(true)
  const { begin, commit } = program.engine.transaction
  const wrapped = [...begin.map((text) => typed(text)), ...together, ...commit.map((text) => typed(text))]
  return [...(together.length > 0 ? wrapped : []), ...lines(false)]
}

/** Texts that the runner runs in a loop or looks up when needed. It binds their values. */
function loops(script: Script, { action, written }: Part, seen: Seen, id: string): string[] {
  if (written.run !== 'statements') {
    const computing = computingOf(action)
    // What would write a row again must not be run twice, and by hand nothing counts where it was.
    const byHand =
      isFilling(written) && !byPages(written) && !writesOnce(action) && computing === null
        ? (script.byHand?.loop(written) ?? null)
        : null
    return [
      ...commented(script, computing === null ? [] : outside(computing)),
      // By hand a trial is left out: it is a search, and changes nothing.
      ...loop(
        script,
        queriesOf(written),
        seen,
        id,
        script.byHand !== undefined && written.run === 'try rows',
      ),
      ...(byHand === null ? [] : [...commented(script, BY_HAND), ...typedAll(script, byHand)]),
    ]
  }
  const line = (says: string, statement: string) =>
    commented(script, [`${says}: ${script.typed(clean(statement))}`])
  return [
    ...(written.mustSucceed ?? []).flatMap((query) => line('must work first', query)),
    ...(written.repair ?? []).flatMap((statement) => line('before a new try', statement)),
    ...(written.alone ? line('its last statements run under', written.alone.before) : []),
  ]
}

/** Why the statements of such a step cannot be run by hand. */
const outside = ({ columns }: Computing): string[] => [
  `This file cannot hold what computes ${columns.map(({ column }) => column).join(', ')}: the runner calls`,
  ...new Set(columns.map(({ call }) => `  ${callText(call)}, SHA-256 ${call.sha256}`)),
  'for each row, and binds what it gives.',
]

const typedAll = ({ typed }: Script, statements: readonly string[]): string[] =>
  statements.map((statement) => typed(statement))

const BY_HAND = [
  'The same by hand, in batches with a commit each. What stops it may be run again. It does not wait for replicas or for the',
  'application, and does not look at what its triggers change. The tool goes on from there: it fills what is still empty.',
]

/** The walk of an undo, by hand. */
function undoneByHand(script: Script, { undoWalk }: Written): string[] {
  if (undoWalk === undefined || !('mark' in undoWalk)) return []
  const lines = script.byHand?.loop({ ...undoWalk, batch: undoWalk.undo, undoes: true }) ?? []
  return lines.length === 0 ? [] : [...commented(script, [UNDONE_BY_HAND]), ...typedAll(script, lines)]
}

const UNDONE_BY_HAND = 'The same by hand, in batches with a commit each. What stops it may be run again.'

/** A value that the runner binds. */
const BOUND = /\$\d/

function loop(
  script: Script,
  queries: readonly (readonly [string, string])[],
  seen: Seen,
  id: string,
  onlyShown = false,
): string[] {
  const lines: string[] = []
  const known = new Map<string, string[]>()
  for (const [name, query] of queries) {
    const text = script.typed(query, name)
    const where = script.repeats ? undefined : seen.get(text)
    if (where !== undefined) known.set(where, [...(known.get(where) ?? []), name])
    // By hand a statement that lacks a value would fail.
    else if (onlyShown || (script.byHand && BOUND.test(text)))
      lines.push(...commented(script, [name, ...text.split('\n')]))
    else lines.push(...commented(script, [name]), text)
    if (!seen.has(text)) seen.set(text, id)
  }
  const same = [...known].map(([where, names]) => `${names.join(', ')}: as in ${where}`)
  return [...commented(script, same), ...lines]
}
