import type pg from 'pg'
import { timed } from '../measure.ts'
import { offsetLoop } from '../tutorial.ts'

/** The fastest there is, and the one that locks every row until its end. Our trigger is told to stay out. */
export const singleUpdate = (client: pg.Client): Promise<number> =>
  timed(async () => {
    await client.query('BEGIN')
    await client.query("SELECT set_config('plan.backfill', 'on', true)")
    await client.query('UPDATE users SET family_name = last_name')
    await client.query('COMMIT')
  })

/** What people write by hand. */
export const rangeLoop = (client: pg.Client, rows: number): Promise<number> =>
  timed(async () => {
    await client.query("SELECT set_config('plan.backfill', 'on', false)")
    for (let from = 0; from < rows; from += 1_000)
      await client.query('UPDATE users SET family_name = last_name WHERE id > $1 AND id <= $2', [
        from,
        from + 1_000,
      ])
  })

/** As pgroll 0.14 sets a table up for a column that is renamed by `up` and `down`: a flag and two triggers. */
export async function preparePgroll(client: pg.Client): Promise<void> {
  await client.query(
    'ALTER TABLE users ADD COLUMN family_name text, ADD COLUMN _pgroll_needs_backfill boolean DEFAULT true',
  )
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
        "id" users."id"%TYPE := NEW."id";
        "last_name" users."last_name"%TYPE := NEW."last_name";
        "email" users."email"%TYPE := NEW."email";
        "seen" users."seen"%TYPE := NEW."seen";
        "family_name" users."family_name"%TYPE := NEW."family_name";
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
export const pgrollBatches = (client: pg.Client, rows: number): Promise<number> =>
  timed(async () => {
    let last = 0
    for (let done = 0; done < rows; done += 1000) {
      const { rows: found } = await client.query(
        `WITH batch AS (
           SELECT id FROM users WHERE _pgroll_needs_backfill = true AND (id) > ($1)
           ORDER BY id LIMIT 1000 FOR NO KEY UPDATE
         ), touched AS (
           UPDATE users SET id = users.id FROM batch WHERE users.id = batch.id RETURNING users.id
         )
         SELECT last_value(id) OVER () AS last FROM touched LIMIT 1`,
        [last],
      )
      if (!found[0]) return
      last = found[0].last
    }
  })

/** What the loop of the tutorials would take, milliseconds. */
export const tutorial = (client: pg.Client, rows: number): Promise<number> =>
  offsetLoop(
    {
      page: (offset) =>
        client.query('SELECT id, last_name FROM users ORDER BY id LIMIT 1000 OFFSET $1', [offset]),
      first: async (some) =>
        (await client.query('SELECT id, last_name FROM users ORDER BY id LIMIT $1', [some])).rows,
      update: ({ id, last_name }) =>
        client.query('UPDATE users SET family_name = $1 WHERE id = $2', [last_name, id]),
    },
    rows,
  )
