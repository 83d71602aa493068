import { bytesText } from '../../../text/words.ts'
import type { Archive } from '../../interface/pressure.ts'
import type { Row, Session } from '../../interface/session.ts'

type Slot = { readonly name: string; readonly bytes: number; readonly left: number; readonly near: boolean }

/**
 * A slot is soon invalidated when less than a tenth of max_slot_wal_keep_size is left. The slot that keeps most comes
 * first.
 */
const SLOTS = `SELECT slot_name AS name, pg_wal_lsn_diff(here.log_end, restart_lsn) AS bytes, safe_wal_size AS left,
    wal_status = 'unreserved' OR coalesce(safe_wal_size < pg_size_bytes(current_setting('max_slot_wal_keep_size')) / 10, false) AS near
  FROM pg_replication_slots, (SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_lsn() END AS log_end) here
  WHERE wal_status <> 'lost' AND restart_lsn IS NOT NULL ORDER BY 2 DESC`

/** Columns of pg_stat_archiver for `archiveOf`. */
export const ARCHIVE = `current_setting('archive_mode') <> 'off' AS archives, last_archived_wal AS archived,
  current_setting('archive_mode') <> 'off' AND coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) AS fails,
  CASE WHEN NOT pg_is_in_recovery() THEN pg_walfile_name(pg_current_wal_lsn()) END AS current,
  (SELECT setting FROM pg_settings WHERE name = 'wal_segment_size') AS segment,
  (SELECT json_agg(s) FROM (${SLOTS}) s) AS slots`

const FAILS =
  'the archiver fails, and the server keeps its log until archive_command or archive_library works again'

/** Log that the server cannot remove, because of the archive or a replica. Null on a standby. */
export async function archiveOf(session: Session, row: Row): Promise<Archive | null> {
  if (row['current'] === null) return null
  const segment = Number(row['segment'])
  const files = row['archives'] === true ? await waiting(session, row, segment) : 0
  const slots = (row['slots'] ?? []) as readonly Slot[]
  const trouble = row['fails'] === true ? FAILS : nearlyLost(slots)
  const [most] = slots
  return most && most.bytes > files * segment
    ? { bytes: most.bytes, files: 0, waits: `are kept for replication slot ${most.name}`, trouble }
    : { bytes: files * segment, files, waits: 'wait to be archived', trouble }
}

function nearlyLost(slots: readonly Slot[]): string | null {
  const slot = slots.find(({ near }) => near)
  return slot
    ? `replication slot ${slot.name} is about to lose the log that its replica still needs (${bytesText(Math.max(0, slot.left))} to go)`
    : null
}

/** Files after the last archived one. When the server no longer knows that one, the files it lists, if this user may ask. */
async function waiting(session: Session, { archived, current }: Row, segment: number): Promise<number> {
  const last = fileNumber(archived, segment)
  const now = fileNumber(current, segment)
  if (last !== null && now !== null) return Math.max(0, now - last - 1)
  const list = 'pg_catalog.pg_ls_archive_statusdir()'
  const may = await session.query(`SELECT has_function_privilege('${list}', 'EXECUTE') AS may`)
  if (may.rows[0]?.['may'] !== true) return 0
  const { rows } = await session.query(`SELECT count(*)::int AS files FROM ${list} WHERE name LIKE '%.ready'`)
  return Number(rows[0]?.['files'])
}

/** The number of a log file from its name: timeline, then the high and low half of its number. Null for a history file. */
function fileNumber(name: unknown, segment: number): number | null {
  const [, high, low] = /^[0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8})/.exec(String(name)) ?? []
  if (high === undefined || low === undefined) return null
  return Number.parseInt(high, 16) * (2 ** 32 / segment) + Number.parseInt(low, 16)
}
