import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { type Bench, bench, describePostgres, done, refused } from '../support/command.ts'
import { PLAN, rename, users } from '../support/users.ts'

/** A role that may make functions in the schema, and nothing else. */
async function stranger({ database }: Bench) {
  const name = `stranger_${randomBytes(6).toString('hex')}`
  await database.query(`CREATE ROLE ${name}`)
  await database.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${name}`)
  return {
    name,
    [Symbol.asyncDispose]: async () => {
      await database.query(`DROP OWNED BY ${name} CASCADE`)
      await database.query(`DROP ROLE ${name}`)
    },
  }
}

const sync = async ({ database }: Bench) => {
  const [row] = await database.query(
    "SELECT tgname::text AS name FROM pg_trigger WHERE tgname LIKE 'zz_plan_sync%'",
  )
  return String(row?.['name'])
}
const takeName = (name: string) =>
  `CREATE FUNCTION public."${name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$`
const columns = ({ database }: Bench) =>
  database.query("SELECT FROM pg_attribute WHERE attname = 'family_name'")

describePostgres('the names of a sync', (server) => {
  it('that somebody else took are refused with the owner, before anything is done', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    done(await here.plan('advance', PLAN))
    const name = await sync(here)
    done(await here.plan('rollback', '--yes'))
    await using other = await stranger(here)
    await here.database.query(`SET ROLE ${other.name}`)
    await here.database.query(takeName(name))
    await here.database.query('RESET ROLE')
    refused(await here.plan('advance', PLAN), 5, 'PLAN_DRIFT', name, `of ${other.name}`)
    expect(await columns(here)).toEqual([])
    await here.database.query(`DROP FUNCTION public."${name}"()`)
    done(await here.plan('advance', PLAN))
  })

  it.each([
    ['the last', ''],
    [
      'the first',
      'CREATE TRIGGER own BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    ],
  ])('that a trigger of somebody else stands under are refused: %s', async (_, own) => {
    await using here = await bench(server, [...users(), ...(own ? [own] : [])], { [PLAN]: rename() })
    const { query } = here.database
    done(await here.plan('advance', PLAN))
    const [first] = await query(
      "SELECT tgname::text AS name FROM pg_trigger WHERE tgname LIKE '%plan_sync%' ORDER BY 1",
    )
    const name = String(first?.['name'])
    done(await here.plan('rollback', '--yes'))
    await using other = await stranger(here)
    await query(`GRANT TRIGGER ON users TO ${other.name}`)
    await query(`SET ROLE ${other.name}`)
    await query(takeName('theirs'))
    await query(`CREATE TRIGGER "${name}" BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION theirs()`)
    await query('RESET ROLE')
    const says = [`trigger ${name} of public.users`, 'not of this plan', 'DROP TRIGGER']
    refused(await here.plan('advance', PLAN), 2, 'PLAN_UNSUPPORTED', ...says)
    expect(await columns(here)).toEqual([])
    await query(`DROP TRIGGER "${name}" ON users`)
    done(await here.plan('advance', PLAN))
  })

  it('belong to the plan: another owner or body of the function is drift, for doctor and verify, too', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    done(await here.plan('advance', PLAN, '--until-checkpoint'))
    await using other = await stranger(here)
    const name = await sync(here)
    expect(done(await here.plan('doctor')).out).toContain('is as its last step left it')
    await here.database.query(`ALTER FUNCTION public."${name}"() OWNER TO ${other.name}`)
    expect(refused(await here.plan('verify', PLAN), 4, 'PLAN_INVARIANT').out).toContain(
      'belongs to nobody who could not change the table as well',
    )
    expect((await here.plan('doctor')).out).toContain(`of ${other.name}`)
    done(await here.plan('confirm', 'switch-app', '--by', 'me'))
    refused(await here.plan('advance', '--yes'), 5, 'PLAN_DRIFT', other.name)
    await here.database.query(`ALTER FUNCTION public."${name}"() OWNER TO CURRENT_USER`)
    await here.database.query(`ALTER FUNCTION public."${name}"() SECURITY DEFINER`)
    refused(await here.plan('verify', PLAN), 4, 'PLAN_INVARIANT')
    await here.database.query(`ALTER FUNCTION public."${name}"() SECURITY INVOKER`)
    done(await here.plan('advance', '--yes'))
    expect(await here.database.query("SELECT FROM pg_proc WHERE proname LIKE 'zz_plan_sync%'")).toEqual([])
  })
})
