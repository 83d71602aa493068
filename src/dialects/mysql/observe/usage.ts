import type { Row, Session } from '../../interface/session.ts'
import type { Asked, Usage } from '../../interface/usage.ts'
import { errnoOf, permitted } from '../connect/permitted.ts'
import type { Server } from '../connect/session.ts'
import { mayBeCut, mayConcern, readDigest, sameSkeleton, skeleton } from './digest.ts'

/** Our own statements are counted, too, so the last one cannot be older than this, seconds. */
export const FRESH = 5

/** How much of a statement is shown, and how many statements. */
const SHOWN = 120
const EVIDENCE = 5

/** One kind of statement that ran within the window. */
type Digest = {
  readonly text: string
  /** The connection's database. */
  readonly database: string | null
  readonly count: string
  /** Seconds since 1970. */
  readonly seen: number
  readonly cut: boolean
}

/** How far the server's own statistics can be trusted. Times are seconds since 1970 by its clock. */
type Counting = {
  readonly on: boolean
  readonly now: number
  readonly uptime: number
  readonly first: number
  readonly last: number
  readonly overflow: number
  readonly lost: number
  readonly limit: number
}

/**
 * Whether anybody but this tool used the columns lately, from the server's statement statistics. They lack reads on
 * replicas. A routine's statements count only as its CALL.
 */
export async function usage(session: Session, dialect: Server['dialect'], asked: Asked): Promise<Usage> {
  const counting = await readCounting(session)
  if (counting === null) return { verdict: 'unknown', evidence: [REFUSED] }
  if (!counting.on)
    return { verdict: 'unknown', evidence: ['performance_schema is off, so no statements are counted'] }
  const others = await readOthers(session, dialect, asked, counting)
  const stars = await anyVisible(session, asked)
  const used = others.flatMap((digest) => evidenceOf(digest, asked, stars))
  if (used.length > 0) return { verdict: 'used', evidence: used.slice(0, EVIDENCE) }
  const doubts = [
    ...(dialect === 'mariadb' ? [PREPARED] : []),
    ...countingDoubts(counting, asked.since),
    ...cutDoubts(others, asked),
  ]
  return { verdict: doubts.length > 0 ? 'unknown' : 'unused', evidence: doubts }
}

const REFUSED =
  'this user may not read performance_schema.events_statements_summary_by_digest: GRANT SELECT ON performance_schema.*'
/** Measured on MariaDB 10.11, with SQL and with the protocol. */
const PREPARED = 'MariaDB does not count statements that were prepared on the server'

function evidenceOf({ text, database, count, seen }: Digest, asked: Asked, stars: boolean): string[] {
  const { names, star } = readDigest(text, database, asked.table, asked.columns)
  if (!names && !(star && stars)) return []
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text
  const times = count === '1' ? 'once' : `${count} times`
  const at = new Date(Math.floor(seen) * 1000).toISOString().replace('.000', '')
  return [`${names ? '' : 'selects *: '}${shown} (${times}, last at ${at})`]
}

function countingDoubts({ now, uptime, first, last, overflow, lost }: Counting, since: number): string[] {
  const window = now - since / 1000
  const doubts: [boolean, string][] = [
    [now - last > FRESH, 'the server does not count statements now (consumer statements_digest)'],
    [uptime * 1000 < since, `the server started ${uptime} s ago and counts since then`],
    [
      uptime * 1000 >= since && first > window,
      `statements are counted only since ${Math.round(now - first)} s`,
    ],
    [
      lost > 0 || overflow >= window,
      'the server met more kinds of statements than it counts (performance_schema_digests_size)',
    ],
  ]
  return doubts.flatMap(([holds, says]) => (holds ? [says] : []))
}

function cutDoubts(others: readonly Digest[], { table }: Asked): string[] {
  const cut = others.filter((digest) => digest.cut && mayConcern(digest.text, digest.database, table))
  return cut
    .slice(0, EVIDENCE)
    .map(({ text }) => `a statement is cut in the count (max_digest_length): ${text.slice(0, SHOWN - 1)}…`)
}

