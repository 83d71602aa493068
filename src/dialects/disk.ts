import { stat, statfs } from 'node:fs/promises'
import { bytesText } from '../text/words.ts'
import { warning } from './checks.ts'
import type { Check } from './interface/check.ts'
import type { Disk } from './interface/pressure.ts'

/**
 * Growth for each rewritten row, which leaves an old version behind, and for its index entries. Other growth is covered
 * by the reserve.
 */
const GROWTH = 1.2

/** A disk with less than this share free is nearly full, whatever the plan adds. */
const RESERVE = 0.1

/** An amount that fits almost everywhere, bytes. Below it an unknown disk size is not reported. */
const LITTLE = 1e9

/** Free space on this directory's disk; null when this host has no such directory. */
export async function diskOf(directory: string): Promise<Disk | null> {
  try {
    if (!(await stat(directory)).isDirectory()) return null
    const { bavail, blocks, bsize } = await statfs(directory)
    return { free: bavail * bsize, total: blocks * bsize }
  } catch {
    return null
  }
}

/** Whether there is room for what a backfill of tables of `bytes` (with their indexes) may add, plus `logs`. */
export function diskChecks(disk: Disk | null, bytes: number, logs = 0): Check[] {
  const need = bytes * GROWTH + logs
  if (disk === null)
    return need < LITTLE
      ? []
      : [
          {
            ...warning(
              'disk',
              false,
              `how much is free on the server’s disk cannot be seen from here; a backfill may add ${bytesText(need)}`,
              'look there, and see that the logs have room as well',
            ),
            lasting: true,
          },
        ]
  const { free, total } = disk
  const share = `${bytesText(free)} of ${bytesText(total)} are free on the server’s disk`
  const short = free < need
  return [
    warning(
      'disk',
      !short && free >= total * RESERVE,
      short ? `${share}, and a backfill may add ${bytesText(need)}` : share,
      short
        ? 'make room first: the old rows go only after the backfill'
        : 'make room first: a database whose disk is full stops for everybody',
    ),
  ]
}
