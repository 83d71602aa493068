import { z } from 'zod'
import { duration } from './duration.ts'
import { name, quoted, said, single, text, whole, word, words } from './grammar.ts'
import type { CheckpointWish, Probe } from './plan.ts'
import { isVersion } from './version.ts'
import { addressFlaw } from './web-address.ts'
import { window } from './window.ts'

/** Compared as text. The reader keeps a number as written, so 2.10 does not become 2.1. */
const compared = z
  .union([z.string(), z.number(), z.boolean()])
  .register(words, { expects: 'a string, a number, true or false' })
  .transform(String)

const httpProbe = z
  .strictObject({
    url: text,
    allow_local_link: z
      .boolean()
      .default(false)
      .describe(
        'Whether the address, or one it redirects to, may be of the local link (169.254.0.0/16, fe80::/10), where clouds keep the secrets of a machine.',
      ),
    json: text.optional().describe('Where in the answer the value stands: $.version'),
    at_least: compared
      .refine(isVersion, said('this is no version', 'write it as 2.4.0 or 2.4.0-rc.1'))
      .optional()
      .describe('The least version that passes.'),
    equals: compared.optional().describe('The only value that passes.'),
  })
  .superRefine(({ url, allow_local_link, at_least, equals }, context) => {
    const flaw = addressFlaw(url, allow_local_link)
    if (flaw)
      context.addIssue({
        code: 'custom',
        path: ['url'],
        message: said(`this address cannot be asked: ${flaw.says}`, flaw.hint),
      })
    if (at_least !== undefined && equals !== undefined)
      context.addIssue({
        code: 'custom',
        message: said('a probe compares with at_least or with equals, not with both', 'take one of them out'),
      })
  })
  .transform(({ url, allow_local_link, json = null, at_least = null, equals = null }) => ({
    url,
    allowLocalLink: allow_local_link,
    json,
    atLeast: at_least,
    equals,
  }))

const probe = single('probe', {
  http: httpProbe.describe('A web address that answers as expected.'),
  sql: z
    .strictObject({ query: text, equals: compared })
    .describe('A query of one value.')
    .transform((written) => ({ ...written, runs: '' })),
  command: z.strictObject({ run: text, equals: compared }).describe('A command and what it prints.'),
  unused: z
    .strictObject({
      for: duration.refine(
        (time) => time > 0,
        said('no time is not enough', 'write a duration above zero: 30m'),
      ),
    })
    .describe('No statement has used the old shape for so long, as far as the server can tell.'),
}).transform((written): Probe => written)

const checkpoint = z
  .strictObject({
    describe: text.optional().describe('What has to be done before this is confirmed, for the runbook.'),
    soak: duration.prefault('0s').describe('The least time between confirmation and contract.'),
    require: z
      .array(word(['evidence']))
      .default([])
      .describe('`evidence`: confirm needs --evidence.'),
    probes: z.array(probe).default([]).describe('All must pass at confirm, and again at contract.'),
  })
  .transform(({ describe = null, ...rest }): CheckpointWish => ({ describe, ...rest }))

const checkpoints = z
  .strictObject({
    'dual-write': checkpoint
      .optional()
      .describe('Where the application keeps both shapes: every writer does.'),
    'switch-app': checkpoint.optional().describe('Only the new shape is read and written.'),
    'stop-writes': checkpoint
      .optional()
      .describe('Where the application keeps both shapes: nobody writes the old one any more.'),
  })
  .register(words, { keys: 'checkpoint' })
  .transform((written) => {
    const named: Record<string, CheckpointWish> = {}
    for (const [id, wish] of Object.entries(written)) if (wish) named[id] = wish
    return named
  })

const batch = z
  .strictObject({
    rows: whole(1).default(1000).describe('Rows in the first batch; the size then adapts to `target`.'),
    target: duration
      .refine((time) => time > 0, said('a batch needs some time', 'write a duration above zero: 250ms'))
      .prefault('250ms')
      .describe('How long one batch should take.'),
    max_rows: whole(1).default(50_000).describe('The most rows a batch may grow to.'),
  })
  .refine(({ rows, max_rows }) => rows <= max_rows, {
    error: said('rows is more than max_rows', 'start with fewer rows, or allow more'),
    path: ['rows'],
  })
  .transform(({ rows, target, max_rows }) => ({ rows, target, maxRows: max_rows }))

const throttle = z.strictObject({
  max_lag: duration.optional().describe('Wait while a replica is further behind; unknown lag counts as lag.'),
  max_blocked: whole(0)
    .optional()
    .describe('The most sessions of others that may wait for a lock of the backfill; not on MongoDB.'),
  max_running: whole(1).optional().describe('Wait while more statements than these run on the server.'),
  max_history: whole(1)
    .optional()
    .describe(
      'MySQL, MariaDB: wait while the server keeps more old row versions than these for open transactions.',
    ),
  duty: z
    .number()
    .gt(0)
    .lte(1)
    .register(words, { expects: 'a number above 0 and at most 1' })
    .default(1)
    .describe('The share of the time in which batches may run.'),
})