/** Null when this user may not see it. */
async function readCounting(session: Session): Promise<Counting | null> {
  const variables = await session.query(
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('performance_schema', 'max_digest_length', 'performance_schema_max_digest_length')",
  )
  const status = await session.query(
    "SHOW GLOBAL STATUS WHERE Variable_name IN ('Uptime', 'Performance_schema_digest_lost')",
  )
  const rows = await permitted(session, COUNTING)
  if (rows === null) return null
  const value = (name: string) =>
    [...variables.rows, ...status.rows].find((row) => String(row['Variable_name']).toLowerCase() === name)?.[
      'Value'
    ]
  const moment = (name: string) => Number(rows[0]?.[name] ?? 0)
  return {
    on: value('performance_schema') === 'ON',
    now: moment('now'),
    first: moment('first'),
    last: moment('last'),
    overflow: moment('overflow'),
    uptime: Number(value('uptime') ?? 0),
    lost: Number(value('performance_schema_digest_lost') ?? 0),
    limit: Math.min(
      Number(value('max_digest_length') ?? 0),
      Number(value('performance_schema_max_digest_length') ?? 0),
    ),
  }
}

const DIGESTS = 'performance_schema.events_statements_summary_by_digest'

const COUNTING = `SELECT UNIX_TIMESTAMP(NOW(6)) AS now, MIN(NULLIF(UNIX_TIMESTAMP(first_seen), 0)) AS first,
  MAX(UNIX_TIMESTAMP(last_seen)) AS last, MAX(IF(digest IS NULL, UNIX_TIMESTAMP(last_seen), NULL)) AS overflow FROM ${DIGESTS}`

/** Statements within the window that are not ours and may concern the table, the latest first. */
async function readOthers(
  session: Session,
  dialect: Server['dialect'],
  { table, since, own }: Asked,
  { limit }: Counting,
): Promise<Digest[]> {
  const { rows } = await session.query(
    // MariaDB stores whole seconds. A text that was cut may have lost the table's name.
    `SELECT digest_text AS text, schema_name AS name, count_star AS count, UNIX_TIMESTAMP(last_seen) AS seen FROM ${DIGESTS}
      WHERE digest_text IS NOT NULL AND UNIX_TIMESTAMP(last_seen) >= FLOOR(UNIX_TIMESTAMP(NOW(6)) - ?)
        AND (LOCATE(LOWER(?), LOWER(digest_text)) > 0 OR LENGTH(digest_text) >= ?) ORDER BY last_seen DESC`,
    [since / 1000, table.name, limit / 2],
  )
  const ours = await ownSkeletons(session, dialect, own, table.name)
  return rows
    .map((row) => readRow(row, limit))
    .filter(({ text, cut }) => {
      const found = skeleton(text)
      return !ours.some((one) => sameSkeleton(found, one, cut))
    })
}

function readRow(row: Row, limit: number): Digest {
  const text = String(row['text']).trimEnd()
  return {
    text,
    database: row['name'] === null ? null : String(row['name']),
    count: String(row['count']),
    seen: Number(row['seen']),
    cut: mayBeCut(text, limit),
  }
}

/** MySQL can tell the digest of a statement, MariaDB cannot. */
async function ownSkeletons(
  session: Session,
  dialect: Server['dialect'],
  own: readonly string[],
  table: string,
): Promise<string[][]> {
  const ours = [...new Set(own)].filter((sql) => sql.toLowerCase().includes(table.toLowerCase()))
  const found: string[][] = []
  for (const sql of ours) {
    found.push(skeleton(sql))
    if (dialect === 'mysql') found.push(skeleton(await digestText(session, sql)))
  }
  return found
}

/** Our texts have numbered parameters; for a digest any value will do. */
async function digestText(session: Session, sql: string): Promise<string> {
  try {
    const { rows } = await session.query('SELECT STATEMENT_DIGEST_TEXT(?) AS text', [
      sql.replace(/\$\d+/g, '0'),
    ])
    return String(rows[0]?.['text'] ?? sql)
  } catch (error) {
    // The server cannot parse this, so it never ran.
    if (errnoOf(error) === 3676) return sql
    throw error
  }
}

/** A hidden column is not part of a star, nor of an INSERT without a column list. */
async function anyVisible(session: Session, { table, columns }: Asked): Promise<boolean> {
  if (columns.length === 0) return false
  const { rows } = await session.query(
    `SELECT COUNT(*) AS visible FROM information_schema.COLUMNS WHERE table_schema = ? AND table_name = ?
      AND column_name IN (${columns.map(() => '?').join(', ')}) AND extra NOT LIKE '%INVISIBLE%'`,
    [table.schema, table.name, ...columns],
  )
  return Number(rows[0]?.['visible'] ?? 0) > 0
}
