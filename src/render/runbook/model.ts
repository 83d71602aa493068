import type { Script } from '../../dialects/interface/script.ts'
import { scriptOf } from '../../dialects/scripts.ts'
import type { InvariantRecord, Progress } from '../../ledger/records.ts'
import {
  addedColumns,
  archivesOf,
  makesTriggers,
  pointOfNoReturn,
  statementParts,
} from '../../program/actions.ts'
import { isArchiving, isSeal, proofsOf } from '../../program/facts.ts'
import type { Checkpoint, Program } from '../../program/program.ts'
import type { Phase, Step } from '../../program/step.ts'
import { isDocuments, wordsOf } from '../../program/words.ts'
import { qualified } from '../../schema/lookup.ts'
import { formatDuration } from '../../text/duration.ts'
import { bytesText, clean, counted, listed, thousands, timeAfter, timeText } from '../../text/words.ts'
import { commands } from '../commands.ts'
import { buildsIndexes, dropsOf, isFollowed, lossAfter } from '../documents.ts'
import { assumptions, estimateOf, totalOf } from '../estimate.ts'
import { appOf } from '../explain/app.ts'
import { keptWhat } from '../kept.ts'
import { lockEffect, locksOf, lockText } from '../locks.ts'
import { checkpointState, nextOf, stepRecord, within } from '../standing.ts'
import { undoText } from '../undo.ts'
import { warningsOf } from '../warnings.ts'
import {
  abortsOf,
  type Check,
  checksOf,
  helpersOf,
  type Limits,
  longestWait,
  lossOf,
  noticeOf,
  oldShape,
  purposeOf,
} from './advice.ts'
import { mermaid } from './mermaid.ts'
import { probeText } from './probe.ts'

export type ViewOptions = {
  readonly progress?: Progress | null
  readonly environment?: string | null
  /** Server and database in words: `PostgreSQL 17.2 on db1.internal, database app`. */
  readonly server?: string | null
  readonly production?: boolean
  /** Milliseconds. */
  readonly lockTimeout?: number
  readonly retries?: number
}

/** All that a runbook says, independent of its format. Rows are in the order of their execution. */
export type View = ReturnType<typeof viewOf>

/** A program, and where the ledger says it stands, prepared for people. The same input gives the same result. */
export function viewOf(given: Program, options: ViewOptions = {}) {
  const program = options.production ? { ...given, hold: given.holdInProduction ?? given.hold } : given
  const { progress = null, environment = null, server = null, lockTimeout = 1000, retries = 20 } = options
  const limits: Limits = { lockTimeout, retries }
  const { name, description, owners } = program.plan
  const { dialect } = program.engine
  const last = pointOfNoReturn(program)
  const documents = isDocuments(program)
  const words = wordsOf(program)
  const phases = program.phases.map(({ phase, steps }) => phaseView(phase, steps, program, progress, limits))
  return {
    name,
    description,
    owners,
    dialect,
    environment,
    server,
    fingerprint: program.fingerprint.slice(0, 12),
    ledger: ledgerView(progress),
    next: nextOf(program, progress),
    tables: program.estimates.map(({ table, rows, bytes }) => ({
      name: table,
      rows: rows < 0 ? `${words.row}s unknown` : counted(rows, words.row),
      size: bytesText(bytes),
    })),
    disk: bytesText(program.estimates.reduce((sum, { bytes }) => sum + bytes, 0) * 1.2),
    total: totalOf(allSteps(program), program).text,
    soak: longest(program.checkpoints.map(({ soak }) => soak)),
    hold: longest([program.hold]),
    assumptions: assumptions(program),
    warnings: warningsOf(program, options.production ?? false),
    oldShape: oldShape(program),
    app: appOf(program),
    documents,
    lossAfter: lossAfter(program),
    archives: listed(archivesOf(program).map(({ archive }) => clean(qualified(archive)))),
    keptIn: keptWhat(program),
    letGo: archivesOf(program).flatMap(({ drop }) => drop.map(clean)),
    builds: buildsIndexes(program),
    sync: isFollowed(program) ? commands.sync(name) : null,
    pointOfNoReturn: last
      ? {
          step: last.id,
          drops: listed(documents ? dropsOf(program) : oldShape(program)) || clean(last.title),
        }
      : null,
    phases,
    helpers: helpersOf(program),
    fills: phases.some(({ phase }) => phase === 'backfill'),
    deploys: program.checkpoints.length > 0,
    definer: definedIn(program),
    lockTimeout: formatDuration(lockTimeout),
    retries,
    longestWait: longestWait(limits),
    commands: {
      dryRun: commands.dryRun(name),
      advance: commands.advance(name),
      rollback: commands.rollback(name),
      verify: commands.verify(name),
      status: commands.status(name),
      log: commands.log(name),
      runbook: commands.runbook(name),
      app: commands.app(name),
    },
    mermaid: mermaid(program),
  }
}

