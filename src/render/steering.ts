import type { Progress, Settings } from '../ledger/records.ts'
import { wordsOf } from '../program/words.ts'
import { formatDuration } from '../text/duration.ts'
import { clean, counted, firstOf, timeText } from '../text/words.ts'
import { hang } from './layout.ts'

/** What people asked of a plan from outside, and why it waits. */
export function steeringLines({ plan, controls, quarantine }: Progress, width: number): string[] {
  const { paused, waiting, settings } = controls
  if (plan.state === 'done' || plan.state === 'rolled-back') return []
  const asked = settingsText(settings)
  return [
    ...(paused
      ? hang(
          'paused   ',
          `by ${clean(paused.by)} since ${timeText(paused.at)}${paused.note === null ? '' : `: ${clean(paused.note)}`}; plan resume ${plan.name}`,
          width,
        )
      : []),
    ...(waiting && !paused
      ? hang(
          'waits    ',
          `${clean(waiting.reason)} (${waiting.step}, since ${timeText(waiting.since)})`,
          width,
        )
      : []),
    ...(quarantine.length > 0
      ? hang('at fault ', quarantineText(quarantine, wordsOf(plan.program).row), width)
      : []),
    ...(asked === '' ? [] : hang('throttle ', `${asked} (plan throttle --reset: as the plan says)`, width)),
  ]
}

/** How many rows are named; the JSON has all of them. */
const NAMED = 5

/** Rows that cannot be converted, by their keys. */
function quarantineText(rows: Progress['quarantine'], noun: string): string {
  const named = rows.map(({ row }) => clean(row))
  return `${counted(rows.length, noun)} in quarantine: ${firstOf(named, NAMED)}`
}

const ON_ERROR: Readonly<Record<NonNullable<Settings['onError']>, string>> = {
  stop: 'stops at what cannot be converted',
  quarantine: 'passes over what cannot be converted',
}

/** Settings that differ from the plan's, in words; empty when none do. */
export const settingsText = ({ batchTarget, maxLag, workers, duty, onError }: Settings): string =>
  [
    ...(batchTarget === null ? [] : [`batches of ${formatDuration(batchTarget)}`]),
    ...(maxLag === null ? [] : [`lag up to ${formatDuration(maxLag)}`]),
    ...(workers === null ? [] : [workers === 1 ? '1 worker' : `${workers} workers`]),
    ...(duty === null ? [] : [`duty ${duty}`]),
    ...(onError === null ? [] : [ON_ERROR[onError]]),
  ].join(', ')
