/** `users` with this many rows; `last_name` is `name 1`, `name 2`, and so on. */
export const users = (rows = 20): readonly string[] => [
  'CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, last_name text)',
  `INSERT INTO users SELECT n, 'u' || n || '@example.org', 'name ' || n FROM generate_series(1, ${rows}) AS n`,
]

/** Counts in `writes` how often each row was updated after this. */
export const counted: readonly string[] = [
  'CREATE TABLE writes (id bigint PRIMARY KEY, times int NOT NULL)',
  `CREATE FUNCTION count_write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     INSERT INTO public.writes VALUES (NEW.id, 1) ON CONFLICT (id) DO UPDATE SET times = public.writes.times + 1;
     RETURN NULL;
   END $$`,
  'CREATE TRIGGER counting AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION count_write()',
]

/** The same for MySQL and MariaDB. */
export const mysqlUsers = (rows = 20): readonly string[] => [
  'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(80) NOT NULL, last_name varchar(80))',
  `INSERT INTO users VALUES ${Array.from({ length: rows }, (_, n) => `(${n + 1}, 'u${n + 1}@example.org', 'name ${n + 1}')`).join()}`,
]

export const mysqlCounted: readonly string[] = [
  'CREATE TABLE writes (id bigint PRIMARY KEY, times int NOT NULL)',
  `CREATE TRIGGER counting AFTER UPDATE ON users FOR EACH ROW
     INSERT INTO writes VALUES (NEW.id, 1) ON DUPLICATE KEY UPDATE times = times + 1`,
]

/** A plan file. `more` is YAML that stands below the intents. */
export const planFile = (name: string, intents: readonly string[], more = ''): string =>
  `version: 1\nname: ${name}\nintents:\n${intents.map((intent) => `  - ${intent}\n`).join('')}${more}`

/** `last_name` becomes `family_name`. */
export const rename = (more = ''): string =>
  planFile('rename', ['rename_column: { table: users, from: last_name, to: family_name }'], more)

/** Small batches with long rests between them: time to do something in the middle of a backfill. */
export const SLOW = 'backfill: { batch: { rows: 50, max_rows: 50 }, throttle: { duty: 0.05 } }\n'

/** `email` in lower case becomes the required column `handle`. */
export const addHandle = (more = '', fields = '', type = 'text'): string =>
  planFile(
    'handles',
    [
      `add_column: { table: users, column: handle, type: ${type}, required: true, fill: { lower: { column: email } }${fields} }`,
    ],
    more,
  )

/** Where the plan file stands in a bench. */
export const PLAN = 'plans/plan.yaml'
