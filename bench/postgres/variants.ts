/** One shape of the table `users`, whose `last_name` everybody copies into `family_name`. */
export type Variant = {
  readonly name: string
  /** Columns of the key, in its order; none when there is no key. */
  readonly key: readonly string[]
  /** The key as in CREATE TABLE, its columns at least. */
  readonly ddl: string
  /** Values of the key's columns for row number `n`. */
  readonly values: string
  /** What else a row holds: a definition and a value for each column. */
  readonly more: readonly { readonly column: string; readonly type: string; readonly value: string }[]
  /** An index on `last_name`, and one on `family_name` in the end. */
  readonly indexed: boolean
}

const BIGINT = { key: ['id'], ddl: 'id bigint PRIMARY KEY', values: 'n' }
const RANDOM = { key: ['id'], ddl: 'id uuid PRIMARY KEY', values: 'gen_random_uuid()' }
const COMPOSITE = {
  key: ['tenant', 'id'],
  ddl: 'tenant int, id bigint, PRIMARY KEY (tenant, id)',
  values: 'n % 100, n',
}
const NONE = { key: [], ddl: 'id bigint', values: 'n' }

/** With its header a row of 64 bytes or so. */
const NARROW = { more: [], indexed: false }
/** Two kilobytes, which stay in the row. */
const WIDE = {
  more: [{ column: 'pad', type: 'text STORAGE PLAIN', value: 'repeat(md5(n::text), 60)' }],
  indexed: false,
}

/** The table that everything else is measured on. */
export const USUAL: Variant = {
  ...BIGINT,
  name: 'usual',
  more: [
    { column: 'email', type: 'text NOT NULL', value: "'user' || n || '@example.org'" },
    { column: 'seen', type: 'timestamptz', value: 'now()' },
  ],
  indexed: false,
}

export const VARIANTS: readonly Variant[] = [
  { name: 'bigint key, 40 bytes', ...BIGINT, ...NARROW },
  { name: 'random uuid key, 40 bytes', ...RANDOM, ...NARROW },
  { name: 'key of two columns, 40 bytes', ...COMPOSITE, ...NARROW },
  { name: 'no key, 40 bytes', ...NONE, ...NARROW },
  { name: 'bigint key, 40 bytes, indexed', ...BIGINT, ...NARROW, indexed: true },
  { name: 'bigint key, 2 kB', ...BIGINT, ...WIDE },
  { name: 'random uuid key, 2 kB', ...RANDOM, ...WIDE },
]

/** Columns but the new one, as the server lists them. */
export const columnsOf = ({ ddl, more }: Variant): readonly string[] => [
  ...ddl.split(',').flatMap((part) => /^\s*([a-z]+) (?:bigint|int|uuid)\b/.exec(part)?.[1] ?? []),
  'last_name',
  ...more.map(({ column }) => column),
]
