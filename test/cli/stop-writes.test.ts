import { expect, it } from 'vitest'
import { type Bench, bench, done, refused } from '../support/command.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import { mysqlUsers, PLAN, rename, users } from '../support/users.ts'

const CONTRACT = ['advance', PLAN, '--phase', 'contract', '--yes'] as const
const confirm = (here: Bench, id: string) => here.plan('confirm', id, '--by', 'me', '--plan', 'rename')

/** Both versions write both columns, the new one reads its own alone. */
async function switched(here: Bench): Promise<void> {
  done(await here.plan('advance', PLAN, '--phase', 'expand'))
  done(await confirm(here, 'dual-write'))
  done(await here.plan('advance', PLAN, '--phase', 'verify'))
  done(await confirm(here, 'switch-app'))
}

describeEachKind('where the application writes both shapes itself', (server) => {
  const setup = isMysql(server) ? mysqlUsers() : users()
  const plan = (hold: string) => rename(`sync: application\ncontract: { hold: ${hold} }\n`)
  const write = (set: string, id: number) => `UPDATE users SET ${set} WHERE id = ${id}`

  it('the old shape is proven, and goes once nobody writes it any more', async () => {
    await using here = await bench(server, setup, { [PLAN]: plan('0s') })
    const { query } = here.database
    await switched(here)
    refused(
      await confirm(here, 'stop-writes'),
      3,
      'PLAN_WAITING',
      'has not proven',
      'keep both shapes written',
    )
    await query(write("last_name = 'forgotten'", 3))
    refused(await here.plan(...CONTRACT), 4, 'PLAN_INVARIANT', 'no trigger knows which side is right')
    refused(await confirm(here, 'stop-writes'), 3, 'PLAN_WAITING', 'has not proven')
    await query(write('family_name = last_name', 3))
    for (const _ of [1, 2]) refused(await here.plan(...CONTRACT), 3, 'PLAN_WAITING', 'stop-writes')
    expect(done(await here.plan('status')).out).toContain('plan confirm stop-writes')
    expect(done(await here.plan('runbook', 'rename')).out).toContain('proves both shapes for the last time')
    await query(write("family_name = 'new'", 4))
    done(await confirm(here, 'stop-writes'))
    await query(write("family_name = 'newer'", 5))
    done(await here.plan(...CONTRACT))
    const rows = await query('SELECT * FROM users WHERE id IN (3, 4, 5) ORDER BY id')
    expect(rows.map((row) => Object.keys(row))).toContainEqual(['id', 'email', 'family_name'])
    expect(rows.map(({ family_name: name }) => name)).toEqual(['forgotten', 'new', 'newer'])
  })

  it('whoever still writes the old shape while it is kept is refused, and going back says what it loses', async () => {
    await using here = await bench(server, setup, { [PLAN]: plan('1h') })
    const { query } = here.database
    await switched(here)
    refused(await here.plan(...CONTRACT), 3, 'PLAN_WAITING', 'stop-writes')
    done(await confirm(here, 'stop-writes'))
    refused(await here.plan(...CONTRACT), 3, 'PLAN_WAITING', 'kept for another')
    await expect(query(write("last_name = 'late'", 2))).rejects.toThrow(/last_name/)
    await query(write("family_name = 'new'", 4))
    const lost = 'values of family_name that the old shape does not give in 1 rows'
    refused(await here.plan('rollback', 'rename', '--app-is-back'), 2, 'PLAN_USAGE', lost)
    await expect(query(write("last_name = 'late'", 2))).rejects.toThrow(/last_name/)
    done(await here.plan('rollback', 'rename', '--yes'))
    const [row] = await query('SELECT * FROM users WHERE id = 4')
    expect(Object.keys(row ?? {})).toEqual(['id', 'email', 'last_name'])
  })
})
