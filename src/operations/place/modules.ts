import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PlanError } from '../../errors.ts'
import type { Surroundings } from '../../execution/context.ts'
import type { Wish } from '../../intents/define.ts'
import type { Plan } from '../../plan/plan.ts'
import { sha256 } from '../../program/fingerprint.ts'
import { callText, type ModuleCall } from '../../program/kinds/computing.ts'
import { moduleCalls } from '../../program/kinds/module-calls.ts'
import type { Program } from '../../program/program.ts'
import { textOf } from './files.ts'
import { lazy } from './lazy.ts'

type Loader = Surroundings['load']

/** The hash of each file that a plan names as a module. Paths begin at the folder of the plan file. */
export function modulesOf(plan: Plan<Wish>, folder: string): Record<string, string | null> {
  const found = new Set<string>()
  const walk = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return
    for (const [key, inner] of Object.entries(value)) {
      const named: unknown = key === 'module' && typeof inner === 'object' ? inner?.from : inner
      if (key === 'module' && typeof named === 'string') found.add(named.replace(/#.*$/, ''))
      else walk(inner)
    }
  }
  walk(plan.intents.map(({ fields }) => fields))
  return Object.fromEntries([...found].map((file) => [file, hashOf(folder, file)]))
}

function hashOf(folder: string, file: string): string | null {
  const text = textOf(resolve(folder, file))
  return text === null ? null : sha256(text)
}

/** Loads each function once. `folder`: where the plan file is; null when it is not on this disk. */
export function loaderFor(folder: string | null): Loader {
  const known = new Map<string, ReturnType<Loader>>()
  return (call) => {
    const key = JSON.stringify(call)
    const found = known.get(key) ?? loaded(folder, call)
    known.set(key, found)
    return found
  }
}

/** Loads the functions that a program calls, so that whatever is wrong with them shows before anything is done. */
export async function requireModules(program: Program, load: Loader): Promise<void> {
  for (const call of moduleCalls(program)) await load(call)
}

async function loaded(folder: string | null, call: ModuleCall): ReturnType<Loader> {
  const { file, name } = call
  if (folder === null)
    throw new PlanError('PLAN_USAGE', `the plan calls ${callText(call)}, and its plan file is not here`, {
      hint: 'run this where the plan file and its modules are',
    })
  const now = hashOf(folder, file)
  if (now === null)
    throw new PlanError('PLAN_CHANGED', `${file} cannot be read, which the plan was compiled with`, {
      hint: 'put it back where it was, beside the plan file (version control has it)',
    })
  if (now !== call.sha256)
    throw new PlanError(
      'PLAN_CHANGED',
      `${file} was changed after the plan was compiled: its SHA-256 is ${now.slice(0, 12)}, and ${call.sha256.slice(0, 12)} is pinned`,
      {
        hint: 'put it back as it was (version control has it); where the change is wanted, plan rollback first if the plan has begun, then compile the plan again',
      },
    )
  const found = functionIn(await imported(folder, call), name)
  if (found !== null) return found
  throw new PlanError('PLAN_INVALID', `${file} exports no function ${name}`, {
    hint: 'export the function under this name, or write another one behind the # of the path; then compile the plan again',
  })
}

/** The hash in the address gives a changed file to a process that has loaded it before. */
async function imported(folder: string, { file, sha256: hash }: ModuleCall): Promise<unknown> {
  try {
    return await lazy.module(`${pathToFileURL(resolve(folder, file)).href}?sha256=${hash}`)
  } catch (error) {
    const { name } = error instanceof Error ? error.constructor : { name: 'an error' }
    throw new PlanError('PLAN_INVALID', `${file} cannot be loaded: ${name}`, {
      hint: `node ${file}, run in the folder of the plan file, shows why`,
    })
  }
}

/** An export of an ES module, or a property of what a CommonJS module exports. */
function functionIn(module: unknown, name: string): Awaited<ReturnType<Loader>> | null {
  const named = (from: unknown): unknown =>
    (typeof from === 'object' && from !== null) || typeof from === 'function'
      ? (from as Record<string, unknown>)[name]
      : undefined
  const own = (module as Record<string, unknown>)['default']
  const found = [named(module), named(own)].find((one) => typeof one === 'function')
  return (found as Awaited<ReturnType<Loader>> | undefined) ?? null
}
