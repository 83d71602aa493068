import { type Bench, bench, done } from '../support/command.ts'
import { isMysql } from '../support/places.ts'
import { batches, left, type Other, other, waiting } from '../support/sessions.ts'
import { counted, mysqlCounted, mysqlUsers, PLAN, rename, SLOW, users } from '../support/users.ts'

/** How to be in the middle of a phase: what keeps it there, and how it shows. */
type Middle = {
  /** The phases before it. */
  readonly before: string | null
  readonly holds?: string
  readonly reached: (here: Bench) => Promise<unknown>
}

const POSTGRES: Readonly<Record<string, Middle>> = {
  expand: {
    before: null,
    holds: 'LOCK TABLE users IN ACCESS SHARE MODE',
    reached: ({ database }) => waiting(database, 'ALTER TABLE'),
  },
  backfill: { before: 'expand', reached: ({ database }) => batches(database, 3) },
  enforce: {
    before: 'backfill',
    // The build of an index waits for everybody who writes.
    holds: "UPDATE users SET email = 'x' WHERE id = 1",
    reached: ({ database }) => waiting(database, 'CREATE INDEX CONCURRENTLY'),
  },
  verify: {
    before: 'enforce',
    holds: 'LOCK TABLE banned IN ACCESS EXCLUSIVE MODE',
    reached: ({ database }) => waiting(database, '%banned'),
  },
  contract: {
    before: 'verify',
    holds: 'LOCK TABLE users IN ACCESS SHARE MODE',
    reached: ({ database }) => waiting(database, 'ALTER TABLE'),
  },
}

/** Whoever has read a table keeps changes of it waiting, until the end of the transaction. */
const READS = 'SELECT count(*) FROM users'

const MYSQL: Readonly<Record<string, Middle>> = {
  expand: { before: null, holds: READS, reached: ({ database }) => waiting(database, 'ALTER TABLE') },
  backfill: { before: 'expand', reached: ({ database }) => batches(database, 3) },
  enforce: { before: 'backfill', holds: READS, reached: ({ database }) => waiting(database, 'ALTER TABLE') },
  verify: {
    before: 'enforce',
    holds: 'LOCK TABLES banned WRITE',
    reached: ({ database }) => waiting(database, '%banned'),
  },
  contract: { before: 'verify', holds: READS, reached: ({ database }) => waiting(database, 'ALTER TABLE') },
}

export const MIDDLES = Object.keys(POSTGRES)

const BANNED =
  'invariants: [{ name: nobody-banned, sql: "select u.id from users u join banned b on b.name = u.family_name" }]\n'

/** The same small batches as `SLOW`, without a rest. */
export const UNTHROTTLED = 'backfill: { batch: { rows: 50, max_rows: 50 }, throttle: { duty: 1 } }\n'

/** A table with all that a rename has to take along, and slow small batches (which take longer on some servers). */
export const prepared = (server: { url: string }, pace = slow(server)): Promise<Bench> =>
  bench(server, isMysql(server) ? MYSQL_SETUP : POSTGRES_SETUP, { [PLAN]: rename(`${pace}${BANNED}`) })

/** A pace that leaves time to do something in the middle of a backfill. */
export const slow = (server: { url: string }): string =>
  isMysql(server) ? SLOW.replace('0.05', '0.2') : SLOW

const POSTGRES_SETUP = [
  ...users(600),
  'ALTER TABLE users ALTER last_name SET NOT NULL, ADD CONSTRAINT named CHECK (last_name <> $$$$)',
  'CREATE INDEX by_name ON users (last_name)',
  'CREATE TABLE banned (name text)',
  ...counted,
]
const MYSQL_SETUP = [
  ...mysqlUsers(600),
  `ALTER TABLE users MODIFY last_name varchar(80) NOT NULL COMMENT 'of a person'`,
  'CREATE INDEX by_name ON users (last_name DESC, id)',
  'CREATE TABLE banned (name varchar(80))',
  ...mysqlCounted,
]

/** From wherever it stands to the end. */
export async function finish(here: Bench): Promise<void> {
  done(await here.plan('advance', PLAN, '--phase', 'verify'))
  done(await here.plan('confirm', 'switch-app', '--by', 'me', '--plan', 'rename'))
  done(await here.plan('advance', PLAN, '--yes'))
}

/** Starts the phase in a process of its own, and gives it when it is in the middle. */
export async function inTheMiddle(here: Bench, phase: string) {
  const { before, holds, reached } = (isMysql(here.database) ? MYSQL : POSTGRES)[phase] as Middle
  if (before !== null) done(await here.plan('advance', PLAN, '--phase', before))
  if (phase === 'contract') done(await here.plan('confirm', 'switch-app', '--by', 'me', '--plan', 'rename'))
  const holder: Other | null = holds === undefined ? null : await other(here.database, holds)
  const running = here.start('advance', PLAN, '--phase', phase, '--yes')
  await reached(here)
  return { running, release: async () => holder?.[Symbol.asyncDispose]() }
}

const outcomes = new Map<string, Promise<Record<string, unknown>>>()

/** What a run leaves that nobody disturbed; made once for each server. */
export function undisturbed(server: { url: string }): Promise<Record<string, unknown>> {
  const made = outcomes.get(server.url) ?? carriedThrough(server)
  outcomes.set(server.url, made)
  return made
}

async function carriedThrough(server: { url: string }): Promise<Record<string, unknown>> {
  await using here = await prepared(server, UNTHROTTLED)
  await finish(here)
  return await left(here.database)
}
