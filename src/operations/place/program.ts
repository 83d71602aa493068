import { PlanError } from '../../errors.ts'
import { partsThatDiffer } from '../../ledger/edited.ts'
import type { PlanRecord } from '../../ledger/records.ts'
import { sha256 } from '../../program/fingerprint.ts'
import { requireFormat } from '../../program/format.ts'
import type { Opened } from './database.ts'
import { lazy } from './lazy.ts'
import type { Context } from './outside.ts'
import { type PlanFile, readProgram } from './plan-files.ts'
import type { Run } from './run.ts'
import type { Which } from './which.ts'

/**
 * The program to run. The pinned one if the plan is under way and nothing is compiled here, otherwise the compiled one,
 * otherwise one compiled now. A program that differs from the pinned one is refused later, when the plan is acquired.
 */
export async function programFor(context: Context, opened: Opened, { name, file }: Which): Promise<Run> {
  const pinned = (await opened.store.progress(name))?.plan
  const active = pinned !== undefined && pinned.state !== 'rolled-back' ? pinned : null
  if (file === null) {
    if (active) return { program: active.program, source: active.source, file }
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
  if (compiled) return { program: compiled, source: file.source.text, file }
  if (active) return { program: active.program, source: file.source.text, file }
  const { compile } = await lazy.compile()
  context.report({ event: 'compiling', plan: name })
  const snapshot = await snapshotFor(opened, file.plan)
  // Another runner may have begun the plan meanwhile. The drift we saw was then its work.
  const begun = (await opened.store.progress(name))?.plan
  const program =
    begun !== undefined && begun.run !== pinned?.run
      ? begun.program
      : compile(file.plan, file.source, snapshot, opened.engine.language, opened.settings.ledgerSchema)
  return { program, source: file.source.text, file }
}

/**
 * Refuses a pinned program that differs from the local one, even for operations that run none of the plan's statements:
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
export async function requireLocalOf({ store }: Pick<Opened, 'store'>, { name, file }: Which): Promise<void> {
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
