import type { LedgerBackend, SqlLedger } from '../dialects/interface/ledger-backend.ts'
import type { Session } from '../dialects/interface/session.ts'
import { PlanError } from '../errors.ts'
import { unedited } from './edited.ts'
import type { Store } from './store.ts'

/** The configuration checks `schema`. The libraries for one kind of ledger are loaded only here. */
export const openStore = async (session: Session, backend: LedgerBackend, schema: string): Promise<Store> =>
  unedited('open' in backend ? backend.open(schema) : await openTables(session, backend, schema))

async function openTables(session: Session, backend: SqlLedger, schema: string): Promise<Store> {
  const [{ openSqlStore }, read, write] = await Promise.all([
    import('./sql/store.ts'),
    import('./sql/read.ts'),
    import('./sql/write.ts'),
  ])
  const store = await openSqlStore(session, backend, schema)
  return {
    schema,
    exists: store.exists,
    requireSeen: async () => {
      const hidden = (await store.exists()) ? null : await backend.hidden(schema)
      if (hidden) throw new PlanError('PLAN_PRIVILEGE', hidden.says, { hint: hidden.hint })
    },
    migrate: store.migrate,
    plans: () => read.readPlans(store),
    progress: (name) => read.readProgress(store, name),
    controls: (plan, run) => read.readControls(store, { plan, run }),
    slices: (plan, run, step) => read.readSlices(store, { plan, run, step }),
    events: (plan) => read.readEvents(store, plan),
    lastEvent: (plan, kind) => read.readLastEvent(store, plan, kind),
    ends: (plan) => read.readEnds(store, plan),
    openLedgerWriter: (writer) => write.openLedgerWriter(store, writer),
    opening: (work) =>
      session.transaction({}, async () => {
        await session.alone('expand-contract plans')
        return work()
      }),
    pin: (pinned) => write.pin(store, pinned),
    takeOver: (plan, runner) => write.takeOver(store, plan, runner),
  }
}
