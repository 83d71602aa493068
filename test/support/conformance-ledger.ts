import type { Slice } from '../../src/backfill/slice.ts'
import type { Engine } from '../../src/dialects/interface/engine.ts'
import type { SqlLedger } from '../../src/dialects/interface/ledger-backend.ts'
import type { SessionOptions } from '../../src/dialects/interface/session.ts'
import { brokenEvents } from '../../src/ledger/chain.ts'
import { openStore } from '../../src/ledger/open.ts'
import { openSqlStore } from '../../src/ledger/sql/store.ts'
import type { LedgerWriter } from '../../src/ledger/write.ts'
import { fingerprintOf, sha256 } from '../../src/program/fingerprint.ts'
import { FORMAT, type Program } from '../../src/program/program.ts'
import { until } from './command.ts'
import { openOn, type Place } from './conformance.ts'

/** Texts that a server, a driver or JSON might take for something else. */
export const AWKWARD: readonly string[] = [
  ...[`it's "quoted" \`so\``, 'back\\slash \\n \\u0041 \\', 'line\nline\r\n\ttab', '😀 ä ß 中 \u200d', ''],
  ...['null', '{"a": 1}', '$1 ? :x @y %s', ' blanks ', "'; DROP TABLE plans; --", 'NULL', '0', '1.0', 'true'],
]

export const RUNNER = {
  by: `O'Brien "😀" \\ \n`,
  host: 'host.example',
  backend: { pid: 2 ** 40 + 1, started: '2024-01-01T00:00:00.000001Z' },
  since: '2024-02-29T23:59:59.999Z',
}

export const SOURCE = AWKWARD.join('\n')

/** No real one: what the ledger keeps of it is one value, whatever is in there. */
export const program = (name: string, more: Readonly<Record<string, unknown>> = {}): Program => {
  const body = {
    format: FORMAT,
    plan: { name, description: AWKWARD.join(' | '), owners: AWKWARD, source: sha256(SOURCE) },
    estimates: [{ table: AWKWARD[0], rows: 2 ** 53 - 1, bytes: 0 }],
    odd: { nothing: null, none: [], no: {}, yes: true, small: -0.1, large: 1.5e300, z: 1, a: 2 },
    texts: Object.fromEntries(AWKWARD.map((text, index) => [text || 'empty', index])),
    ...more,
  }
  return { ...body, fingerprint: fingerprintOf(body) } as unknown as Program
}

/** Where the ledger of a database with tables is kept. */
export const sqlHome = ({ ledgerBackend }: Pick<Engine, 'ledgerBackend'>): SqlLedger => {
  if ('open' in ledgerBackend) throw new Error('this database has no tables')
  return ledgerBackend
}

/** The ledger as one session sees it. */
export async function ledger(place: Place, more: Partial<SessionOptions> = {}, name = 'plan') {
  const engine = await openOn(place, more)
  const { session, ledgerBackend } = engine
  const store = await openStore(session, ledgerBackend, name)
  const penOf = (plan: string, run: number, epoch: number | null) =>
    store.openLedgerWriter({ plan, run, epoch, actor: RUNNER.by })
  return {
    engine,
    session,
    store,
    /** Its tables, for what no tool of ours would do to them. */
    sql: await openSqlStore(session, sqlHome(engine), name),
    pen: penOf,
    pin: (plan: string, pinned = program(plan), objects: Readonly<Record<string, string>> = { a: 'b' }) =>
      session.transaction({}, () => store.pin({ program: pinned, source: SOURCE, objects, actor: 'tester' })),
    take: (plan: string) => session.transaction({}, () => store.takeOver(plan, RUNNER)),
    write: <T>(
      plan: string,
      run: number,
      epoch: number | null,
      work: (writing: LedgerWriter) => Promise<T>,
    ) => session.transaction({}, async () => work(await penOf(plan, run, epoch))),
    progress: (plan: string) => store.progress(plan),
    events: (plan?: string) => store.events(plan),
    broken: async () => brokenEvents(await store.events()),
    waits: () => until('it waits', () => place.waits(session.backend.pid)),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  }
}

const SLICE: Slice = {
  ...{ step: 'backfill.1', number: 0, end: ['z'], cursor: null, state: 'open', walked: 0, written: 0 },
  ...{ batches: 0, estimate: 0, rate: 0, batchRows: 1 },
}

export const writes = {
  nothing: async (): Promise<void> => undefined,
  /** One record of each kind. */
  everything: async (pen: LedgerWriter): Promise<void> => {
    await pen.state('running', 'expand')
    await pen.step('expand.1', { state: 'done' })
    await pen.slice(SLICE)
    await pen.checkpoint({ id: 'switch-app', by: 'me', evidence: null, note: null })
    await pen.invariant({ name: 'holds', holds: true, violations: 0, checked: 1, sample: [] })
    await pen.retired(true)
    await pen.event('step done')
  },
  slice: SLICE,
}
