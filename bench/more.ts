import { join } from 'node:path'
import { verifyNow } from '../src/execution/verify.ts'
import { connect } from '../src/index.ts'
import { openStore } from '../src/ledger/open.ts'
import { median, medianOf, TIMES, timed } from './measure.ts'
import { ms, other, ratio } from './screen.ts'
import { bare, PLAN, plan } from './tool.ts'

/** What does not depend on the rows. `url`: a database with the table, without anything of the tool. */
export async function commands(url: string, cwd: string, wants: (name: string) => boolean): Promise<void> {
  if (wants('startup')) {
    const started = await medianOf(() => bare(cwd, ['--version']))
    const node = await medianOf(() => bare(cwd, null))
    other(`plan --version (node alone ${ms(node)})`, ms(started), '≤ 150 ms')
  }
  if (wants('compile')) other('plan compile, from a file', ms(await offlineCompile(url, cwd)), '≤ 400 ms')
}

async function offlineCompile(url: string, cwd: string): Promise<number> {
  const snapshot = join(cwd, 'snapshot.json')
  await plan(cwd, url, ['snapshot', '--out', snapshot])
  return medianOf(() => bare(cwd, ['compile', '--snapshot', snapshot, '--stdout', `plans/${PLAN}.yaml`]))
}

/** A proof of all rows next to one scan of the same table, both within an open connection. */
export async function verify(url: string, scan: () => Promise<unknown>): Promise<void> {
  const engine = await connect({ url })
  try {
    const progress = await (await openStore(engine.session, engine.ledgerBackend, 'plan')).progress(PLAN)
    if (!progress) throw new Error('the plan is not in the ledger')
    const proofs: number[] = []
    const scans: number[] = []
    for (let time = 0; time < TIMES; time++) {
      scans.push(await timed(scan))
      proofs.push(await timed(() => verifyNow(engine, progress.plan.program)))
    }
    const [proof, one] = [median(proofs), median(scans)]
    other(`full verify (${ms(proof)}), next to one scan (${ms(one)})`, ratio(proof / one), '≤ 2 ×')
  } finally {
    await engine.session.close()
  }
}
