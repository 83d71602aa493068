import { randomBytes } from 'node:crypto'
import { type MysqlDatabase, otherMysql } from './mysql-databases.ts'

/** A login of one test's own. */
export type MysqlUser = AsyncDisposable & { readonly name: string; readonly url: string }

/** From here on the session writes past the triggers of the one plan that is under way, as its backfill does. */
export const PAST_THE_SYNC =
  "SET @plan_backfill = (SELECT LEFT(TRIGGER_NAME, CHAR_LENGTH(TRIGGER_NAME) - 4) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME LIKE 'zz\\_plan\\_sync\\_%\\_upd')"

/** A fresh user with these privileges, written as `SELECT, INSERT ON app.*`, or a role's name. Disposing drops it. */
export async function createMysqlUser(
  database: Pick<MysqlDatabase, 'url'>,
  ...privileges: readonly string[]
): Promise<MysqlUser> {
  const name = `user_${randomBytes(6).toString('hex')}`
  const password = randomBytes(6).toString('hex')
  const run = async (...statements: readonly string[]) => {
    await using root = await otherMysql(database)
    for (const statement of statements) await root.query(statement)
  }
  await run(
    `CREATE USER ${name} IDENTIFIED BY '${password}'`,
    ...privileges.map((privilege) => `GRANT ${privilege} TO ${name}`),
  )
  const url = new URL(database.url)
  url.username = name
  url.password = password
  return { name, url: url.href, [Symbol.asyncDispose]: () => run(`DROP USER IF EXISTS ${name}`) }
}
