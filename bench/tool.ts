import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const PLAN = 'rename-last-name'

const RENAME = 'rename_column: { table: users, from: last_name, to: family_name }'

/** Full speed, unless a duty is given, and no invariants but the tool's own. */
const planText = (duty: number, intent: string, workers: number): string => `version: 1
name: ${PLAN}
intents:
  - ${intent}
backfill:
  workers: ${workers}
  throttle: { duty: ${duty} }
`

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** The process itself says at its end how much memory it had at most. */
const AT_END = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => console.error('peak ' + process.resourceUsage().maxRSS))",
)}`

/** One line that the command printed, and when. */
type Line = { readonly text: string; readonly at: number }
type Ran = {
  readonly lines: readonly Line[]
  readonly ms: number
  /** Bytes of memory at most. */
  readonly peak: number
}

/** A folder with the plan in it, to run commands in; with a name and a text another plan as well. */
export function workplace(
  folder: string,
  duty = 1,
  more: Readonly<Record<string, string>> = {},
  intent = RENAME,
  workers = 1,
): string {
  mkdirSync(join(folder, 'plans'), { recursive: true })
  const plans = { [PLAN]: planText(duty, intent, workers), ...more }
  for (const [name, text] of Object.entries(plans)) writeFileSync(join(folder, 'plans', `${name}.yaml`), text)
  return folder
}

/** Runs the built command as a shell would. */
export async function plan(cwd: string, url: string | null, words: readonly string[]): Promise<Ran> {
  const started = performance.now()
  const child = spawn(process.execPath, ['--import', AT_END, MAIN, ...words], {
    cwd,
    env: { ...process.env, ...(url !== null && { PLAN_DATABASE_URL: url }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: Line[] = []
  let said = ''
  createInterface({ input: child.stdout }).on('line', (text) => lines.push({ text, at: performance.now() }))
  child.stderr.on('data', (data) => {
    said += data
  })
  const exit = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const ms = performance.now() - started
  if (exit !== 0) throw new Error(`plan ${words.join(' ')} ended with ${exit}: ${said}`)
  return { lines, ms, peak: Number(/^peak (\d+)$/m.exec(said)?.[1]) * 1024 }
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

type Backfilled = { readonly ms: number; readonly peak: number; readonly batches: number }

/** The backfill, from its first statement to its last; not the start of the process. */
export async function backfill(cwd: string, url: string): Promise<Backfilled> {
  const { lines, peak } = await plan(cwd, url, ['advance', PLAN, '--phase', 'backfill', '--json'])
  const events = lines.map(({ text, at }): Record<string, unknown> & { at: number } => ({
    ...JSON.parse(text),
    at,
  }))
  const step = (state: string) => events.find((one) => one['event'] === 'step' && one['state'] === state)
  const from = step('started')
  const to = step('done')
  if (!from || !to) throw new Error('the backfill did not say when it started and ended')
  const last = events.findLast((one) => one['event'] === 'progress')
  return { ms: to.at - from.at, peak, batches: Number(last?.['batches']) }
}
