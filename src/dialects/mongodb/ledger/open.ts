import { PlanError } from '../../../errors.ts'
import type { Store } from '../../../ledger/store.ts'
import type { MongoSession } from '../connect/mongo-session.ts'
import { permitted } from '../connect/permitted.ts'
import { givingRoles, readPrivileges } from '../inspect/privileges.ts'
import {
  type Places,
  readControls,
  readEnds,
  readEvents,
  readLastEvent,
  readPlans,
  readProgress,
  readSlices,
} from './read.ts'
import { pin, takeOver } from './runs.ts'
import { openLedgerWriter } from './write.ts'

async function hidden(session: MongoSession, ledger: string): Promise<PlanError> {
  const db = session.db.databaseName
  return new PlanError('PLAN_PRIVILEGE', `this user may not read the ledger ${ledger} of ${db}`, {
    hint: `the role read lets it look, readWrite lets it run plans: ${givingRoles(await readPrivileges(session), [{ role: 'readWrite', db }])}`,
  })
}

/** The layout that this version of the tool reads and writes. */
const LEDGER_VERSION = 1

/**
 * The ledger of a database of documents, in collections `${ledger}_plans` (one document per plan, which changes as a
 * whole under its epoch), `…_programs`, `…_events`, `…_locks`, `…_tokens` and `…_meta`. It needs no transaction over
 * several documents.
 */
export function openLedger(
  session: MongoSession,
  ledger: string,
  locks: Pick<Places, 'present' | 'alone'>,
): Store {
  const places = { session, ledger, ...locks }
  let opening: (() => Promise<boolean>) | null = null
  const version = async (): Promise<number> => {
    const read = { find: `${ledger}_meta`, filter: { _id: 'ledger' }, limit: 1 }
    const meta = await permitted(() => session.documents(read))
    if (meta === null) throw await hidden(session, ledger)
    const found = Number(meta[0]?.['version'] ?? 0)
    if (found <= LEDGER_VERSION) return found
    throw new PlanError(
      'PLAN_VERSION',
      `the ledger ${ledger} has version ${found}, this tool knows ${LEDGER_VERSION}`,
      { hint: 'use the newer version of the tool that wrote it' },
    )
  }
  const existing = async <T>(read: () => Promise<T>, none: T): Promise<T> =>
    (await version()) > 0 ? read() : none
  return {
    schema: ledger,
    exists: async () => (await version()) > 0,
    // The server refuses users who may not read it.
    requireSeen: async () => void (await version()),
    migrate: async () => {
      if ((await version()) === LEDGER_VERSION) return
      await session.command({
        update: `${ledger}_meta`,
        updates: [{ q: { _id: 'ledger' }, u: { $max: { version: LEDGER_VERSION } }, upsert: true }],
      })
    },
    plans: () => existing(() => readPlans(places), []),
    progress: (name) => existing(() => readProgress(places, name), null),
    controls: (plan) => readControls(places, plan),
    slices: (plan, _run, step) => readSlices(places, plan, step),
    events: (plan) => existing(() => readEvents(places, plan), []),
    lastEvent: (plan, kind) => existing(() => readLastEvent(places, plan, kind), null),
    ends: (plan) => existing(() => readEnds(places, plan), []),
    openLedgerWriter: (writer) => openLedgerWriter(places, writer),
    opening: (work) =>
      places.alone('opening plans', async (held) => {
        opening = held
        try {
          return await session.transaction({}, work)
        } finally {
          opening = null
        }
      }),
    pin: (pinned) => pin(places, pinned, opening),
    takeOver: (plan, runner) => takeOver(places, plan, runner),
  }
}
