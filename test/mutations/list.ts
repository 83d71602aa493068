/** One way to break the product, and the test that has to see it. */
export type Mutation = {
  readonly name: string
  readonly file: string
  /** Stands there exactly once. */
  readonly finds: string
  readonly puts: string
  readonly test: { readonly file: string; readonly name: RegExp }
}

const killed = (name: RegExp) => ({ file: 'test/faults/killed.test.ts', name })
const BETWEEN = killed(/PostgreSQL.* a batch, between its rows and its line in the ledger/)

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'a runner that was fenced off writes on',
    file: 'src/ledger/sql/write.ts',
    finds: '(writer.epoch !== null && found !== writer.epoch)',
    puts: 'false',
    test: {
      file: 'test/faults/two-runners.test.ts',
      name: /PostgreSQL.* whose plan another one has taken in the ledger can write nothing more/,
    },
  },
  {
    name: 'a batch and its line in the ledger are two commits',
    file: 'src/backfill/batch.ts',
    finds: 'await ledger.slice(next, work.epoch)',
    puts: "await work.runner.engine.session.query('COMMIT')\n  await work.runner.engine.session.query('BEGIN')\n  await ledger.slice(next, work.epoch)",
    test: BETWEEN,
  },
  {
    name: 'no transaction around a batch',
    file: 'src/dialects/postgres/connect/session.ts',
    finds: "await run(limits.readOnly ? 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' : 'BEGIN')",
    puts: "if (limits.readOnly) await run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')",
    test: BETWEEN,
  },
  {
    name: 'the sessions of a dead runner are left alone',
    file: 'src/runner/acquire.ts',
    finds: '  await endOrphan(engine, before)\n',
    puts: '',
    test: killed(/a dead runner.* has all its sessions ended/),
  },
  {
    name: 'after a lost connection the backfill goes on with what it had in memory',
    file: 'src/backfill/workers.ts',
    finds: 'return { claimed: { slice: now, epoch }, open: true }',
    puts: 'return { claimed: { slice: ((globalThis as any).kept ??= now), epoch }, open: true }',
    test: {
      file: 'test/faults/lost.test.ts',
      name: /PostgreSQL.* in the middle of a backfill: every row is written exactly once/,
    },
  },
]

/** Not every run has time for these. */
export const MORE: readonly Mutation[] = [
  {
    name: 'a document’s runner that was fenced off writes on',
    file: 'src/dialects/mongodb/ledger/change.ts',
    finds: '(epoch === null || found.plan.epoch === epoch)',
    puts: 'true',
    test: {
      file: 'test/faults/mongo-two-runners.test.ts',
      name: /whose plan another one has taken in the ledger: it writes nothing more/,
    },
  },
  {
    name: 'a worker whose slice another one has taken writes on',
    file: 'src/ledger/sql/write.ts',
    finds: "if (Number(rows[0]?.['epoch'] ?? 0) !== epoch) throw fenced(plan)",
    puts: '',
    test: {
      file: 'test/dialects/conformance-ledger.test.ts',
      name: /PostgreSQL.* is had by one worker, and another one’s batch is refused/,
    },
  },
  {
    name: 'the sessions of a dead runner’s workers are left alone',
    file: 'src/runner/acquire.ts',
    finds: '[runner.backend, ...(runner.beside ?? [])]',
    puts: '[runner.backend]',
    test: killed(/a dead runner.* has all its sessions ended/),
  },
  {
    name: 'a batch writes rows whose new side is written',
    file: 'src/dialects/postgres/walk/backfill.ts',
    finds: 'archived === null ? wanted :',
    puts: "archived === null ? 'true' :",
    test: {
      file: 'test/lives/backfill.test.ts',
      name: /PostgreSQL.* fills from the source as it is when it comes/,
    },
  },
  {
    name: 'nobody looks for rows that moved',
    file: 'src/backfill/fill.ts',
    finds: 'if (!(await remaining(work))) return',
    puts: 'return',
    test: {
      file: 'test/lives/backfill.test.ts',
      name: /PostgreSQL.* finds rows whose key moved behind it, before it and past its end/,
    },
  },
  {
    name: 'a batch of MySQL writes without having locked its rows',
    file: 'src/backfill/batch.ts',
    finds: 'if (walk.lock) await',
    puts: 'if (walk.lock && false) await',
    test: {
      file: 'test/faults/mysql-locks.test.ts',
      name: /MySQL.* let the application lock others of the same batch/,
    },
  },
  {
    name: 'a broken index is not cleared away',
    file: 'src/execution/steps.ts',
    finds: 'each([...repair, ...statements])',
    puts: 'each(statements)',
    test: killed(/PostgreSQL.* the build of an index: its statement is ended first/),
  },
  {
    name: 'the trigger takes the old side for the new one',
    file: 'src/dialects/relational/sync-rule.ts',
    finds: 'changed(group.up)}',
    puts: 'changed(group.down)}',
    test: { file: 'test/lives/rename.test.ts', name: /PostgreSQL.*: both clients work in every phase/ },
  },
  {
    name: 'contract does not wait for a checkpoint',
    file: 'src/runner/checkpoints.ts',
    finds: '    if (!confirmed)\n',
    puts: '    if (!confirmed) continue\n    if (!confirmed)\n',
    test: { file: 'test/cli/checkpoints.test.ts', name: /is not passed while it is not confirmed/ },
  },
  {
    name: 'the trail is not a chain',
    file: 'src/ledger/chain.ts',
    finds: "event.previous === (last.get(event.plan) ?? '') && ",
    puts: '',
    test: { file: 'test/faults/evidence.test.ts', name: /that was tampered with is found/ },
  },
  {
    name: 'a schema that somebody changed goes unseen',
    file: 'src/runner/acquire.ts',
    finds: 'if (changes.length === 0) return',
    puts: 'if (changes.length >= 0) return',
    test: { file: 'test/cli/pinned.test.ts', name: /by somebody else.* is drift, shown, and mended/ },
  },
]
