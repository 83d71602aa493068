import { describe, expect, it } from 'vitest'
import { done, type Ended, type Running, until } from '../support/command.ts'
import { limit } from '../support/limits.ts'
import { Cut } from '../support/mongo/errors.ts'
import {
  batchesIn,
  batchesOf,
  changedBy,
  expanded,
  finished,
  idleSpy,
  isBatch,
  MONGO_PLAN,
  type MongoBench,
  mongoBench,
  mongoRename,
  onlyFresh,
  spied,
} from '../support/mongo-bench.ts'

const own = spied()

const FAST = 'backfill: { batch: { rows: 4, target: 10s, max_rows: 4 }, quiet: 0s }'

/** Went on by itself, or says that it is only for now. */
function survived({ code, err }: Ended): void {
  expect([0, 75], err).toContain(code)
  expect(err).not.toMatch(/internal error|^\s+at /m)
}

const COMMANDS = [
  ['advance', MONGO_PLAN, '--phase', 'expand'],
  ['confirm', 'dual-write', '--by', 'me', '--plan', 'rename'],
  ['advance', MONGO_PLAN, '--phase', 'backfill'],
  ['advance', MONGO_PLAN, '--phase', 'enforce'],
  ['advance', MONGO_PLAN, '--phase', 'verify'],
  ['confirm', 'switch-app', '--by', 'me', '--plan', 'rename'],
  ['confirm', 'stop-writes', '--by', 'me', '--plan', 'rename'],
  ['advance', MONGO_PLAN, '--yes'],
  ['log', 'rename'],
]
/** Confirming the last one waits for the old shape to be retired. */
const FINE = [0, 2, 3]

/** What a command is about, so that each kind is cut once: `update users`. */
const kindOf = (command: Record<string, unknown>, name: string): string =>
  `${name} ${typeof command[name] === 'string' ? command[name] : ''}${JSON.stringify(command).includes('"$merge":') ? ' into another' : ''}`

/** Commands of the driver itself, which it sends whenever it likes. */
const DRIVER: readonly string[] = ['hello', 'isMaster', 'ismaster', 'ping', 'endSessions', 'killCursors']

/** Runs all commands, each one again while it says that this is only for now; gives how often that was. */
async function throughAll(here: MongoBench, cutting: () => AbortController): Promise<number> {
  let again = 0
  const commands = COMMANDS.flatMap((one) => (one[1] === 'stop-writes' ? [COMMANDS[7] ?? [], one] : [one]))
  for (const command of commands)
    for (;;) {
      // The command would wait a second before it tries again: who asks it to stop is told 75 at once.
      const ended = await here.planWith({ signal: cutting().signal }, ...command)
      expect([...FINE, 8, 75, 130], `${command.join(' ')}\n${ended.err}`).toContain(ended.code)
      expect(ended.err).not.toMatch(/internal error|^\s+at /m)
      if (FINE.includes(ended.code ?? -1)) break
      again++
    }
  return again
}