/** The phase that creates triggers which run with their definer's rights. */
const definedIn = ({ phases }: Program): Phase | null =>
  phases.find(({ steps }) =>
    steps.some((step) =>
      statementParts(step).some((part) => makesTriggers(part) && part.written.transaction === 'autocommit'),
    ),
  )?.phase ?? null

const longest = (times: readonly number[]): string | null => {
  const most = Math.max(0, ...times)
  return most > 0 ? formatDuration(most) : null
}

/** Contract proves everything again, so the scans of verify count twice. */
const allSteps = (program: Program): Step[] =>
  program.phases.flatMap(({ phase, steps }) => ranBy(phase, steps, program))

const ranBy = (phase: Phase, steps: readonly Step[], program: Program): Step[] => [
  ...(phase === 'contract' ? (program.phases.find((one) => one.phase === 'verify')?.steps ?? []) : []),
  ...steps,
]

const ledgerView = (progress: Progress | null) =>
  progress && { state: progress.plan.state, run: progress.plan.run, epoch: progress.plan.epoch }

function phaseView(
  phase: Phase,
  steps: readonly Step[],
  program: Program,
  progress: Progress | null,
  limits: Limits,
) {
  const { name } = program.plan
  return {
    phase,
    heading: `${phase.charAt(0).toUpperCase()}${phase.slice(1)}`,
    purpose: purposeOf(phase, program),
    steps: steps.map((step) => stepView(step, program, progress)),
    count: counted(steps.length, 'step'),
    expected: totalOf(ranBy(phase, steps, program), program).text,
    seals: steps.some(isSeal),
    provesAgain: phase === 'contract' && program.phases.some((one) => one.phase === 'verify'),
    notice: noticeOf(steps, program, limits),
    command: commands.advance(name, phase),
    checks: checksOf(phase, program) as readonly Check[],
    invariants: phase === 'verify' ? steps.flatMap((step) => invariantsOf(step, program, progress)) : [],
    /** Tables get a column in this phase. */
    widens: addedColumns(steps).length > 0,
    aborts: abortsOf(phase, steps, program, limits),
    rollback: commands.rollback(name),
    lost: lossOf(phase, program),
    reversible: pointOfNoReturn(program) === null || steps.every(({ reversible }) => reversible),
    sql: statementsOf(program, phase, steps),
    language: scriptOf(program).extension,
    checkpoints: program.checkpoints
      .filter(({ before }) => before === phase)
      .map((one) => checkpointView(one, program, progress)),
    stops: within(program, phase, 'retire').map((one) => checkpointView(one, program, progress)),
    between: within(program, phase, 'drop').map((one) => checkpointView(one, program, progress)),
    /** Changes must be followed before pages are filled. */
    follows: phase === 'backfill' && isFollowed(program),
    /** The page of sign-offs comes before the phase that drops. */
    gate: steps.some((step) => step === pointOfNoReturn(program)),
    held: phase === 'contract' && program.hold > 0 ? heldView(steps, program, progress) : null,
  }
}

/** The time between retiring and dropping. `until` is known once the ledger says when the old shape was retired. */
function heldView(steps: readonly Step[], program: Program, progress: Progress | null) {
  const retiredAt = progress?.plan.retiredAt ?? null
  return {
    hold: formatDuration(program.hold),
    first: steps[0]?.id ?? '',
    last: isDocuments(program)
      ? rangeOf(steps.filter(({ reversible }) => !reversible))
      : program.restore
        ? rangeOf(steps.filter((step) => !step.reversible || isArchiving(step)))
        : (steps.at(-1)?.id ?? ''),
    until: retiredAt === null ? null : timeAfter(retiredAt, program.hold),
  }
}

