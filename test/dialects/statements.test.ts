import { readdirSync, readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadParser } from '../../src/dialects/postgres/language/parser.ts'
import { plan, planFolder } from '../support/cli.ts'
import { done, until } from '../support/command.ts'
import { MONGO_PLAN, mongoBench, spied } from '../support/mongo-bench.ts'
import { createPlace } from '../support/places.ts'
import { describePrivateMysql } from '../support/private-mysql.ts'
import { type LocalServer, startServer } from '../support/server.ts'
import { OWN, type Own, unsafeNames, unsafePaths } from '../support/unsafe-names.ts'
import { mysqlUsers, rename, users } from '../support/users.ts'

const ADVANCE = ['advance', 'rename', '--yes', '--phase']
const CONFIRM = ['confirm', 'switch-app', '--by', 'me', '--plan', 'rename']

/** Forth, back, and to the end, with all that only reads in between. */
const COMMANDS: readonly (readonly string[])[] = [
  [...ADVANCE, 'verify'],
  ['verify', 'rename'],
  ['rollback', 'rename', '--yes'],
  [...ADVANCE, 'verify'],
  ['status'],
  ['doctor', 'rename'],
  CONFIRM,
  [...ADVANCE, 'contract'],
  ['log'],
]

const BATCHES = 'backfill: { batch: { rows: 9, max_rows: 9 }, workers: 2, throttle: { duty: 1 } }\n'

/** The points that a whole life passes before its statements, in turn. */
async function points(url: string, text: string, commands = COMMANDS): Promise<string[]> {
  await using folder = await planFolder(text)
  const passed: string[] = []
  const faults = (point: string) => void (point.startsWith('before ') && passed.push(point.slice(7).trim()))
  for (const command of commands) {
    const { status, err } = await plan({ url }, folder.path, command, { faults })
    expect(status, `plan ${command.join(' ')}\n${err}`).toBe(0)
  }
  return passed
}

const cut = (statement: string): string => statement.replace(/\s+/g, ' ').slice(0, 80).trim()

/** Sorted: sessions of several workers come in any order. */
const sorted = (all: readonly string[]): string[] => all.map(cut).sort()

