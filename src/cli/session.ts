import { hostname, userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '../dialects/interface/engine.ts'
import { openDialect } from '../dialects/registry.ts'
import { PlanError } from '../errors.ts'
import type { Question, RunEvent, Surroundings } from '../execution/context.ts'
import { partsThatDiffer } from '../ledger/edited.ts'
import { openStore } from '../ledger/open.ts'
import type { PlanRecord } from '../ledger/records.ts'
import type { Store } from '../ledger/store.ts'
import { sha256 } from '../program/fingerprint.ts'
import { requireFormat } from '../program/format.ts'
import type { Program } from '../program/program.ts'
import type { RunRequest } from '../runner/acquire.ts'
import type { ControlTarget } from '../runner/control.ts'
import { type Flags, readSettings, type Settings } from './config.ts'
import { compiledPlans, databaseOf, findPlanFile, type PlanFile, readPlanFile, readProgram } from './find.ts'
import type { Io } from './io.ts'
import { lazy } from './lazy.ts'

/** An open database with its ledger, for the duration of one command. */
export type Opened = {
  readonly settings: Settings
  readonly engine: Engine
  readonly store: Store
  /** Opens another connection to the same database. */
  readonly another: Surroundings['another']
} & AsyncDisposable

/** Opens the database that flags, environment and configuration name, and says which one that is. */
export async function open(io: Io, flags: Flags, purpose: string, plan?: string): Promise<Opened> {
  const settings = readSettings(io, flags, (plans) => databaseOf(plan, plans, io.cwd))
  if (settings.url === null)
    throw new PlanError('PLAN_USAGE', 'no database is given', {
      hint: 'give --url, set PLAN_DATABASE_URL, or write a plan.config.yaml',
    })
  const options = {
    url: settings.url,
    application: `plan ${purpose}`,
    tls: settings.tls,
    schema: settings.schema,
    ...(io.faults && { faults: io.faults }),
    ...(io.timeout !== undefined && { timeout: io.timeout }),
  }
  const engine = await openDialect(options)
  io.say(
    `${settings.environment ? `environment ${settings.environment}, ` : ''}database ${engine.session.label}`,
  )
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

/**
 * The plan that a command is about: the requested one, otherwise the only one in progress, otherwise the only compiled
 * one.
 */
export async function whichPlan(
  io: Io,
  { settings, store }: Opened,
  asked: string | undefined,
): Promise<{ name: string; file: PlanFile | null }> {
  const wanted = asked ?? (await onlyPlan(settings, store))
  const path = findPlanFile(wanted, settings.plans, io.cwd)
  if (path !== null) {
    const file = readPlanFile(path, io.cwd)
    return { name: file.plan.name, file }
  }
  if (await store.progress(wanted)) return { name: wanted, file: null }
  await store.requireSeen()
  throw new PlanError('PLAN_USAGE', `there is no plan ${wanted}`, {
    hint: `give a plan file, or a name that stands in ${settings.plans} or in the ledger`,
  })
}

async function onlyPlan(settings: Settings, store: Store): Promise<string> {
  const under = (await store.plans())
    .filter(({ state }) => state !== 'done' && state !== 'rolled-back')
    .map(({ name }) => name)
  if (under.length === 1 && under[0]) return under[0]
  const names = under.length > 0 ? under : compiledPlans(settings.plans)
  if (names.length === 1 && names[0]) return names[0]
  if (under.length === 0) await store.requireSeen()
  throw new PlanError(
    'PLAN_USAGE',
    names.length === 0
      ? 'no plan is under way and none is compiled'
      : `several plans could be meant: ${names.join(', ')}`,
    { hint: names.length === 0 ? 'name a plan file: plan advance plans/NAME.yaml' : 'name the plan' },
  )
}

/**
 * The program to run. The pinned one if the plan is under way and nothing is compiled here, otherwise the compiled one,
 * otherwise one compiled now. A program that differs from the pinned one is refused later, when the plan is acquired.
 */
export async function programFor(
  io: Io,
  opened: Opened,
  { name, file }: { name: string; file: PlanFile | null },
): Promise<{ program: Program; source: string }> {
  const pinned = (await opened.store.progress(name))?.plan
  const active = pinned !== undefined && pinned.state !== 'rolled-back' ? pinned : null
  if (file === null) {
    if (active) return { program: active.program, source: active.source }
    throw new PlanError('PLAN_USAGE', `the file of ${name} is not here`, {
      hint: `run this where the plan file is, or give its path`,
    })
  }
  const compiled = readProgram(file.folder)
  if (compiled && compiled.plan.source !== sha256(file.source.text) && !active) {
    throw new PlanError('PLAN_STALE', `${name} was changed after it was compiled`, {
      hint: `review it again: plan compile ${file.source.file}`,
    })
  }
  if (compiled) return { program: compiled, source: file.source.text }
  if (active) return { program: active.program, source: file.source.text }
  const { compile } = await lazy.compile()
  io.say(`${name} is not compiled here; compiling it now (nothing is written)`)
  const snapshot = await snapshotFor(opened, file.plan)
  // Another runner may have begun the plan meanwhile. The drift we saw was then its work.
  const begun = (await opened.store.progress(name))?.plan
  const program =
    begun !== undefined && begun.run !== pinned?.run
      ? begun.program
      : compile(file.plan, file.source, snapshot, opened.engine.language)
  return { program, source: file.source.text }
}

/**
 * Refuses a pinned program that differs from the local one, even for commands that run none of the plan's statements:
 * anybody who can write to the ledger could have replaced the program.
 */
export function requireLocal({ name, program, state }: PlanRecord, file: PlanFile | null): void {
  requireFormat(program, state === 'done' ? 'done' : 'under way')
  const compiled = file && readProgram(file.folder)
  if (!compiled || compiled.fingerprint === program.fingerprint) return
  throw new PlanError(
    'PLAN_DRIFT',
    `the ledger has another program of ${name} than ${file.folder}: ${partsThatDiffer(program, compiled).join(', ')} differ`,
    {
      hint: `nothing was run; put that folder back as it was when ${name} began (version control has it); if nobody compiled it anew, somebody edited the ledger, and plan doctor says who may; without the folder the command goes by the ledger alone`,
    },
  )
}

/** The same check for a plan that may not have begun. */
export async function requireLocalOf(
  { store }: Pick<Opened, 'store'>,
  { name, file }: { name: string; file: PlanFile | null },
): Promise<void> {
  const pinned = (await store.progress(name))?.plan
  if (pinned && pinned.state !== 'rolled-back') requireLocal(pinned, file)
}

/** Reads the default schema and every other schema that the plan names. Other dotted names in it may be paths of fields. */
export async function snapshotFor({ engine }: Pick<Opened, 'engine'>, plan: PlanFile['plan']) {
  const schemas = new Set<string>()
  const fields = new Set<string>()
  const walk = (value: unknown): void => {
    if (typeof value === 'string') fields.add(value)
    if (value === null || typeof value !== 'object') return
    if ('schema' in value && typeof value.schema === 'string') schemas.add(value.schema)
    for (const inner of [...Object.keys(value), ...Object.values(value)]) walk(inner)
  }
  walk(plan.intents.map(({ fields }) => fields))
  return engine.inspect({ schemas: [...schemas], fields: [...fields] })
}

/** What a command needs to steer a plan. */
export async function deskOf(
  io: Io,
  flags: Flags,
  purpose: string,
  plan: string | undefined,
): Promise<ControlTarget & AsyncDisposable & { readonly opened: Opened; readonly file: PlanFile | null }> {
  const opened = await open(io, flags, purpose, plan)
  const { engine, store } = opened
  try {
    const { name, file } = await whichPlan(io, opened, plan)
    return {
      ...{ engine, store, opened, file, plan: name, actor: actorOf(io) },
      [Symbol.asyncDispose]: opened[Symbol.asyncDispose],
    }
  } catch (error) {
    // An open connection would keep the process from ending.
    await opened[Symbol.asyncDispose]()
    throw error
  }
}

/** The word for one row of this database: `row` or `document`. */
export const rowOf = ({ language }: Pick<Engine, 'language'>): string =>
  'model' in language ? 'document' : 'row'

/** How long a backfill may wait before the command ends, milliseconds. */
const MAX_WAIT = 3_600_000

/** Waits. An abort ends the wait early without an error; the caller checks the signal next. */
export const slept = (ms: number, signal?: AbortSignal): Promise<void> =>
  sleep(ms, undefined, signal && { signal }).catch(() => {})

/** The outside effects that the runner needs. */
export function surroundings(
  io: Io,
  { settings, another }: Pick<Opened, 'settings' | 'another'>,
  report: (event: RunEvent) => void,
  approve: (question: Question) => Promise<boolean>,
  {
    maxWait = MAX_WAIT,
    workers = null,
  }: { readonly maxWait?: number; readonly workers?: number | null } = {},
): Surroundings {
  return {
    report,
    approve,
    another,
    signal: io.signal,
    sleep: io.sleep ?? slept,
    clock: () => performance.now(),
    random: Math.random,
    production: settings.production,
    lockTimeout: settings.lockTimeout,
    retries: settings.retries,
    maxWait,
    workers,
  }
}

/** The name of the person acting. It is only a claim; the database user alone is verified. */
export const actorOf = (io: Io): string =>
  io.env['GITHUB_ACTOR'] ?? io.env['GITLAB_USER_LOGIN'] ?? userInfo().username

export const wantedFor = (
  io: Io,
  opened: Opened,
  run: { program: Program; source: string },
  around: Surroundings,
): RunRequest => ({
  ...around,
  ...run,
  engine: opened.engine,
  store: opened.store,
  actor: actorOf(io),
  host: hostname(),
})
