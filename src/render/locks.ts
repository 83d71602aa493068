import type { Program } from '../program/program.ts'
import type { Step } from '../program/step.ts'
import { wordsOf } from '../program/words.ts'
import type { Lock } from '../program/written.ts'
import { clean } from '../text/words.ts'

/** Effects from harmless to noticed by everybody. */
const WEIGHT = [
  'nothing',
  'other schema changes',
  'the rows of one batch',
  'writes',
  'reads and writes',
] as const

const DURING: Record<Lock['during'], string> = {
  moment: 'a moment',
  scan: 'during the scan',
  build: 'during the build',
  rewrite: 'while the table is written anew',
  batch: 'per batch',
}

const WAITS: Record<Lock['blocks'], string> = {
  nothing: 'nobody waits',
  'other schema changes': 'only other schema changes wait',
  'the rows of one batch': 'only writers of the same rows wait',
  writes: 'writes wait',
  'reads and writes': 'reads and writes wait',
}

/** The strongest lock of a step on each relation; it covers the weaker ones. */
export function locksOf(step: Step): readonly Lock[] {
  const strongest = new Map<string, Lock>()
  for (const lock of step.parts.flatMap(({ written }) => written.locks)) {
    const known = strongest.get(lock.on)
    if (!known || WEIGHT.indexOf(lock.blocks) > WEIGHT.indexOf(known.blocks)) strongest.set(lock.on, lock)
  }
  return [...strongest.values()]
}

/** A lock as text: `ACCESS EXCLUSIVE on app.users, a moment`. */
export const lockText = (lock: Lock): string => `${lock.mode} on ${clean(lock.on)}, ${DURING[lock.during]}`

/** The effect of a lock as text: `reads and writes wait`. */
export const lockEffect = (lock: Lock, program: Pick<Program, 'engine'>): string =>
  WAITS[lock.blocks].replace('rows', `${wordsOf(program).row}s`)

/** What becomes of the rows while a step runs, by its locks. */
export function rowsOf({ parts }: Pick<Step, 'parts'>): 'untouched' | 'read' | 'written' | 'rewritten' {
  const during = new Set(parts.flatMap(({ written }) => written.locks.map((lock) => lock.during)))
  if (during.has('rewrite')) return 'rewritten'
  if (during.has('batch')) return 'written'
  return during.has('scan') || during.has('build') ? 'read' : 'untouched'
}

/** Whether the application can notice the step because its reads or writes wait for a moment. */
export const isNoticed = (step: Step): boolean =>
  locksOf(step).some(({ blocks }) => blocks === 'writes' || blocks === 'reads and writes')

/** Whether the step takes a short lock that it may not get at the first try. */
export const isContended = (step: Step): boolean =>
  locksOf(step).some(({ blocks, during }) => during === 'moment' && blocks !== 'nothing')

/** What a step's duration depends on, without a number: `a moment`, `one scan of app.users`. */
export function durationClass(step: Step): string {
  const locks = step.parts.flatMap(({ written }) => written.locks)
  const [lock] = locks.toSorted((a, b) => LENGTH.indexOf(b.during) - LENGTH.indexOf(a.during))
  return lock ? CLASS[lock.during](clean(lock.on)) : CLASS.moment('')
}

const LENGTH: readonly Lock['during'][] = ['moment', 'scan', 'build', 'rewrite', 'batch']

const CLASS: Record<Lock['during'], (on: string) => string> = {
  moment: () => 'a moment',
  scan: (on) => `one scan of ${on}`,
  build: (on) => `one index build on ${on}`,
  rewrite: (on) => `one rewrite of ${on}`,
  batch: (on) => `many short batches over ${on}`,
}
