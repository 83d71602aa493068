import type { Session } from '../../interface/session.ts'

/** The server's clock, milliseconds since 1970. */
export async function now(session: Session): Promise<number> {
  // Not in the session's time zone, where one hour of each autumn occurs twice.
  const utc = "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000"
  const { rows } = await session.query(`SELECT ${utc} AS now`)
  return Number(rows[0]?.['now'] ?? Number.NaN)
}
