import { resolve } from 'node:path'
import { Command, CommanderError } from 'commander'
import { CODES, PlanError } from '../errors.ts'
import { textOf } from '../operations/place/files.ts'
import { headed, type Io, line, type Shell } from './io.ts'
import { lazy } from './lazy.ts'
import { sink } from './sink.ts'

/** Commands that are in the specification and not in this version. */
const NOT_BUILT = 'init new grants completion serve rehearse usage history due sign'.split(' ')

/** What other tools call it. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  apply: 'advance',
  up: 'advance',
  migrate: 'advance',
  start: 'advance',
  run: 'advance',
  deploy: 'advance',
  complete: 'advance --phase contract',
  down: 'rollback',
  undo: 'rollback',
  revert: 'rollback',
  abort: 'rollback',
  cleanup: 'rollback',
  check: 'doctor',
  lint: 'compile --check',
  validate: 'compile --check',
  version: '--version',
}

/** Runs one command line. Returns the exit status and never throws. */
export async function run(argv: readonly string[], outside: Io, version: string): Promise<number> {
  const io = sink(outside)
  const verbose = argv.includes('--verbose')
  try {
    const [first] = argv.filter((word) => !word.startsWith('-'))
    if (first !== undefined && NOT_BUILT.includes(first))
      throw new PlanError('PLAN_NOT_BUILT', `plan ${first} is not built yet`, {
        hint: 'plan --help lists the commands there are',
      })
    if (first !== undefined && Object.hasOwn(ELSEWHERE, first))
      throw new PlanError('PLAN_USAGE', `unknown command '${first}'`, {
        hint: `did you mean plan ${ELSEWHERE[first]}?`,
      })
    const program = await commands(io, version, first, argv)
    await program.parseAsync(argv.length === 0 ? ['--help'] : [...argv], { from: 'user' })
    if (io.said.document) document(io, io.said.document)
    return 0
  } catch (error) {
    return report(io, error, argv.includes('--json'), verbose)
  }
}

/** Each command's module is loaded only for that command, or for the list of all commands. */
const COMMANDS: Readonly<Record<string, (io: Shell) => Promise<Command>>> = {
  compile: async (io) => (await import('./commands/compile.ts')).compileCommand(io),
  explain: async (io) => (await import('./commands/explain.ts')).explainCommand(io),
  advance: async (io) => (await import('./commands/advance.ts')).advanceCommand(io),
  confirm: async (io) => (await import('./commands/confirm.ts')).confirmCommand(io),
  verify: async (io) => (await import('./commands/verify.ts')).verifyCommand(io),
  status: async (io) => (await import('./commands/status.ts')).statusCommand(io),
  export: async (io) => (await import('./commands/export.ts')).exportCommand(io),
  adopt: async (io) => (await import('./commands/adopt.ts')).adoptCommand(io),
  join: async (io) => (await import('./commands/join.ts')).joinCommand(io),
  pause: async (io) => (await import('./commands/steering/pause.ts')).pauseCommand(io),
  resume: async (io) => (await import('./commands/steering/pause.ts')).resumeCommand(io),
  throttle: async (io) => (await import('./commands/steering/throttle.ts')).throttleCommand(io),
  rollback: async (io) => (await import('./commands/rollback.ts')).rollbackCommand(io),
  runbook: async (io) => (await import('./commands/runbook.ts')).runbookCommand(io),
  log: async (io) => (await import('./commands/log.ts')).logCommand(io),
  snapshot: async (io) => (await import('./commands/snapshot.ts')).snapshotCommand(io),
  doctor: async (io) => (await import('./commands/doctor.ts')).doctorCommand(io),
  unlock: async (io) => (await import('./commands/unlock.ts')).unlockCommand(io),
  sync: async (io) => (await import('./commands/sync.ts')).syncCommand(io),
  schema: async (io) => (await import('./commands/schema.ts')).schemaCommand(io),
}

async function commands(
  io: Shell,
  version: string,
  wanted: string | undefined,
  argv: readonly string[],
): Promise<Command> {
  const program = new Command('plan')
    .description(
      'Carry a schema change through a live database in phases that can be reviewed, resumed and undone.',
    )
    .version(version)
    .option('--no-color', 'no colours (also NO_COLOR)')
    .option('--verbose', 'show where an internal error comes from')
    .showHelpAfterError(false)
    .configureOutput({ writeOut: io.out, writeErr: () => {} })
    .exitOverride()
  for (const name of needed(wanted, argv)) {
    const command = await COMMANDS[name]?.(io)
    if (command) program.addCommand(inherit(command, io))
  }
  return program
}

/** Loading every command takes a while. Only help and a mistyped command need them all. */
function needed(wanted: string | undefined, argv: readonly string[]): readonly string[] {
  if (wanted !== undefined && Object.hasOwn(COMMANDS, wanted)) return [wanted]
  return argv.includes('--version') || argv.includes('-V') ? [] : Object.keys(COMMANDS)
}

const inherit = (command: Command, io: Shell): Command =>
  command
    .option('--no-color', 'no colours (also NO_COLOR)')
    .option('--verbose', 'show where an internal error comes from')
    .configureOutput({ writeOut: io.out, writeErr: () => {} })
    .exitOverride()

const document = (io: Shell, body: object): void => io.out(`${JSON.stringify(headed(io, body), null, 2)}\n`)

async function report(io: Shell, error: unknown, json: boolean, verbose: boolean): Promise<number> {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    if (error.code === 'commander.help') return CODES.PLAN_USAGE.exit
    return report(io, usage(error), json, verbose)
  }
  const known =
    error instanceof PlanError
      ? error
      : new PlanError('PLAN_INTERNAL', `internal error${error instanceof Error ? ` (${error.name})` : ''}`, {
          hint: 'run it again with --verbose and report what it says',
        })
  await print(io, known, json)
  if (verbose && error instanceof Error && !(error instanceof PlanError)) io.say(error.stack ?? '')
  return known.exit
}

async function print(io: Shell, known: PlanError, json: boolean): Promise<void> {
  if (!json) {
    const { findingsText } = await lazy.terminal()
    return io.say(findingsText(known.findings, sourceOf(io, known), { color: io.color }).trimEnd())
  }
  const said = (await lazy.json()).findingsJson(known)
  // A command that has something to show and fails says both in one document.
  if (io.said.document) document(io, { ...io.said.document, ...said })
  else line(io, said)
}

/** The text in which the findings' lines are shown. A configuration is never shown: it may hold a password. */
function sourceOf(io: Shell, { at, code }: PlanError): string | undefined {
  const file = at && code !== 'PLAN_CONFIG' && resolve(io.cwd, at.file)
  return file ? (textOf(file) ?? undefined) : undefined
}

const usage = (error: CommanderError): PlanError => {
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n')
  return new PlanError('PLAN_USAGE', message, {
    hint:
      suggestion?.replace(/^\(Did|\)$/g, (end) => (end === ')' ? '' : 'did')) ||
      'plan --help shows how it is used',
  })
}
