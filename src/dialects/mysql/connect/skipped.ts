import { recognise } from './errors.ts'

/** The warning that a table was left out because another session is changing it. */
const SKIPPED = 1684

/** How long to wait for such a change, in tenths of a second; as long as for any lock. */
const PATIENCE = 500

/**
 * Whether the answer may lack a table. MariaDB leaves a table that is being changed out of information_schema for a
 * session that holds any lock, as ours always do. Only a warning tells.
 */
export const mayLack = (dialect: 'mysql' | 'mariadb', statement: string): boolean =>
  dialect === 'mariadb' && /information_schema/i.test(statement)

/** Repeats a catalogue query until its answer lacks nothing. */
export async function complete<T>(
  read: () => Promise<T>,
  ask: (statement: string) => Promise<unknown>,
): Promise<T> {
  for (let tries = 0; tries < PATIENCE; tries++) {
    const answer = await read()
    const warnings = (await ask('SHOW WARNINGS')) as readonly { Code: number }[]
    if (!warnings.some(({ Code }) => Code === SKIPPED)) return answer
    await ask('DO SLEEP(0.1)')
  }
  throw recognise({ errno: 1205, sqlState: 'HY000' }, 'the catalogue', '')
}
