import { pbkdf2Sync } from 'node:crypto'

/**
 * How long something may take before a test gives up, milliseconds: `ms` on a quick and quiet machine, and as many times
 * longer as this one is slower today. It bounds a wait for an event; nothing is asserted of how long that takes.
 */
export const limit = (ms: number): number => Math.ceil(ms * slowness())

/** Where the processes of a run find what its first one measured. */
const MEASURED = 'TEST_SLOWNESS'

function slowness(): number {
  process.env[MEASURED] ??= String(measured())
  return Math.max(1, Number(process.env[MEASURED]))
}

/** What the work below takes on a quick and quiet machine, milliseconds. */
const QUICKLY = 100

/** By the clock on the wall: others who work on this machine make it slower, too. */
function measured(): number {
  const began = performance.now()
  pbkdf2Sync('the same', 'work', 500_000, 32, 'sha256')
  return (performance.now() - began) / QUICKLY
}
