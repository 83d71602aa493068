import type { Engine } from '../dialects/interface/engine.ts'
import { PlanError } from '../errors.ts'
import type { Program } from '../program/program.ts'
import type { Step } from '../program/step.ts'
import { wordsOf } from '../program/words.ts'
import { counted } from '../text/words.ts'
import { type Runner, writing } from './context.ts'
import { type Finding, prove } from './prove.ts'
import { interruptible } from './retry.ts'

/** The verify steps of a program. A plan without them has nothing to prove. */
const stepsOf = (program: Program) => program.phases.find(({ phase }) => phase === 'verify')?.steps ?? []

/** Checks every invariant now and writes nothing. */
export async function verifyNow(engine: Engine, program: Program): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const step of stepsOf(program)) findings.push(...(await prove(engine, step)))
  const sample: string[] = []
  for (const { table } of program.watch) sample.push(...(await engine.deserted(table)))
  if (sample.length > 0)
    findings.push({ name: 'sync-works', holds: false, violations: sample.length, checked: null, sample })
  return findings
}

/** Checks every invariant, stores the evidence in the ledger, and throws when one does not hold. */
export async function runVerify(runner: Runner, program: Program): Promise<void> {
  const broken: Finding[] = []
  for (const step of stepsOf(program)) broken.push(...(await runProof(runner, program, step)))
  const { row } = wordsOf(program)
  if (broken.length > 0)
    throw new PlanError('PLAN_INVARIANT', broken.map((one) => sentence(one, row)).join('; '), {
      hint: `nothing was dropped; fix these ${row}s${byHand(program)}, then advance again, or roll back`,
    })
}

/** Checks what one step proves, stores the evidence, and gives what does not hold. */
export async function runProof(runner: Runner, program: Program, step: Step): Promise<readonly Finding[]> {
  const said = (one: Finding) => sentence(one, wordsOf(program).row)
  runner.report({ event: 'step', step: step.id, title: step.title, state: 'started' })
  await writing(runner, (ledger) => ledger.step(step.id, { state: 'running' }))
  const found = await interruptible(runner, () => prove(runner.engine, step))
  const bad = found.filter(({ holds }) => !holds)
  await writing(runner, async (ledger) => {
    for (const one of found) await ledger.invariant(one)
    const brief = found.map(({ name, holds, violations, checked }) => ({
      name,
      holds,
      violations,
      checked,
    }))
    await ledger.event('invariants checked', { step: step.id, invariants: brief })
    await ledger.step(
      step.id,
      bad.length === 0 ? { state: 'done' } : { state: 'failed', error: bad.map(said).join('; ') },
    )
  })
  for (const one of found) runner.report({ event: 'invariant', found: one })
  if (bad.length === 0) runner.report({ event: 'step', step: step.id, title: step.title, state: 'done' })
  return bad
}

/** Without triggers nobody but the application's owner knows which side was written last. */
const byHand = ({ checkpoints }: Program): string =>
  checkpoints.some(({ before }) => before === 'retire')
    ? ' (no trigger knows which side is right: a version that writes one of them alone is still running; look which, and overwrite the other side)'
    : ''

/** One finding for people, about rows or documents. The sample holds keys of rows, or what is wrong in the catalogue. */
export const sentence = ({ name, violations, checked, sample }: Finding, row: string): string => {
  const of = checked === null ? '' : ` of ${counted(checked, row)}`
  return `${name} does not hold: ${violations.toLocaleString('en')}${of} (${sample.join(' | ')})`
}
