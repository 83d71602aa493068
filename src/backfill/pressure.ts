import { formatDuration } from '../plan/duration.ts'
import type { Limits } from '../plan/plan.ts'
import { bytesText } from '../render/text.ts'

/** Log that a server cannot remove yet. */
export type Archive = {
  readonly bytes: number
  readonly files: number
  /** For whom it is kept: `wait to be archived`. */
  readonly waits: string
  /** What is wrong however much it is, or null. */
  readonly trouble: string | null
}

/** The file system that holds the data, bytes. */
export type Disk = { readonly free: number; readonly total: number }

/** How a server and its replicas bear the load of a backfill. */
export type Pressure = {
  /** How far the worst replica is behind, milliseconds; null when that cannot be known. */
  readonly lag: number | null
  readonly replicas: number
  /** Statements that run now, without ours. */
  readonly running: number
  /** Old row versions that the server keeps for open transactions; 0 where it does not count them. */
  readonly history: number
  /** Which replica is the worst one, or why the lag is unknown. */
  readonly reason: string | null
  /** Null where the server archives no log, or does not say. */
  readonly archive: Archive | null
  /** Null where it cannot be seen. */
  readonly disk: Disk | null
}

const GB = 1e9

/** With more log than this kept back, or less room, a server is near its end for everybody, whatever the plan says. */
const LOG = { bytes: 16 * GB, files: 1_000 }
const ROOM = { bytes: GB, share: 0.05 }

/** Why a backfill has to wait, in words, or null. Unknown lag counts as lag. */
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
