import type { Engine } from '../../dialects/interface/engine.ts'
import { openDialect } from '../../dialects/registry.ts'
import { PlanError } from '../../errors.ts'
import type { Surroundings } from '../../execution/context.ts'
import { openStore } from '../../ledger/open.ts'
import type { Store } from '../../ledger/store.ts'
import { type Place, readSettings, type Settings } from './config.ts'
import type { Context } from './outside.ts'
import { databaseOf } from './plan-files.ts'

/** An open database with its ledger, for the duration of one operation. */
export type Opened = {
  readonly settings: Settings
  readonly engine: Engine
  readonly store: Store
  /** Opens another connection to the same database. */
  readonly another: Surroundings['another']
} & AsyncDisposable

/** Opens the database that request, environment and configuration name, and reports which one that is. */
export async function open(context: Context, place: Place, purpose: string, plan?: string): Promise<Opened> {
  const { cwd, faults, timeout } = context
  const settings = readSettings(context, place, (plans) => databaseOf(plan, plans, cwd))
  if (settings.url === null)
    throw new PlanError('PLAN_USAGE', 'no database is given', {
      hint: 'give --url, set PLAN_DATABASE_URL, or write a plan.config.yaml',
    })
  const options = {
    url: settings.url,
    application: `plan ${purpose}`,
    tls: settings.tls,
    schema: settings.schema,
    ...(faults && { faults }),
    ...(timeout !== undefined && { timeout }),
  }
  const engine = await openDialect(options)
  context.report({
    event: 'opened',
    environment: settings.environment,
    database: engine.session.label,
    row: rowOf(engine),
  })
  const opened = async (one: Engine) => ({
    engine: one,
    store: await openStore(one.session, one.ledgerBackend, settings.ledgerSchema),
    [Symbol.asyncDispose]: () => one.session.close(),
  })
  return {
    settings,
    another: async () => opened(await openDialect(options)),
    ...(await opened(engine)),
  }
}

/** The word for one row of this database. */
const rowOf = ({ language }: Pick<Engine, 'language'>): 'row' | 'document' =>
  'model' in language ? 'document' : 'row'
