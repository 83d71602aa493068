import { mysqlDump } from './mysql-catalogue.ts'
import { otherMysql } from './mysql-databases.ts'
import type { Place } from './places.ts'
import type { Sessions } from './sessions.ts'

/** Sessions do not say there what they are for: the tool's are those that no test has opened. Each server counts its own. */
const tests = new Map<string, number[]>()
const opened = ({ url }: Place): readonly number[] => tests.get(new URL(url).host) ?? []

const processes = (place: Place, where = '1', more = '') =>
  place.query(
    `SELECT p.id AS id FROM information_schema.PROCESSLIST p ${more}
     WHERE p.db = '${place.name}' AND p.id <> connection_id() AND p.id NOT IN (${[0, ...opened(place)].join()}) AND ${where}`,
  )

let asked = 0

/** MariaDB shows the same transactions again to whoever asks more often than every 100 ms, so this asks rarely. */
async function rowWaits(place: Place, where: string) {
  if (Date.now() - asked < 200) return []
  asked = Date.now()
  const transactions = 'JOIN information_schema.INNODB_TRX t ON t.trx_mysql_thread_id = p.id'
  return processes(place, `${where} AND t.trx_state = 'LOCK WAIT'`, transactions)
}

const STATE = {
  rows: 'SELECT * FROM users ORDER BY id',
  writes: 'SELECT times, count(*) AS count FROM writes GROUP BY times ORDER BY times',
  plan: 'SELECT state, phase FROM plan_plans',
  steps: 'SELECT step, state, error FROM plan_steps ORDER BY step',
  filled: 'SELECT sum(written) AS count FROM plan_slices',
}

const shape = async ({ query, name }: Place): Promise<Record<string, unknown>> => ({
  catalogue: await mysqlDump(query, name),
})

export const mysqlSessions: Sessions = {
  other: async (place, sql) => {
    const { id, query, [Symbol.asyncDispose]: dispose } = await otherMysql(place, sql)
    tests.set(new URL(place.url).host, [...opened(place), id])
    return { pid: id, query, [Symbol.asyncDispose]: dispose }
  },
  ids: async (place) => (await processes(place)).map(({ id }) => Number(id)),
  waiting: async (place, statement) => {
    const like = statement === '' ? '1' : `p.info LIKE '${statement}%'`
    const waits = `(p.state LIKE 'Waiting for%lock%' OR p.state LIKE 'User lock')`
    const found = await processes(place, `${like} AND ${waits}`)
    return [...found, ...(await rowWaits(place, like))].map(({ id }) => Number(id))
  },
  // It may have ended in the meantime.
  end: ({ query }, id) => query(`KILL ${id}`).catch(() => undefined),
  ledger: (table) => `plan_${table}`,
  shape,
  left: async (place) => {
    const state = await shape(place)
    for (const [what, sql] of Object.entries(STATE)) state[what] = await place.query(sql)
    return state
  },
}
