import { expect, it } from 'vitest'
import { bench, describePostgres, done, refused } from '../support/command.ts'
import { addHandle, PLAN, rename, users } from '../support/users.ts'

const trigger = `(SELECT tgname FROM pg_trigger WHERE tgname LIKE 'zz_plan_sync%')`

describePostgres('the evidence', (server) => {
  const verified = async () => {
    const here = await bench(server, [...users(), 'CREATE INDEX by_name ON users (last_name)'], {
      [PLAN]: rename(),
    })
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    return here
  }

  it('does not hold while the sync trigger is disabled, replaced or fires only on replicas', async () => {
    await using here = await verified()
    const [{ tgname } = { tgname: '' }] = await here.database.query(`SELECT ${trigger} AS tgname`)
    const fails = async () => {
      const ended = refused(await here.plan('verify'), 4, 'PLAN_INVARIANT', '1 of 2 invariants do not hold')
      expect(ended.out).toContain('users-catalogue does not hold')
      expect(ended.out).toContain('✓ last_name-equals-family_name (20 rows)')
    }
    for (const state of ['DISABLE', 'ENABLE REPLICA']) {
      await here.database.query(`ALTER TABLE users ${state} TRIGGER ${tgname}`)
      await fails()
    }
    await here.database.query(`ALTER TABLE users ENABLE TRIGGER ${tgname}`)
    done(await here.plan('verify'))
    await here.database.query(`DROP TRIGGER ${tgname} ON users`)
    await fails()
  })

  it('does not hold when an index of the new shape went', async () => {
    await using here = await verified()
    const [found] = await here.database.query(
      "SELECT indexrelid::regclass::text AS name FROM pg_index WHERE pg_get_indexdef(indexrelid) LIKE '%(family_name)%'",
    )
    await here.database.query(`DROP INDEX ${found?.['name']}`)
    expect(refused(await here.plan('verify'), 4, 'PLAN_INVARIANT').out).toContain(String(found?.['name']))
  })

  it('does not hold when a rule of the new shape went', async () => {
    await using here = await bench(server, users(), { [PLAN]: addHandle('', ', check: "handle <> $$$$"') })
    done(await here.plan('advance', PLAN, '--phase', 'enforce'))
    await here.database.query('ALTER TABLE users ALTER handle DROP NOT NULL')
    refused(await here.plan('verify'), 4, 'PLAN_INVARIANT')
  })

  it('does not hold on rows that got past the trigger, and names their keys', async () => {
    await using here = await verified()
    await here.database.query('SET session_replication_role = replica')
    await here.database.query("UPDATE users SET family_name = 'canary' WHERE id IN (4, 7)")
    const ended = refused(await here.plan('verify'), 4, 'PLAN_INVARIANT')
    expect(ended.out).toContain('last_name-equals-family_name does not hold: 2 of 20 rows (4 | 7)')
    expect(ended.out).not.toContain('canary')
  })

  it('of an invariant that cannot be checked is missing', async () => {
    const more = 'invariants: [{ name: mine, sql: "select id from other" }]\n'
    const made = 'CREATE TABLE other (id int)'
    await using here = await bench(server, [...users(), made], { [PLAN]: rename(more) })
    done(await here.plan('advance', PLAN, '--phase', 'enforce'))
    await here.database.query('DROP TABLE other')
    refused(
      await here.plan('advance', PLAN, '--phase', 'verify'),
      4,
      'PLAN_INVARIANT',
      'mine cannot be checked',
    )
    await here.database.query(made)
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
  })
})

describePostgres('the trail of events', (server) => {
  const TAMPERINGS: Readonly<Record<string, string>> = {
    'another actor': "UPDATE plan.events SET actor = 'somebody else' WHERE number = 3",
    'another time': "UPDATE plan.events SET at = at - interval '1 day' WHERE number = 3",
    'other data': 'UPDATE plan.events SET data = data || \'{"step": "expand.9"}\' WHERE number = 3',
    'an event taken out': 'DELETE FROM plan.events WHERE number = 3',
    'two events swapped':
      'UPDATE plan.events SET number = CASE number WHEN 2 THEN -3 ELSE -2 END WHERE number IN (2, 3)',
    'a hash that fits the change, but not the next one':
      "UPDATE plan.events SET hash = repeat('0', 64) WHERE number = 3",
  }

  it.for(Object.entries(TAMPERINGS))('that was tampered with is found: %s', async ([, statement]) => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    expect(done(await here.plan('log')).out).toContain('step done')
    await here.database.query(statement)
    const ended = refused(await here.plan('log'), 5, 'PLAN_CHANGED', /the trail was changed at event/)
    // What there is, is shown all the same.
    expect(ended.out).toContain('step done')
    refused(await here.plan('log', 'rename'), 5, 'PLAN_CHANGED')
  })

  it('of two plans are two chains', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename(), 'plans/second.yaml': addHandle() })
    done(await here.plan('advance', PLAN))
    done(await here.plan('advance', 'handles'))
    done(await here.plan('advance', 'rename'))
    done(await here.plan('log'))
    done(await here.plan('log', 'handles'))
  })
})
