import { expect, it } from 'vitest'
import { describePostgres, done, refused } from '../support/command.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import { alone, left, other, waiting } from '../support/sessions.ts'
import { PLAN } from '../support/users.ts'
import { finish, inTheMiddle, MIDDLES, prepared, undisturbed } from './cut.ts'

describeEachKind('Ctrl-C in the middle of', (server) => {
  it.for(MIDDLES)('%s exits 130; advance does the rest, as if nothing had been', async (phase) => {
    await using here = await prepared(server)
    const { running, release } = await inTheMiddle(here, phase)
    running.child.kill('SIGINT')
    refused(await running.ended, 130, 'PLAN_INTERRUPTED', 'plan advance rename')
    await alone(here.database)
    await release()
    await finish(here)
    expect(await left(here.database)).toEqual(await undisturbed(server))
  })
})

describeEachKind('Ctrl-C during plan verify', (server) => {
  it('ends its query on the server, too', async () => {
    await using here = await prepared(server)
    done(await here.plan('advance', PLAN, '--phase', 'enforce'))
    await using _ = await other(
      here.database,
      isMysql(server) ? 'LOCK TABLES banned WRITE' : 'LOCK TABLE banned IN ACCESS EXCLUSIVE MODE',
    )
    const running = here.start('verify', 'rename')
    await waiting(here.database, '%banned')
    running.child.kill('SIGINT')
    refused(await running.ended, 130, 'PLAN_INTERRUPTED', 'nothing was changed')
    await alone(here.database)
  })
})

describePostgres('a second Ctrl-C', (server) => {
  it('ends at once, and that is safe too', async () => {
    await using here = await prepared(server)
    const { running, release } = await inTheMiddle(here, 'enforce')
    running.child.kill('SIGINT')
    await running.says('once more ends at once')
    running.child.kill('SIGINT')
    expect(await running.ended).toMatchObject({ code: 130 })
    await release()
    await finish(here)
  })
})
