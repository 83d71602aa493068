import { expect, it } from 'vitest'
import { readEvents } from '../../src/ledger/sql/read.ts'
import { openSqlStore } from '../../src/ledger/sql/store.ts'
import type { Program } from '../../src/program/program.ts'
import { type Bench, bench, done, refused } from '../support/command.ts'
import { openOn } from '../support/conformance.ts'
import { sqlHome } from '../support/conformance-ledger.ts'
import { forged, reforged } from '../support/forged.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import { mysqlUsers, PLAN, rename, users } from '../support/users.ts'

/** Everything that takes something of the plan's program. */
const COMMANDS: readonly (readonly string[])[] = [
  ['advance', 'rename', '--yes'],
  ['rollback', 'rename', '--yes'],
  ['verify', 'rename'],
  ['confirm', 'switch-app', '--by', 'me', '--plan', 'rename'],
  ['join', 'rename'],
]
const LOOKING: readonly (readonly string[])[] = [['status'], ['doctor'], ['runbook', 'rename']]

describeEachKind('a ledger that somebody edited', (server) => {
  const setup = isMysql(server) ? mysqlUsers() : users()
  const verified = async () => {
    const here = await bench(
      server,
      [...setup, 'CREATE TABLE victim (id int)', 'INSERT INTO victim VALUES (1)'],
      {
        [PLAN]: rename(),
      },
    )
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    return here
  }
  const plans = isMysql(server) ? 'plan_plans' : 'plan.plans'
  const [first] = isMysql(server) ? ['?'] : ['$1']
  const put = (here: Bench, column: string, value: string) =>
    here.database.query(`UPDATE ${plans} SET ${column} = ${first}`, [value])
  const pinned = async (here: Bench): Promise<Program> => {
    const [row] = await here.database.query(`SELECT program FROM ${plans}`)
    const program = row?.['program']
    return (typeof program === 'string' ? JSON.parse(program) : program) as Program
  }
  const unharmed = async (here: Bench) =>
    expect(await here.database.query('SELECT id FROM victim')).toHaveLength(1)

  it('runs nothing of it, whichever command comes, and says what differs', async () => {
    await using here = await verified()
    const program = await pinned(here)
    const tries = [
      ['statements', false, COMMANDS.slice(0, 1)],
      ['queries', false, COMMANDS.slice(2, 3)],
      ['undo', false, COMMANDS.slice(1, 2)],
      ['undo', true, [...COMMANDS, ...LOOKING]],
    ] as const
    for (const [place, sign, commands] of tries) {
      await put(here, 'program', JSON.stringify(forged(program, place, sign)))
      const says = sign ? /its program is \w{12}, and \w{12} was pinned/ : 'does not fit the fingerprint'
      for (const command of commands)
        refused(await here.plan(...command), 5, 'PLAN_DRIFT', 'somebody edited the ledger of rename', says)
    }
    await unharmed(here)
    await put(here, 'program', JSON.stringify(program))
    await put(here, 'source', rename('description: another one\n'))
    refused(await here.plan('verify', 'rename'), 5, 'PLAN_DRIFT', 'the text of its plan file')
    await put(here, 'source', rename())
    done(await here.plan('verify', 'rename'))
  })

  it('whose trail was written anew to fit runs nothing beside the compiled program', async () => {
    await using here = await verified()
    done(await here.plan('compile', PLAN))
    const program = forged(await pinned(here), 'undo', true)
    await using engine = await openOn({ url: here.database.url })
    const store = await openSqlStore(engine.session, sqlHome(engine), 'plan')
    const trail = reforged(await readEvents(store, 'rename'), program)
    await put(here, 'last_hash', trail.at(-1)?.hash ?? '')
    for (const { number, data, previous, hash } of trail)
      await store.run(
        store
          .table('events')
          .update({ data: JSON.stringify(data), previous, hash })
          .where({ number }),
      )
    await put(here, 'program', JSON.stringify(program))
    for (const command of COMMANDS)
      refused(
        await here.plan(...command),
        5,
        command[0] === 'advance' ? 'PLAN_CHANGED' : 'PLAN_DRIFT',
        'expand.1',
        'edited the ledger',
      )
    await unharmed(here)
  })

  it('whose trail lost its last events, or all of them, says where it ends and runs nothing', async () => {
    await using here = await verified()
    const trail = isMysql(server) ? 'plan_events' : 'plan.events'
    const found = await here.database.query(`SELECT number FROM ${trail} ORDER BY number DESC`)
    const [last, before] = found.map(({ number }) => Number(number))
    done(await here.plan('log'))
    await here.database.query(`DELETE FROM ${trail} WHERE number = ${last}`)
    const cut = `event ${before} of rename is the last one left, event ${last} was the last one written`
    for (const command of [['log'], ['log', 'rename']])
      expect(refused(await here.plan(...command), 5, 'PLAN_CHANGED', cut).out).toContain('phase done')
    refused(await here.plan('rollback', 'rename'), 5, 'PLAN_DRIFT', 'edited the ledger', cut)
    await here.database.query(`DELETE FROM ${trail}`)
    refused(await here.plan('log'), 5, 'PLAN_CHANGED', 'no event of rename is left', `event ${last}`)
  })

  it('by an event is believed no more', async () => {
    await using here = await verified()
    await here.database.query(
      `UPDATE ${isMysql(server) ? 'plan_events' : 'plan.events'} SET actor = 'x' WHERE kind = 'step done'`,
    )
    refused(await here.plan('rollback', 'rename'), 5, 'PLAN_DRIFT', 'trail was changed at event')
  })
})
