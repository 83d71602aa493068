import type { Command } from 'commander'
import { PlanError } from '../../errors.ts'
import { type Compiled, compile } from '../../operations/compile.ts'
import type { Io } from '../io.ts'
import { lazy } from '../lazy.ts'
import { type Connecting, connecting, placeOf, quietly } from './shared.ts'

type Options = Connecting & {
  readonly snapshot?: string
  readonly out?: string
  readonly stdout?: true
  readonly check?: true
}

/** `plan compile`: compiles a program for review and writes it beside the plan file. */
export const compileCommand = (io: Io): Command =>
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
      for (const one of compiled) await print(io, options, one)
    })

async function print(io: Io, options: Options, one: Compiled): Promise<void> {
  if (options.stdout) io.out(json(one.program))
  else if (options.check) refuseDiffering(one)
  else io.out(options.json ? json(documentOf(one)) : await textOf(io, one))
}

function refuseDiffering({ folder, source, differing }: Compiled): void {
  if (differing.length === 0) return
  throw new PlanError('PLAN_STALE', `${folder} is not what ${source} compiles to: ${differing.join(', ')}`, {
    hint: `plan compile ${source}`,
  })
}

const documentOf = ({ plan, program, folder, files, warnings }: Compiled) => ({
  format_version: '1.0',
  plan,
  fingerprint: program.fingerprint,
  folder,
  files: Object.keys(files),
  warnings,
})

async function textOf(io: Io, { program, folder, files, production }: Compiled): Promise<string> {
  const { programText } = await lazy.program()
  const text = programText(program, { color: io.color, width: io.width }, production)
  return `${text}\nwritten to ${folder}: ${Object.keys(files).join(', ')}\n`
}

const json = (data: unknown): string => `${JSON.stringify(data, null, 2)}\n`
