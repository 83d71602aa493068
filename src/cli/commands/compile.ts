import type { Command } from 'commander'
import { PlanError } from '../../errors.ts'
import { type Compiled, compile } from '../../operations/compile.ts'
import type { Shell } from '../io.ts'
import { lazy } from '../lazy.ts'
import { type Connecting, connecting, placeOf, quietly } from './shared.ts'

type Options = Connecting & {
  readonly snapshot?: string
  readonly out?: string
  readonly stdout?: true
  readonly check?: true
}

/** `plan compile`: compiles a program for review and writes it beside the plan file. */
export const compileCommand = (io: Shell): Command =>
  connecting('compile', 'compile plans into reviewable programs, and write them beside the plan files')
    .argument('<file...>', 'plan files')
    .option('--snapshot <file>', 'compile offline, from a file that plan snapshot wrote')
    .option('--out <folder>', 'write the compiled folder here instead of beside the plan file')
    .option('--stdout', 'print the program as JSON and write nothing')
    .option('--check', 'write nothing; exit 5 when what is on disk differs')
    .action(async (files: string[], options: Options) => {
      const { snapshot, out } = options
      const disk = options.stdout ? 'none' : options.check ? 'check' : 'write'
      const compiled = await compile({ ...placeOf(options), files, snapshot, out, disk }, quietly(io))
      await print(io, options, compiled)
      for (const one of compiled) refuseDiffering(one)
    })

async function print(io: Shell, options: Options, compiled: readonly Compiled[]): Promise<void> {
  if (options.stdout) for (const { program } of compiled) io.out(json(program))
  else if (options.json) io.said.document = await bodyOf(io, compiled, options.check === true)
  else if (!options.check) for (const one of compiled) io.out(await textOf(io, one))
}

function refuseDiffering({ folder, source, differing }: Compiled): void {
  if (differing.length === 0) return
  throw new PlanError('PLAN_STALE', `${folder} is not what ${source} compiles to: ${differing.join(', ')}`, {
    hint: `plan compile ${source}`,
  })
}

/** One plan is the document itself; several stand in a list. */
async function bodyOf(io: Shell, compiled: readonly Compiled[], checked: boolean): Promise<object> {
  const { programJson } = await lazy.programJson()
  const bodies = compiled.map(({ plan, program, folder, files, warnings, differing }) => ({
    plan,
    ...programJson(program),
    folder,
    files: Object.keys(files),
    warnings,
    ...(checked && { differing }),
  }))
  const [only, ...others] = bodies
  if (only === undefined || others.length > 0) return { plans: bodies }
  io.said.plan = only.plan
  return only
}

async function textOf(io: Shell, { program, folder, files, production }: Compiled): Promise<string> {
  const { programText } = await lazy.program()
  const text = programText(program, { color: io.color, width: io.width }, production)
  return `${text}\nwritten to ${folder}: ${Object.keys(files).join(', ')}\n`
}

const json = (data: unknown): string => `${JSON.stringify(data, null, 2)}\n`
