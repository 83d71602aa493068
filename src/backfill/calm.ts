import type { Program } from '../compiler/program.ts'
import type { Step } from '../compiler/step.ts'
import { stopIfAsked } from '../runner/retry.ts'
import type { Runner } from '../runner/runner.ts'
import { throttled } from './pressure.ts'

/** How often a server is asked how it bears the backfill, milliseconds. */
const EVERY = 1_000

/** With more old row versions than these a server slows down for everybody, whatever the plan says. */
const HISTORY = 1_000_000

const asked = new WeakMap<Runner['engine'], number>()

/** Waits until the server and its replicas are within the plan's limits. */
export async function calm(runner: Runner, program: Program, step: Step): Promise<void> {
  const { pressure } = runner.engine
  if (pressure === null || runner.clock() - (asked.get(runner.engine) ?? Number.NEGATIVE_INFINITY) < EVERY)
    return
  const limits = { ...program.backfill.limits, maxHistory: program.backfill.limits.maxHistory ?? HISTORY }
  let said: string | null = null
  for (;;) {
    const reason = throttled(await pressure(limits.maxLag !== null), limits)
    asked.set(runner.engine, runner.clock())
    if (reason !== said) runner.report({ event: 'throttled', step: step.id, reason })
    if (reason === null) return
    said = reason
    await runner.sleep(EVERY, runner.signal)
    stopIfAsked(runner)
  }
}
