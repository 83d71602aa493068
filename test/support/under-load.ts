import { type Folder, plan, planFolder, type Ran } from './cli.ts'
import type { Chance } from './numbers.ts'
import { connect, type Plain, rowsOf, type Traffic, type Version, type Worker, work } from './traffic.ts'

/** How many users there are; each of them with both versions of the application. */
const WORKERS = 3

/** Batches of a few rows, so that there are many, and a confirmed deploy where one is waited for. */
const planText = ({ intents, batch = 8 }: Traffic): string =>
  `version: 1\nname: life\nintents:\n${intents
    .trim()
    .split('\n')
    .map((line) => `  ${line}`)
    .join(
      '\n',
    )}\nbackfill: { batch: { rows: ${batch}, target: 10s, max_rows: ${batch} }, throttle: { duty: 1 } }\ncontract: { hold: 0s }\n`

export type Life = {
  readonly url: string
  readonly traffic: Traffic
  /** Of each worker a row of numbers of its own. */
  readonly chance: (name: string) => Chance
  /** As the plan's config has it. */
  readonly lockTimeout: string
  readonly took?: (ms: number) => void
  /** Called when the workers are at work and the tool has not begun. */
  readonly before?: (workers: readonly Worker[]) => Promise<void>
  /** Called before and after each statement of the tool. */
  readonly faults: (point: string, workers: readonly Worker[]) => void | Promise<void>
}

/** What the tool said along the way. */
export type Lived = { readonly said: string }

/**
 * The whole life of a change while both versions of the application are at work, each as long as it may: the old one until
 * the deploy is confirmed, the new one from when expand is done. Throws when any statement of theirs fails, or a row is not
 * what was written last.
 */
export async function lifeUnderLoad(life: Life): Promise<Lived> {
  const { url, traffic, lockTimeout } = life
  const config = `defaults: { lock_timeout: ${lockTimeout}, retries: 1000 }\n`
  await using folder = await planFolder(planText(traffic), {
    ...traffic.files,
    '../plan.config.yaml': config,
  })
  await using session = await connect(url)
  for (const statement of [...traffic.setup, rowsOf(traffic)]) await session.query(statement)
  const workers: Worker[] = []
  const use = (...versions: Parameters<Worker['use']>[0]) =>
    Promise.all(workers.map((worker) => worker.use(versions)))
  try {
    for (let number = 0; number < WORKERS; number++)
      workers.push(
        await work(traffic, url, life.chance(`worker ${number}`), { number, of: WORKERS }, life.took),
      )
    await life.before?.(workers)
    const run = runner(life, folder, workers)
    await run([0], 'advance', 'life', '--phase', 'expand')
    await use('old', 'fresh')
    await run([0], 'advance', 'life', '--phase', 'verify')
    await use('fresh')
    await agree(session, traffic.old, workers, 'the old version, before its end')
    const last = ['advance', 'life', '--phase', 'contract', '--yes']
    if ((await run([0, 3], ...last)).status === 3) {
      await run([0], 'confirm', 'switch-app', '--by', 'tester')
      await run([0], ...last)
    }
    await agree(session, traffic.fresh, workers, 'the new version, in the end')
    for (const worker of workers) await worker.stop()
    return { said: run.said() }
  } finally {
    await Promise.allSettled(workers.map((worker) => worker.stop()))
  }
}

function runner({ url, faults }: Life, folder: Folder, workers: readonly Worker[]) {
  let said = ''
  const stopped = new AbortController()
  for (const worker of workers) worker.failed.then(() => stopped.abort())
  const run = async (statuses: readonly number[], ...argv: readonly string[]): Promise<Ran> => {
    const ran = await plan({ url }, folder.path, argv, {
      signal: stopped.signal,
      faults: (point) => faults(point, workers),
    })
    said += ran.err
    // What a worker failed with says more than what that made of the run.
    for (const worker of workers) if (worker.ended()) await worker.stop()
    if (!statuses.includes(ran.status))
      throw new Error(`plan ${argv.join(' ')} ended with ${ran.status}\n${ran.err}${ran.out}`)
    return ran
  }
  return Object.assign(run, { said: () => said })
}

/** Stops the workers for the moment of the look: all rows are what was written last, as this version reads them. */
async function agree(
  { query }: Plain,
  { reads, says }: Version,
  workers: readonly Worker[],
  who: string,
): Promise<void> {
  const still = await Promise.all(workers.map((worker) => worker.rest()))
  try {
    const rows = await query(`SELECT id, ${reads} AS said FROM things ORDER BY id`)
    const found = new Map(rows.map(({ id, said }) => [Number(id), String(said)]))
    const wrong: string[] = []
    for (const { wrote } of workers)
      for (const [id, k] of wrote) {
        const expected = k === null ? undefined : says(k)
        if (found.get(id) !== expected)
          wrong.push(`row ${id}: ${found.get(id) ?? 'none'} and not ${expected ?? 'none'}`)
        found.delete(id)
      }
    for (const [id] of found) wrong.push(`row ${id}: nobody wrote it`)
    if (wrong.length > 0)
      throw new Error(`${who}, reads of ${wrong.length} rows: ${wrong.slice(0, 5).join('; ')}`)
  } finally {
    for (const resume of still) resume()
  }
}
