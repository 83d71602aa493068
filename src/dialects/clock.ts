import { formatDuration } from '../text/duration.ts'
import { warning } from './checks.ts'
import type { Check } from './interface/check.ts'

/** What goes by the database's clock is read by people who look at their own, milliseconds. */
const SKEW = 5_000

/** The database's clock next to the one here. `now` asks it, milliseconds since 1970. */
export async function clockCheck(now: () => Promise<number>): Promise<Check> {
  const before = Date.now()
  const theirs = await now()
  const after = Date.now()
  // It was read at some moment between: up to half of the way there and back is no difference.
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
