import { type Archive, formatBytes } from '../../backfill/pressure.ts'
import type { Session } from '../session.ts'

/** What of its log the server cannot remove: for the archive, or for a replica. Null on a standby. */
export async function readArchive(session: Session): Promise<Archive | null> {
  const { rows } = await session.query(ARCHIVER)
  const [found] = rows
  if (!found || found['current'] === null) return null
  const segment = Number(found['segment'])
  const files = found['archives'] === true ? await waiting(session, found, segment) : 0
  const waits = 'wait to be archived'
  const slots = await readSlots(session)
  const trouble = found['fails'] === true ? FAILS : slots.trouble
  return slots.bytes > files * segment
    ? { bytes: slots.bytes, files: 0, waits: slots.waits, trouble }
    : { bytes: files * segment, files, waits, trouble }
}

const FAILS =
  'the archiver fails, and the server keeps its log until archive_command or archive_library works again'

const ARCHIVER = `SELECT current_setting('archive_mode') <> 'off' AS archives, last_archived_wal AS archived,
    coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) AND current_setting('archive_mode') <> 'off' AS fails,
    CASE WHEN NOT pg_is_in_recovery() THEN pg_walfile_name(pg_current_wal_lsn()) END AS current,
    (SELECT setting FROM pg_settings WHERE name = 'wal_segment_size') AS segment
  FROM pg_stat_archiver`

/** Files behind the last one that was archived; where the server does not know that one any more, those it lists, if it may be asked. */
async function waiting(
  session: Session,
  { archived, current }: Readonly<Record<string, unknown>>,
  segment: number,
): Promise<number> {
  const last = fileNumber(archived, segment)
  const now = fileNumber(current, segment)
  if (last !== null && now !== null) return Math.max(0, now - last - 1)
  const list = 'pg_catalog.pg_ls_archive_statusdir()'
  const may = await session.query(`SELECT has_function_privilege('${list}', 'EXECUTE') AS may`)
  if (may.rows[0]?.['may'] !== true) return 0
  const { rows } = await session.query(`SELECT count(*)::int AS files FROM ${list} WHERE name LIKE '%.ready'`)
  return Number(rows[0]?.['files'])
}

/** A file is called by its timeline, and the high and low half of its number; a history file is not. */
function fileNumber(name: unknown, segment: number): number | null {
  const [, high, low] = /^[0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8})/.exec(String(name)) ?? []
  if (high === undefined || low === undefined) return null
  return Number.parseInt(high, 16) * (2 ** 32 / segment) + Number.parseInt(low, 16)
}

/** The slot that keeps most, and one that soon loses what its replica still needs: with a tenth of max_slot_wal_keep_size to go. */
async function readSlots(session: Session): Promise<Omit<Archive, 'files'>> {
  const { rows } = await session.query(SLOTS)
  const lost = rows.find((row) => row['near'] === true)
  const [most] = rows
  return {
    bytes: Number(most?.['bytes'] ?? 0),
    waits: `are kept for replication slot ${most?.['name']}`,
    trouble: lost
      ? `replication slot ${lost['name']} is about to lose the log that its replica still needs (${formatBytes(Math.max(0, Number(lost['left'])))} to go)`
      : null,
  }
}

const SLOTS = `SELECT slot_name AS name, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::text AS bytes, safe_wal_size::text AS left,
    wal_status = 'unreserved' OR coalesce(safe_wal_size < pg_size_bytes(current_setting('max_slot_wal_keep_size')) / 10, false) AS near
  FROM pg_replication_slots WHERE wal_status <> 'lost' AND restart_lsn IS NOT NULL
  ORDER BY pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) DESC`