const rangeOf = (steps: readonly Step[]): string =>
  [...new Set([steps.at(0)?.id ?? '', steps.at(-1)?.id ?? ''])].join(' to ')

function stepView(step: Step, program: Program, progress: Progress | null) {
  const { state, attempts, finishedAt, error } = stepRecord(progress, step.id)
  return {
    id: step.id,
    title: clean(step.title),
    reason: clean(step.reason),
    done: state === 'done',
    finished: state === 'done' && finishedAt !== null ? timeText(finishedAt) : null,
    failed:
      state === 'failed' ? `failed at try ${attempts}${error === null ? '' : `: ${clean(error)}`}` : null,
    locks: locksOf(step).map((lock) => `${lockText(lock)} (${lockEffect(lock, program)})`),
    expected: estimateOf(step, program).text,
    undo: undoText(step, program),
    reversible: step.reversible,
  }
}

/** The statements of a phase as they run. Long ones are only named. Null when there are none. */
function statementsOf(program: Program, phase: Phase, steps: readonly Step[]): string | null {
  const script = scriptOf(program)
  const shown = steps.flatMap(({ id, parts }) => {
    const statements = statementParts({ parts }).flatMap(({ written }) => written.statements)
    return statements.length > 0
      ? [`${script.comment} ${id}`, ...statements.map((one) => abridged(script, script.typed(one), phase))]
      : []
  })
  return shown.length > 0 ? shown.join('\n') : null
}

function abridged({ comment, extension, abridged }: Script, statement: string, phase: Phase): string {
  const lines = statement.split('\n')
  return lines.length <= 3
    ? statement
    : `${abridged(lines)} ${comment} ${lines.length} lines, see ${phase}.${extension}`
}

function checkpointView(checkpoint: Checkpoint, program: Program, progress: Progress | null) {
  const { id, soak, require, probes, describe } = checkpoint
  const { record } = checkpointState(checkpoint, program, progress)
  const evidence = record?.evidence ? `, evidence ${clean(record.evidence)}` : ''
  return {
    id,
    describe,
    done: record !== null,
    confirmed: record && `by ${clean(record.by)}, ${timeText(record.at)}${evidence}`,
    command: commands.confirm(program.plan.name, id, require.includes('evidence')),
    needsEvidence: require.includes('evidence'),
    soak: soak > 0 ? formatDuration(soak) : null,
    soakUntil: record && soak > 0 ? timeAfter(record.at, soak) : null,
    probes: probes.map(probeText),
    before: WITHIN[checkpoint.before] ?? checkpoint.before,
    // Before the old shape is dropped nobody may name it; earlier everybody still does.
    oldShape:
      program.checkpoints.findLast(({ before }) => before in WITHIN || before === 'contract') === checkpoint
        ? oldShape(program)
        : [],
    again: WITHIN[checkpoint.before] ?? 'contract',
    code: (checkpoint.code ?? []).map((one) => ({ ...one, text: one.text.trimEnd() })),
  }
}

/** What each checkpoint within contract comes before. */
const WITHIN: Readonly<Record<string, string>> = { retire: 'the retirement', drop: 'the drop' }

/** What a verify step proves: the names under which the ledger keeps the evidence. */
function invariantsOf(step: Step, program: Program, progress: Progress | null) {
  return step.parts
    .flatMap(({ action }) => proofsOf(action))
    .map((name) => viewOfInvariant(name, program, progress))
}

function viewOfInvariant(name: string, program: Program, progress: Progress | null) {
  const record = progress?.invariants.find((one) => one.name === name)
  return {
    name: clean(name),
    item: slug(name),
    holds: record?.holds ?? false,
    evidence: record ? evidenceText(record, wordsOf(program).row) : null,
  }
}

/** A name that is safe inside an HTML comment. */
const slug = (name: string): string => name.replace(/[^\w.]+/g, '-')

const evidenceText = ({ violations, checked, checkedAt }: InvariantRecord, row: string): string =>
  `${counted(violations, 'violation')}${checked === null ? '' : ` in ${thousands(checked)} ${row}s`}, ${timeText(checkedAt)}`
