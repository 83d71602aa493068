import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { inject, type RunnerTestCase, type RunnerTestFile, type RunnerTestSuite, TestRunner } from 'vitest'
import { fullName, order, shareOf, type Told } from './draw.ts'
import { lastRuns, lines } from './records.ts'

/** All that the runners of one run share. */
export type Budget = {
  /** Milliseconds of one worker, for all files together. */
  readonly ms: number
  /** Where files tell each other what they use. */
  readonly told: string
  /** Where it is kept when each test was last run. */
  readonly record: string
}

declare module 'vitest' {
  interface ProvidedContext {
    /** null: every test runs, in the order of the file. */
    budget: Budget | null
  }
}

/** Runs the tests of a file in the order of `order`, until the share of the file is used up. */
export default class DrawingRunner extends TestRunner {
  readonly #budget = inject('budget')
  #until = Number.POSITIVE_INFINITY

  onCollected(files: RunnerTestFile[]): void {
    if (this.#budget === null) return
    const runs = lastRuns(this.#budget.record)
    for (const file of files) order(file.tasks, runs, inject('seed'), file.name)
  }

  override async onBeforeRunSuite(suite: RunnerTestSuite): Promise<void> {
    if (this.#budget !== null && suite.file === suite) this.#begin(this.#budget, suite.file)
    if (this.#isOver() && suite.mode === 'run') skip(suite)
    await super.onBeforeRunSuite(suite)
  }

  override async onAfterRunSuite(suite: RunnerTestSuite): Promise<void> {
    await super.onAfterRunSuite(suite)
    if (this.#budget === null || suite.file !== suite) return
    tell(this.#budget, { file: suite.file.name, used: performance.now() - this.#began })
  }

  override async onBeforeRunTask(test: RunnerTestCase): Promise<void> {
    if (this.#isOver() && test.mode === 'run') skip(test)
    await super.onBeforeRunTask(test)
  }

  override onAfterRunTask(test: RunnerTestCase): void {
    super.onAfterRunTask(test)
    if (this.#budget === null || test.result?.state !== 'pass') return
    mkdirSync(dirname(this.#budget.record), { recursive: true })
    appendFileSync(this.#budget.record, `${JSON.stringify({ name: nameOf(test), at: Date.now() })}\n`)
  }

  #began = 0

  #begin(budget: Budget, file: RunnerTestFile): void {
    const share = shareOf(budget.ms, lines<Told>(budget.told))
    tell(budget, { file: file.name, share })
    this.#began = performance.now()
    this.#until = this.#began + share
  }

  #isOver(): boolean {
    return performance.now() >= this.#until
  }
}

const tell = (budget: Budget, told: Told): void => appendFileSync(budget.told, `${JSON.stringify(told)}\n`)

function skip(task: RunnerTestCase | RunnerTestSuite): void {
  task.mode = 'skip'
  if (task.type !== 'suite') return
  for (const child of task.tasks) if (child.mode === 'run') skip(child as RunnerTestCase | RunnerTestSuite)
}

/** As `order` names it. */
const nameOf = (task: RunnerTestCase | RunnerTestSuite): string =>
  task.suite === undefined ? fullName(task.file.name, task.name) : fullName(nameOf(task.suite), task.name)
