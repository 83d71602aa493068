import type pg from 'pg'
import type { Session } from '../../src/dialects/interface/session.ts'

/** A session over a test's own connection, without the bounds and the error handling of the real one. */
export function plainSession(client: pg.Client): Session {
  const run = async (statement: string, values?: readonly unknown[]) => {
    const { rows, rowCount } = await client.query(statement, values && [...values])
    return { rows: rows ?? [], count: rowCount ?? 0 }
  }
  return {
    backend: { pid: 0, started: '' },
    label: 'test',
    query: run,
    async transaction(limits, work) {
      await run('BEGIN')
      try {
        for (const [name, value] of [
          ['lock_timeout', limits.lockTimeout],
          ['statement_timeout', limits.statementTimeout],
        ] as const)
          if (value !== undefined) await run(`SET LOCAL ${name} = ${value}`)
        const result = await work()
        await run('COMMIT')
        return result
      } catch (error) {
        await run('ROLLBACK').catch(() => undefined)
        throw error
      }
    },
    autonomous: async (statement) => void (await run(statement)),
    cancel: () => Promise.reject(new Error('a plain session cannot cancel')),
    alone: () => Promise.reject(new Error('a plain session has no sections')),
    close: async () => undefined,
  }
}
