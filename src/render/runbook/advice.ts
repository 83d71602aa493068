import {
  addedColumns,
  filledFields,
  pointOfNoReturn,
  sealsOf,
  stepsOf,
  strippedKeys,
  syncsOf,
} from '../../program/actions.ts'
import { isSeal } from '../../program/facts.ts'
import type { Program } from '../../program/program.ts'
import type { Phase, Step } from '../../program/step.ts'
import type { Sync } from '../../program/sync.ts'
import { isDocuments, wordsOf } from '../../program/words.ts'
import { formatDuration } from '../../text/duration.ts'
import { clean, counted, listed } from '../../text/words.ts'
import { commands } from '../commands.ts'
import { documentHelpers, documentPurpose, lossAfter } from '../documents.ts'
import { totalOf } from '../estimate.ts'
import { isContended, isNoticed, locksOf } from '../locks.ts'

/** How long one try for a lock may take, and how often it is repeated. */
export type Limits = { readonly lockTimeout: number; readonly retries: number }

/** What releasing a lock may take in addition to lock_timeout, milliseconds. */
const GRACE = 50

/** The longest that a statement of the application may wait for one of ours. */
export const longestWait = ({ lockTimeout }: Limits): string => {
  const time = lockTimeout + GRACE
  return time < 1000 ? `${time}ms` : `${time / 1000}s`
}

const synced = (program: Program): boolean => syncsOf(program).length > 0

const sealed = ({ phases }: Program): boolean => phases.some(({ steps }) => steps.some(isSeal))

/** The purpose of a phase, for somebody who has not read the plan. */
export function purposeOf(phase: Phase, program: Program): string {
  if (isDocuments(program)) return documentPurpose(phase, program, listed(oldShape(program)))
  const purposes: Record<Phase, string> = {
    expand: synced(program)
      ? 'Adds the new shape beside the old one and keeps both in step. Old code goes on untouched.'
      : 'Adds the new shape. Old code goes on untouched.',
    backfill:
      'Gives the rows that are already there the new shape, batch by batch. It can be stopped and continued at any time.',
    enforce: 'Builds indexes and constraints on the new shape while the application goes on.',
    verify: 'Only reads. Proves every invariant on all rows, and keeps the evidence in the ledger.',
    contract: contractPurpose(program),
  }
  return purposes[phase]
}

function contractPurpose(program: Program): string {
  const old = oldShape(program)
  if (old.length === 0)
    return 'Proves everything once more, and then removes the sync, which has done its work.'
  if (sealed(program))
    return `Refuses statements that write only ${listed(old)}, proves everything once more, checks that nobody uses the old shape, and then takes away ${listed(old)}.`
  return `Proves everything once more, checks that nobody uses the old shape, and then takes away ${listed(old)} together with the sync.`
}

/** The columns that contract removes, and the keys of documents: `users.last_name`. */
export const oldShape = (program: Program): readonly string[] => [
  ...program.retires.flatMap(({ table, columns }) =>
    columns.map((column) => clean(`${table.name}.${column}`)),
  ),
  ...strippedKeys(program).map(({ table, key }) => clean(`${table.name}.${key}`)),
]

/** What users of the application may notice during the phase. */
export function noticeOf(steps: readonly Step[], program: Program, limits: Limits): string {
  const noticed = steps.filter(isNoticed)
  if (noticed.length > 0) {
    const tables = [...new Set(noticed.flatMap((step) => locksOf(step).map(({ on }) => clean(on))))]
    return `a statement on ${listed(tables)} may wait up to ${longestWait(limits)} a try, at ${listed(noticed.map(({ id }) => id))}`
  }
  const batches = steps.some((step) => locksOf(step).some(({ during }) => during === 'batch'))
  return batches
    ? `somewhat more load; a write to a ${wordsOf(program).row} of the running batch waits for that batch`
    : 'somewhat more reading on the database'
}