const backfill = z
  .strictObject({
    batch: batch.prefault({}),
    workers: whole(1, 32)
      .default(1)
      .describe('How many batches may run at once, each on a connection of its own.'),
    throttle: throttle.prefault({}),
    quiet: duration
      .optional()
      .describe('MongoDB: how long sweeps must find nothing before the seal; 10m when left out.'),
    window: z
      .array(window)
      .default([])
      .describe('When batches may begin; outside of it the backfill waits. Always when left out.'),
    on_error: z
      .enum(['stop', 'quarantine'])
      .default('stop')
      .describe(
        'What happens to a row that cannot be converted: the backfill stops there, or passes over it, fills all others, and names such rows at its end.',
      ),
  })
  .transform(({ batch, workers, window, quiet = null, on_error, throttle: { duty, ...limits } }) => ({
    batch,
    workers,
    window,
    duty,
    quiet,
    onError: on_error,
    limits: {
      maxLag: limits.max_lag ?? null,
      maxRunning: limits.max_running ?? null,
      maxHistory: limits.max_history ?? null,
      maxBlocked: limits.max_blocked ?? null,
    },
  }))

const invariant = z
  .strictObject({
    name: name.describe('How reports call it.'),
    sql: text.describe('A query for the keys of rows that break it.'),
    expect: z
      .literal('none')
      .register(words, { later: (input) => typeof input === 'string' })
      .default('none')
      .describe('The query must find no row.'),
    sample: whole(0, 100).default(5).describe('How many keys of broken rows a report shows.'),
  })
  .transform(({ name, sql, sample }) => ({ name, sql, sample }))

const invariants = z.array(invariant).superRefine((all, context) => {
  all.forEach(({ name }, index) => {
    if (all.findIndex((other) => other.name === name) === index) return
    const message = said(`another invariant is called ${quoted(name)}`, 'give each one a name of its own')
    context.addIssue({ code: 'custom', path: [index, 'name'], message })
  })
})

const contract = z
  .strictObject({
    hold: duration
      .optional()
      .describe(
        'How long the retired shape is kept before it is dropped. Left out: 24h in an environment with production: true, elsewhere 0s.',
      ),
    archive: z
      .boolean()
      .default(false)
      .describe(
        'What is dropped is first copied, with the key of its row, to a table of the ledger (MongoDB: to a collection of its own). On SQL databases plan rollback brings it back from there.',
      ),
    readonly: z
      .boolean()
      .default(false)
      .describe(
        'SQL: while the retired shape is kept, writes to it are refused by a trigger that says why; reads go on.',
      ),
  })
  .transform(({ hold = null, archive, readonly }) => ({ hold, archive, readonly }))

const NAME_HINT = 'use lower-case letters, digits and hyphens, a letter first, at most 60 characters'

/** The shape of a whole plan file. It yields a Plan whose intents do not know their places yet. */
export const planShape = <Asked>(
  intents: Readonly<Record<string, z.ZodType<Asked>>>,
  notBuilt: readonly string[],
) =>
  z
    .strictObject({
      version: z
        .literal(1)
        .register(words, { hint: 'this tool reads version 1 of the format' })
        .describe('Always 1.'),
      name: z
        .string()
        .regex(/^[a-z][a-z0-9-]{0,59}$/, {
          error: ({ input }) => said(`${quoted(String(input))} cannot be the name of a plan`, NAME_HINT),
        })
        .describe('The key of the plan in the ledger; never reused.'),
      description: text.optional().describe('One sentence for the runbook.'),
      owners: z.array(name).default([]).describe('Who to ask.'),
      database: name
        .optional()
        .describe('A key of plan.config.yaml; may be left out when there is only one.'),
      sync: word(['triggers', 'application', 'tail', 'both'])
        .optional()
        .describe(
          'What keeps old and new shape in step: triggers (SQL, where they can), or the application itself; MongoDB also: tail (the tool follows the changes) and both.',
        ),
      on_conflict: word(['error', 'new', 'old'])
        .default('error')
        .describe('What counts when one statement writes both shapes and they disagree.'),
      invisible: z
        .boolean()
        .default(false)
        .describe(
          'MySQL and MariaDB: new columns are INVISIBLE until contract, for an old version that writes INSERT without names of columns. The new version has to name its columns: SELECT * does not show the new ones.',
        ),
      intents: z
        .array(single('intent', intents, notBuilt))
        .min(1)
        .register(words, { expects: 'a list of at least one intent' })
        .describe('What should change.'),
      backfill: backfill.prefault({}).describe('How existing rows get the new shape.'),
      checkpoints: checkpoints.prefault({}).describe('What must be true in the world before contract.'),
      invariants: invariants
        .default([])
        .describe('What must hold before contract, beside what the tool proves itself.'),
      contract: contract.prefault({}).describe('How the old shape goes.'),
    })
    .transform(({ description = null, database = null, sync = null, on_conflict, ...rest }) => {
      return { ...rest, description, database, sync, onConflict: on_conflict }
    })
