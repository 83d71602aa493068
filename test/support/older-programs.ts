import { openDialect } from '../../src/dialects/registry.ts'
import { openStore } from '../../src/ledger/open.ts'
import { fingerprintOf } from '../../src/program/fingerprint.ts'
import type { Program } from '../../src/program/program.ts'

/** How programs of format 1 named what has another name now. */
const NAMES: Readonly<Record<string, string>> = {
  await_quiescence: 'settle',
  dry_run_conversion: 'rehearse',
  finish_not_null: 'settle_not_null',
  autocommit: 'alone',
  unbounded: 'none',
  undoNeeded: 'standing',
  doneEach: 'each',
  namesTaken: 'squatters',
  mustSucceed: 'tries',
  blockWrites: 'keepOut',
}

/** The same plan as a program of format 1, with its own fingerprint. */
export function older(program: Program): Program {
  const text = Object.entries(NAMES).reduce(
    (json, [now, before]) => json.replaceAll(`"${now}"`, `"${before}"`),
    JSON.stringify({ ...program, format: 1 }),
  )
  const body = JSON.parse(text) as Program
  return { ...body, fingerprint: fingerprintOf(body) }
}

/** Begins the plan as the version would that compiled this program: its first step is done. */
export async function begun(url: string, program: Program, source: string): Promise<void> {
  const engine = await openDialect({ url, application: 'plan test', tls: null, schema: null })
  const { session } = engine
  try {
    const store = await openStore(session, engine.ledgerBackend, 'plan')
    const { name: plan } = program.plan
    await store.migrate()
    await store.opening(() => store.pin({ program, source, objects: program.objects, actor: 'me' }))
    const runner = { by: 'me', host: 'here', backend: session.backend, since: new Date().toISOString() }
    const epoch = await session.transaction({}, () => store.takeOver(plan, runner))
    await session.transaction({}, async () => {
      const ledger = await store.openLedgerWriter({ plan, run: 1, epoch, actor: 'me' })
      await ledger.step('expand.1', { state: 'done' })
      await ledger.event('step done', { step: 'expand.1' })
      await ledger.state('waiting', 'expand')
      await ledger.runner(null)
    })
  } finally {
    await session.close()
  }
}