describe('a server of documents whose sockets are cut', () => {
  it.for(['before', 'after'] as const)(
    '%s it has done what each kind of command asks for: nothing is lost, and nothing done twice',
    { timeout: limit(600_000) },
    async (when) => {
      await using here = await mongoBench({ url: own.server.url() }, 12, mongoRename(FAST))
      await here.db.command({ collMod: 'users', validator: { $jsonSchema: { required: ['last_name'] } } })
      const cut = new Set<string>()
      let changed = 0
      let stop = new AbortController()
      const severed = (command: Record<string, unknown>, name: string): void => {
        const kind = kindOf(command, name)
        if (DRIVER.includes(name) || cut.has(kind)) return
        cut.add(kind)
        stop.abort()
        throw new Cut()
      }
      own.spy.before = (command, name) => (when === 'before' ? severed(command, name) : undefined)
      own.spy.after = (command, name, answer) => {
        if (isBatch(command, name)) changed += changedBy(answer)
        if (when === 'after') severed(command, name)
      }
      const again = await throughAll(here, () => {
        stop = new AbortController()
        return stop
      })
      Object.assign(own.spy, idleSpy())
      expect(again).toBeGreaterThan(10)
      for (const kind of [
        'update users',
        'findAndModify plan_plans',
        'insert plan_events',
        'collMod users',
        'createIndexes users',
        'dropIndexes users',
        'update plan_programs',
      ])
        expect([...cut]).toContain(kind)
      // Twelve were filled, and twelve lost the old field.
      expect(changed).toBe(24)
      await onlyFresh(here.db, 12)
      done(await here.plan('log', 'rename'))
    },
  )

  it('again and again in the middle of a backfill: the command goes on by itself', async () => {
    const quick =
      'backfill: { batch: { rows: 20, target: 10s, max_rows: 20 }, throttle: { duty: 1 }, quiet: 0s }'
    await using here = await mongoBench({ url: own.server.url() }, 400, mongoRename(quick))
    await expanded(here)
    let [changed, batches] = [0, 0]
    own.spy.after = (command, name, answer) => {
      if (!isBatch(command, name)) return
      changed += changedBy(answer)
      if ([3, 4, 10].includes(++batches)) own.server.cut()
    }
    const running = here.start('advance', MONGO_PLAN, '--phase', 'backfill')
    survived(await running.ended)
    expect(running.said().match(/trying again/g)).toHaveLength(3)
    expect(changed).toBe(400)
    await finished(here)
    await onlyFresh(here.db, 400)
  })
})

describe('a server of documents that crashes and comes back', () => {
  const restarted = async (running: Running) => {
    await own.server.stop('immediate')
    await running.says('trying again')
    await own.server.start()
    survived(await running.ended)
  }

  it('in the middle of a backfill: every document is written once all the same', async () => {
    await using here = await mongoBench({ url: own.server.url() }, 240)
    await expanded(here)
    const users = () => here.db.collection('users')
    const running = here.start('advance', MONGO_PLAN, '--phase', 'backfill')
    await batchesIn(here.db, 3)
    await restarted(running)
    done(await here.plan('advance', MONGO_PLAN, '--phase', 'backfill'))
    expect(await users().countDocuments({ $expr: { $ne: ['$last_name', '$family_name'] } })).toBe(0)
    await finished(here)
    await onlyFresh(here.db, 240)
  })

  it('in the middle of the build of an index: it is there in the end', async () => {
    await using here = await mongoBench({ url: own.server.url() }, 40)
    await expanded(here)
    done(await here.plan('advance', MONGO_PLAN, '--phase', 'backfill'))
    let [building, ends] = [false, () => {}]
    const gone = new Promise<void>((resolve) => {
      ends = resolve
    })
    own.spy.before = async (_, name) => {
      if (name !== 'createIndexes' || building) return
      building = true
      await gone
    }
    const running = here.start('advance', MONGO_PLAN, '--phase', 'enforce')
    await until('the index is being built', async () => building)
    const stopped = own.server.stop('immediate')
    ends()
    await stopped
    await running.says('trying again')
    await own.server.start()
    survived(await running.ended)
    await finished(here)
    await onlyFresh(here.db, 40)
    expect((await here.db.collection('users').indexes()).map(({ name }) => name)).toEqual([
      '_id_',
      'family_name_1',
    ])
  })

  it('only after the command has given up: it ends with 75, and the next advance goes on', async () => {
    await using here = await mongoBench({ url: own.server.url() }, 240)
    await expanded(here)
    const running = here.start('advance', MONGO_PLAN, '--phase', 'backfill')
    await batchesIn(here.db, 3)
    await own.server.stop('fast')
    await running.says('trying again')
    // Who does not want to wait until it gives up by itself.
    running.child.kill('SIGINT')
    const ended = await running.ended
    expect(ended.code, ended.err).toBe(75)
    await own.server.start()
    const done = await batchesOf(here.db)
    expect(done).toBeGreaterThanOrEqual(3)
    await finished(here)
    await onlyFresh(here.db, 240)
  })
})
