import type { Session } from '../../interface/session.ts'

/** The server's clock, milliseconds since 1970. */
export async function now(session: Session): Promise<number> {
  const { rows } = await session.query('SELECT CURRENT_TIMESTAMP AS now')
  return (rows[0]?.['now'] as Date | undefined)?.getTime() ?? Number.NaN
}
