import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const PLAN = 'rename-last-name'

const RENAME = 'rename_column: { table: users, from: last_name, to: family_name }'

/** How the tool's own plan goes; full speed and one worker where nothing is said. */
type Pace = {
  readonly duty?: number
  /** Milliseconds a batch should take. */
  readonly target?: number
  readonly workers?: number
  readonly intent?: string
}

/** No invariants but the tool's own. */
const planText = ({ duty = 1, target = 250, workers = 1, intent = RENAME }: Pace): string => `version: 1
name: ${PLAN}
intents:
  - ${intent}
backfill:
  workers: ${workers}
  batch: { target: ${target}ms }
  throttle: { duty: ${duty} }
`

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** The process itself says now and then how much memory it has, and at its end how much it had at most. */
const TELLING = `data:text/javascript,${encodeURIComponent(`
  setInterval(() => console.error('rss ' + process.memoryUsage.rss()), 200).unref()
  process.on('exit', () => console.error('peak ' + process.resourceUsage().maxRSS))
`)}`

/** Bytes of memory at a moment. */
export type Sample = { readonly rss: number; readonly at: number }

/** One line that the command printed, and when. */
type Line = { readonly text: string; readonly at: number }
type Ran = {
  readonly lines: readonly Line[]
  readonly ms: number
  /** Bytes of memory at most. */
  readonly peak: number
  readonly memory: readonly Sample[]
}

/** A folder with the plan in it, to run commands in; with a name and a text another plan as well. */
export function workplace(
  folder: string,
  pace: Pace = {},
  more: Readonly<Record<string, string>> = {},
): string {
  mkdirSync(join(folder, 'plans'), { recursive: true })
  const plans = { [PLAN]: planText(pace), ...more }
  for (const [name, text] of Object.entries(plans)) writeFileSync(join(folder, 'plans', `${name}.yaml`), text)
  return folder
}

/** Runs the built command as a shell would. */
export async function plan(cwd: string, url: string | null, words: readonly string[]): Promise<Ran> {
  const started = performance.now()
  const child = spawn(process.execPath, ['--import', TELLING, MAIN, ...words], {
    cwd,
    env: { ...process.env, ...(url !== null && { PLAN_DATABASE_URL: url }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: Line[] = []
  let said = ''
  createInterface({ input: child.stdout }).on('line', (text) => lines.push({ text, at: performance.now() }))
  const memory: Sample[] = []
  createInterface({ input: child.stderr }).on('line', (text) => {
    const rss = /^rss (\d+)$/.exec(text)?.[1]
    if (rss === undefined) said += `${text}\n`
    else memory.push({ rss: Number(rss), at: performance.now() })
  })
  const exit = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const ms = performance.now() - started
  if (exit !== 0) throw new Error(`plan ${words.join(' ')} ended with ${exit}: ${said}`)
  return { lines, ms, peak: Number(/^peak (\d+)$/m.exec(said)?.[1]) * 1024, memory }
}

/** The tool's column and trigger in a database, and its ledger. */
export const expand = (cwd: string, url: string, name = PLAN): Promise<Ran> =>
  plan(cwd, url, ['advance', name, '--phase', 'expand'])

/** Somebody says that the deploy is done which the backfill waits for, where there is one. */
export const confirm = (cwd: string, url: string, checkpoint: string): Promise<Ran> =>
  plan(cwd, url, ['confirm', checkpoint, '--plan', PLAN, '--by', 'bench'])

/** How long a plain run takes, from start to end; with no words that of Node alone. */
export const bare = (cwd: string, words: readonly string[] | null): Promise<number> =>
  new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(process.execPath, words ? [MAIN, ...words] : ['-e', '0'], { cwd, stdio: 'ignore' })
    child.once('error', reject)
    child.once('close', (exit) =>
      exit === 0
        ? resolve(performance.now() - started)
        : reject(new Error(`${words?.[0]} ended with ${exit}`)),
    )
  })

type Backfilled = {
  readonly ms: number
  readonly peak: number
  readonly batches: number
  /** While it went on. */
  readonly memory: readonly Sample[]
}

/** The backfill, from its first statement to its last; not the start of the process. */
export async function backfill(cwd: string, url: string): Promise<Backfilled> {
  const { events, from, to, peak, memory } = await phase(cwd, url, 'backfill')
  const last = events.findLast((one) => one['event'] === 'progress')
  return {
    ms: to - from,
    peak,
    batches: Number(last?.['batches']),
    memory: memory.filter(({ at }) => at >= from && at <= to),
  }
}

/** The steps after the backfill, milliseconds. */
export async function enforce(cwd: string, url: string): Promise<number> {
  const { from, to } = await phase(cwd, url, 'enforce')
  return to - from
}

/** From the first statement of a phase to its last. */
async function phase(cwd: string, url: string, name: string) {
  const { lines, peak, memory } = await plan(cwd, url, ['advance', PLAN, '--phase', name, '--json'])
  const events = lines.map(({ text, at }): Record<string, unknown> & { at: number } => ({
    ...JSON.parse(text),
    at,
  }))
  const steps = events.filter((one) => one['event'] === 'step')
  const from = steps.find((one) => one['state'] === 'started')
  const to = steps.findLast((one) => one['state'] === 'done')
  if (!from || !to) throw new Error(`${name} did not say when it started and ended`)
  return { events, from: from.at, to: to.at, peak, memory }
}
