import { expect, it } from 'vitest'
import { describePostgres, refused } from '../support/command.ts'
import { describeEachKind } from '../support/places.ts'
import { alone, left } from '../support/sessions.ts'
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
