import type { Pressure } from '../dialects/interface/pressure.ts'
import type { Limits } from '../program/limits.ts'
import { formatDuration } from '../text/duration.ts'
import { bytesText } from '../text/words.ts'

const GB = 1e9

/** When more log is kept back, or less disk is free, the server is near its end for everybody, whatever the plan says. */
const LOG = { bytes: 16 * GB, files: 1_000 }
const ROOM = { bytes: GB, share: 0.05 }

/** Why a backfill has to wait, in words; null when it need not. Unknown lag counts as lag. */
export function throttled(pressure: Pressure, limits: Limits): string | null {
  return behind(pressure, limits) ?? busy(pressure, limits) ?? kept(pressure) ?? full(pressure)
}

function behind({ lag, reason }: Pressure, { maxLag }: Limits): string | null {
  if (maxLag === null) return null
  if (lag === null) return `replica lag is unknown: ${reason ?? 'no replica answers'}`
  return lag > maxLag
    ? `${reason ?? 'a replica'} is ${formatDuration(lag)} behind (limit ${formatDuration(maxLag)})`
    : null
}

function busy({ running, history }: Pressure, { maxRunning, maxHistory }: Limits): string | null {
  if (maxRunning !== null && running > maxRunning)
    return `${running} statements run on the server (limit ${maxRunning})`
  return maxHistory !== null && history > maxHistory
    ? `the server keeps ${counted(history)} old row versions (limit ${counted(maxHistory)})`
    : null
}

function kept({ archive }: Pressure): string | null {
  if (archive === null) return null
  const { bytes, files, waits, trouble } = archive
  if (trouble !== null) return trouble
  if (bytes > LOG.bytes) return `${bytesText(bytes)} of log ${waits} (limit ${bytesText(LOG.bytes)})`
  return files > LOG.files ? `${counted(files)} files of log ${waits} (limit ${counted(LOG.files)})` : null
}

function full({ disk }: Pressure): string | null {
  if (disk === null) return null
  const says = `only ${bytesText(disk.free)} of ${bytesText(disk.total)} are free where the data is`
  if (disk.free < ROOM.bytes) return `${says} (limit ${bytesText(ROOM.bytes)})`
  return disk.free < disk.total * ROOM.share ? `${says} (limit ${ROOM.share * 100} %)` : null
}

const counted = (number: number): string => number.toLocaleString('en')
