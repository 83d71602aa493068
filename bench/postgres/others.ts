import type pg from 'pg'
import { timed } from '../measure.ts'
import { offsetLoop } from '../tutorial.ts'
import { columnsOf, USUAL, type Variant } from './variants.ts'

/** The sync that a batch of this name is let past; none without a plan. */
const SYNC = "coalesce((SELECT tgname::text FROM pg_trigger WHERE tgname LIKE 'zz\\_plan\\_sync\\_%'), '')"

/** The fastest there is, and the one that locks every row until its end. Our trigger is told to stay out. */
export const singleUpdate = (client: pg.Client, _rows: number, { indexed } = USUAL): Promise<number> =>
  timed(async () => {
    await client.query('BEGIN')
    await client.query(`SELECT set_config('plan.backfill', ${SYNC}, true)`)
    await client.query('UPDATE users SET family_name = last_name')
    await client.query('COMMIT')
    if (indexed) await client.query('CREATE INDEX ON users (family_name)')
  })

/** What people write by hand. */
export const rangeLoop = (client: pg.Client, rows: number): Promise<number> =>
  timed(async () => {
    await client.query(`SELECT set_config('plan.backfill', ${SYNC}, false)`)
    for (let from = 0; from < rows; from += 1_000)
      await client.query('UPDATE users SET family_name = last_name WHERE id > $1 AND id <= $2', [
        from,
        from + 1_000,
      ])
  })

/** As pgroll 0.14 sets a table up for a column that is renamed by `up` and `down`: a flag and two triggers. */
export async function preparePgroll(client: pg.Client, variant: Variant = USUAL): Promise<void> {
  await client.query(
    'ALTER TABLE users ADD COLUMN family_name text, ADD COLUMN _pgroll_needs_backfill boolean DEFAULT true',
  )
  if (variant.indexed) await client.query('CREATE INDEX ON users (family_name)')
  const variables = [...columnsOf(variant), 'family_name']
    .map((column) => `"${column}" users."${column}"%TYPE := NEW."${column}";`)
    .join('\n        ')
  for (const { name, when, set } of [
    {
      name: 'up',
      when: "search_path != 'public_new'",
      set: 'family_name" = "last_name"; NEW."_pgroll_needs_backfill" = false',
    },
    { name: 'down', when: "search_path = 'public_new'", set: 'last_name" = "family_name"' },
  ]) {
    await client.query(`
      CREATE FUNCTION pgroll_${name}() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        ${variables}
        search_path text;
      BEGIN
        SELECT current_setting INTO search_path FROM current_setting('search_path');
        IF ${when} THEN NEW."${set}; END IF;
        RETURN NEW;
      END $$`)
    await client.query(
      `CREATE TRIGGER pgroll_${name} BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION pgroll_${name}()`,
    )
  }
}

/** pgroll's batches: each row is touched so that the trigger fills it. Stops after `rows`. */
export const pgrollBatches = (client: pg.Client, rows: number, { key } = USUAL): Promise<number> =>
  timed(async () => {
    const list = key.join(', ')
    const bound = `AND (${list}) > (${key.map((_, at) => `$${at + 1}`).join(', ')})`
    const lasts = key.map((column) => `last_value(${column}) OVER () AS ${column}`).join(', ')
    const batch = (from: string) => `
      WITH batch AS (
        SELECT ${list} FROM users WHERE _pgroll_needs_backfill = true ${from}
        ORDER BY ${list} LIMIT 1000 FOR NO KEY UPDATE
      ), touched AS (
        UPDATE users SET ${key.map((column) => `${column} = users.${column}`).join(', ')} FROM batch
        WHERE ${key.map((column) => `users.${column} = batch.${column}`).join(' AND ')}
        RETURNING ${key.map((column) => `users.${column}`).join(', ')}
      )
      SELECT ${lasts} FROM touched LIMIT 1`
    let last: readonly unknown[] = []
    for (let done = 0; done < rows; done += 1000) {
      const { rows: found } = await client.query(batch(last.length > 0 ? bound : ''), [...last])
      if (!found[0]) return
      last = key.map((column) => found[0][column])
    }
  })

/** What the loop of the tutorials would take, milliseconds. */
export function tutorial(client: pg.Client, rows: number, { key } = USUAL): Promise<number> {
  const all = `SELECT ${key.join(', ')}, last_name FROM users ORDER BY ${key.join(', ')}`
  const that = key.map((column, at) => `${column} = $${at + 2}`).join(' AND ')
  return offsetLoop(
    {
      page: (offset) => client.query(`${all} LIMIT 1000 OFFSET $1`, [offset]),
      first: async (some) => (await client.query(`${all} LIMIT $1`, [some])).rows,
      update: (row) =>
        client.query(`UPDATE users SET family_name = $1 WHERE ${that}`, [
          row['last_name'],
          ...key.map((column) => row[column]),
        ]),
    },
    rows,
  )
}
