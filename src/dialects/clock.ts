import { formatDuration } from '../text/duration.ts'
import { warning } from './checks.ts'
import type { Check } from './interface/check.ts'

/** How far the two clocks may differ, milliseconds. People compare times by the database's clock with their own. */
const SKEW = 5_000

/** Compares the database's clock with this machine's. `now` asks the database, milliseconds since 1970. */
export async function clockCheck(now: () => Promise<number>): Promise<Check> {
  const before = Date.now()
  const theirs = await now()
  const after = Date.now()
  // The server read its clock at some point between request and answer, so half of that time is no difference.
  const skew = theirs - (before + after) / 2
  const apart = Math.max(0, Math.abs(skew) - (after - before) / 2)
  const difference = formatDuration(Math.round(Math.abs(skew) / 1000) * 1000)
  return warning(
    'clock',
    apart <= SKEW,
    apart <= SKEW
      ? 'the clock of the server agrees with the one here'
      : `the clock of the server is ${difference} ${skew > 0 ? 'ahead of' : 'behind'} the one here`,
    'set both by NTP: moments in the ledger, windows, soak and hold go by the server’s',
  )
}