/** When to stop, with numbers. The tool watches some of these itself; the operator watches the others. */
export function abortsOf(
  phase: Phase,
  steps: readonly Step[],
  program: Program,
  limits: Limits,
): readonly string[] {
  const { low, high } = totalOf(steps, program)
  const { target } = program.backfill.batch
  const { row, table } = wordsOf(program)
  const refused = isDocuments(program)
    ? 'Errors of the application name a field of this plan, or say that a document failed validation.'
    : null
  const lag = 'Replica lag is above 10s for 1m.'
  const slow = 'The p99 of the application is above twice its usual value for 5m.'
  const disk = 'Less than 15 % of the disk is free.'
  const overdue =
    high !== null && low !== null && high > 1000
      ? [
          `It is still running after ${formatDuration(Math.ceil((high * 2) / 1000) * 1000)}, twice the expected time.`,
        ]
      : []
  const lock = steps.some(isContended)
    ? [
        `The command ended with exit 75 twice: each time ${counted(limits.retries, 'try', 'tries')} of ${formatDuration(limits.lockTimeout)} got no lock. Find who holds the ${table} before the next one.`,
        `A statement of the application waited longer than ${longestWait(limits)} for a lock of this tool.`,
      ]
    : []
  const by: Record<Phase, readonly string[]> = {
    expand: [...lock, refused ?? 'Errors of the application name a column or trigger of this plan.'],
    backfill: [
      `Batches take longer than ${formatDuration(target * 4)} (4 × the target of ${formatDuration(target)}) for 5m.`,
      lag,
      slow,
      disk,
    ],
    enforce: [...lock, ...(refused === null ? [] : [refused]), ...overdue, lag, disk],
    verify: [
      `The command ended with exit 4: an invariant does not hold. Nothing was changed; plan verify names the ${row}s.`,
      ...overdue,
      slow,
    ],
    contract: [
      ...lock,
      ...(oldShape(program).length > 0
        ? [`Errors of the application name ${listed(oldShape(program))}.`]
        : [refused ?? 'Errors of the application name a column of this plan.']),
    ],
  }
  return by[phase]
}

/** What a rollback from here costs. */
export function lossOf(phase: Phase, program: Program): string {
  if (phase === 'contract') return contractLoss(program)
  const groups = syncsOf(program).flatMap((sync) => sync.groups)
  const inFields = filledFields(program).flatMap((filled) => filled.groups)
  const lossy = [
    ...groups.flatMap((group) => (group.kind === 'pair' && !group.identical ? group.up : [])),
    ...inFields.flatMap((group) => (group.kind === 'pair' && !group.identical ? group.up : [])),
  ].map(nameOf)
  const fresh = [
    ...groups.flatMap((group) => (group.kind === 'fill' && !group.keys ? group.up : [])),
    ...inFields.flatMap((group) => (group.kind === 'fill' ? group.up : [])),
  ].map(nameOf)
  const unsynced = synced(program) ? [] : addedColumns(stepsOf(program)).map(({ column }) => column)
  const gone = [...fresh, ...unsynced.map(clean)]
  const converted = inFields.flatMap((group) => (group.kind === 'convert' ? [clean(group.field)] : []))
  if (isDocuments(program) && inFields.length === 0) return 'nothing'
  if (lossy.length === 0 && gone.length === 0 && converted.length === 0)
    return 'nothing; whatever was written to one shape is in the other one as well'
  return [
    ...(lossy.length > 0 ? [`what ${listed(lossy)} can hold and the old shape cannot`] : []),
    ...(gone.length > 0 ? [`the values of ${listed(gone)}`] : []),
    ...(converted.length > 0
      ? [`what ${listed(converted)} can hold now and could not before; values from before are kept aside`]
      : []),
  ].join('; ')
}

const nameOf = (one: { readonly column: string } | { readonly field: string }): string =>
  clean('column' in one ? one.column : one.field)

function contractLoss(program: Program): string {
  const last = pointOfNoReturn(program)
  if (!last) return lossOf('expand', program)
  const after = isDocuments(program) ? lossAfter(program) : 'there is no way back but a restore'
  return `before ${last.id} ${lossOf('expand', program).replace(/^nothing; .*/, 'nothing')}; after it ${after}`
}

export type Check = { readonly command: string; readonly expects: string }

/** How to check that a phase did its work. */
export function checksOf(phase: Phase, program: Program): readonly Check[] {
  const { name } = program.plan
  const status = { command: commands.status(name), expects: `\`${phase}\` has its mark ✓` }
  if (phase === 'backfill')
    return [{ ...status, expects: `\`backfill\` has its mark ✓ and its number of ${wordsOf(program).row}s` }]
  if (phase === 'verify')
    return [
      {
        command: commands.verify(name),
        expects: 'exit 0, and every invariant below holds with 0 violations',
      },
    ]
  const isLast = program.phases.at(-1)?.phase === phase
  return [isLast ? { ...status, expects: 'the state is `done`' } : status]
}

/** Objects that exist in the database only while the plan runs, and must be gone in the end. */
export const helpersOf = (program: Program): readonly string[] =>
  isDocuments(program)
    ? documentHelpers(program)
    : [
        ...syncsOf(program).map((sync) => triggersOf('sync', sync)),
        ...sealsOf(program).map((seal) => triggersOf('seal', seal)),
        ...program.retires.flatMap(({ table, tombstones }) =>
          tombstones.map((tombstone) => clean(`column ${table.name}.${tombstone}`)),
        ),
      ]

const triggersOf = (what: 'sync' | 'seal', { name, table }: Pick<Sync, 'name' | 'table'>): string =>
  clean(`the ${what} ${name} (its triggers, and what they call) of ${table.name}`)