describe('each statement that PostgreSQL gets from us', () => {
  let server: LocalServer
  beforeAll(async () => {
    const log = { logging_collector: 'on', log_destination: 'jsonlog', log_filename: 'all.log' }
    server = await startServer({ settings: { ...log, log_statement: 'all' } })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  /** Before a session is one: whose it is, and its settings. None of them is said again later. */
  const OPENING =
    /^(SELECT pg_catalog\.set_config\(name,|SET (search_path|client_connection_check_interval) |SELECT pid, to_char\(backend_start)/

  type Line = { readonly pid: number; readonly application_name?: string; readonly message: string }
  const logged = async (): Promise<Line[]> => {
    const [file = ''] = (await readdir(join(server.dataDir, 'log'))).filter((name) => name.endsWith('.json'))
    const text = await readFile(join(server.dataDir, 'log', file), 'utf8')
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line)
  }

  it('has a fault point before it, but for the settings of a new session', async () => {
    await using database = await createPlace({ url: server.url() })
    for (const statement of users()) await database.query(statement)
    const passed = await points(database.url, rename(BATCHES))
    await database.query("SELECT 'the end'")
    await until('the log is written', async () =>
      (await logged()).some(({ message }) => /the end/.test(message)),
    )
    const ours = (await logged()).filter(({ application_name: name = '' }) => name.startsWith('plan '))
    const said = (how: RegExp) => ours.flatMap(({ message }) => how.exec(message)?.[1] ?? [])
    expect(passed.length).toBeGreaterThan(300)
    // What goes past the points is sent by the protocol for values; only the first question of a session is not.
    const all = said(/^execute <unnamed>: ([\s\S]*)/)
    const opening = [...all.filter((one) => OPENING.test(one)), ...said(/^statement: ([\s\S]*)/)]
    expect(sorted(all.filter((one) => !OPENING.test(one)))).toEqual(sorted(passed))
    const sessions = new Set(ours.map(({ pid }) => pid)).size
    expect(opening.length).toBe(5 * sessions)
  })

  it('names nothing that is looked up outside of the catalogue, and none comes before the path is set', async () => {
    await loadParser()
    await using database = await createPlace({ url: server.url() })
    const [found = {}] = await database.query(OWN)
    const own = Object.fromEntries(
      Object.entries(found).map(([kind, names]) => [kind, new Set(names as string[])]),
    ) as Record<string, ReadonlySet<string>> as Own
    const ours = (await logged()).filter(({ application_name: name = '' }) => name.startsWith('plan '))
    const texts = ours.flatMap(({ pid, message }) => {
      const [, text] = /^(?:execute <unnamed>|statement): ([\s\S]*)/.exec(message) ?? []
      return text === undefined ? [] : [{ pid, text }]
    })
    const all = [...new Set(texts.map(({ text }) => text))]
    expect(all.length).toBeGreaterThan(100)
    expect(all.flatMap((text) => unsafeNames(text, own))).toEqual([])
    expect(all.filter(unsafePaths)).toEqual([])
    for (const pid of new Set(texts.map((one) => one.pid))) {
      const [first, second] = texts.filter((one) => one.pid === pid).map(({ text }) => text)
      expect([first, second]).toContain('SET search_path = pg_catalog, pg_temp')
      if (!first?.startsWith('SET')) expect(first).toBe('SELECT pg_catalog.pg_backend_pid() AS pid')
    }
    // What it looks for it finds.
    expect(unsafeNames('SELECT replaced(a) FROM users WHERE a === b::mood', own)).toEqual([
      'replaced',
      'users',
      '===',
      'mood',
    ])
  })
})

for (const kind of ['mysql', 'mariadb'] as const)
  await describePrivateMysql(
    'each statement from us',
    { kind, settings: { general_log: 'ON', log_output: 'TABLE' } },
    (server) => {
      /** MariaDB leaves things out of its catalogue and says so afterwards. */
      const also = /^(SHOW WARNINGS|DO SLEEP\(0\.1\))$/
      const word = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      /** The driver puts the values in by itself. */
      const pattern = (point: string) =>
        new RegExp(
          `^${point
            .split(/\\?\$\d+|\?/)
            .map(word)
            .join('[\\s\\S]*?')}`,
        )

      it('has a fault point before it, but for the settings of a new session', async () => {
        await using database = await createPlace({ url: server.url })
        for (const statement of mysqlUsers()) await database.query(statement)
        const passed = await points(database.url, rename(BATCHES))
        const rows = await database.query(
          `SELECT thread_id AS id, convert(argument USING utf8mb4) AS text FROM mysql.general_log
           WHERE command_type IN ('Query', 'Execute', 'Prepare')`,
        )
        const sessions = new Map<string, string[]>()
        for (const { id, text } of rows)
          sessions.set(String(id), [...(sessions.get(String(id)) ?? []), String(text)])
        const got = [...sessions.values()].flatMap((texts) => {
          const opened = texts.findIndex((text) => text.includes("GET_LOCK('plan-session-"))
          return opened === -1 ? [] : texts.slice(opened + 1)
        })
        const left = got.filter((text) => !also.test(text)).map((text) => text.replace(/\s+/g, ' '))
        expect(passed.length).toBeGreaterThan(300)
        for (const point of passed) {
          const sent = left.findIndex((text) => pattern(point).test(text))
          expect(sent, `what the server got for ${point}`).toBeGreaterThan(-1)
          left.splice(sent, 1)
        }
        expect(left).toEqual([])
      })
    },
  )

describe('each command that a server of documents gets from us', () => {
  const own = spied()
  /** What drivers say by themselves, and locks: they are renewed beside the work. */
  const apart =
    /^(hello|ismaster|isMaster|ping|endSessions|getMore|killCursors|saslStart|buildInfo)$|plan_locks$/

  const LIFE = [
    ['advance', MONGO_PLAN, '--phase', 'expand'],
    ['confirm', 'dual-write', '--by', 'me', '--plan', 'rename'],
    ['advance', MONGO_PLAN, '--phase', 'verify'],
    ['status'],
    ['confirm', 'switch-app', '--by', 'me', '--plan', 'rename'],
    ['advance', MONGO_PLAN, '--yes'],
    ['confirm', 'stop-writes', '--by', 'me', '--plan', 'rename'],
    ['advance', MONGO_PLAN, '--yes'],
    ['log'],
  ]

  it('has a fault point before it', async () => {
    await using here = await mongoBench({ url: own.server.url() }, 60)
    // Compiling looks at a sample of the documents, as bytes.
    done(await here.plan('compile', MONGO_PLAN))
    const sent: string[] = []
    own.spy.before = (command, name) => {
      const on = typeof command[name] === 'string' ? ` ${command[name]}` : ''
      const merges = (command['pipeline'] ?? []).some((stage: object) => '$merge' in stage || '$out' in stage)
      sent.push(`${name}${on}${merges ? ' into another' : ''}`)
    }
    const passed: string[] = []
    const faults = (point: string) => void (point.startsWith('before ') && passed.push(point.slice(7)))
    for (const command of LIFE) {
      const { status, err } = await plan(here.database, here.dir, command, { faults })
      expect([0, 3], err).toContain(status)
    }
    expect(passed.length).toBeGreaterThan(100)
    const only = (some: readonly string[]) => some.filter((one) => !apart.test(one)).sort()
    expect(only(sent)).toEqual(only(passed))
  })
})

describe('the way to a database', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )
  /** Code for the application is text here. */
  const sources = files.filter(
    (name) => !/^(dialects\/mongodb\/(write\/code|script\/)|render\/explain\/orms)/.test(name),
  )
  const users = (pattern: RegExp) =>
    sources.filter((file) => pattern.test(readFileSync(join('src', file), 'utf8'))).sort()

  it('is taken by sessions alone: nobody else connects', () => {
    expect(users(/new pg\.|mysql\.createConnection|mysql\.createPool|new MongoClient/)).toEqual([
      'dialects/mongodb/connect/session.ts',
      'dialects/mysql/connect/session.ts',
      // Whether a pooler shares our session shows only by a second one, before any setting is made.
      'dialects/postgres/connect/pooler.ts',
      'dialects/postgres/connect/session.ts',
    ])
  })

  it('and nobody else asks a driver, but for what is no statement', () => {
    const own =
      /\b(client|connection|other)\.(query|execute)\(|^import mysql from 'mysql2\/promise'|^import pg from 'pg'/m
    // The other file reads where an application is, on the application's own connection.
    expect(users(own)).toEqual([
      'dialects/mysql/connect/session.ts',
      'dialects/postgres/connect/pooler.ts',
      'dialects/postgres/connect/session.ts',
      'ledger/require-phase.ts',
    ])
    expect(users(/\bdb\s*\.(command|runCursorCommand|collection|aggregate)\(|\.watch\(/)).toEqual([
      'dialects/mongodb/connect/sending.ts',
      // A sample of documents as bytes, and locks that are renewed beside the work.
      'dialects/mongodb/inspect/sample.ts',
      'dialects/mongodb/ledger/lease.ts',
      // Streams, which are no commands; where they stand is kept within a point of the session.
      'dialects/mongodb/observe/stream.ts',
    ])
  })
})
