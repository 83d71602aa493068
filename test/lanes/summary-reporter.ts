import type { Reporter, TestCase, TestModule, TestRunEndReason, TestSuite } from 'vitest/node'
import { DRAWN } from './setup.ts'

/**
 * Names what was skipped, and counts for each file what a budget left no time for. It ends with a line for machines:
 * `N passed, N failed, N skipped`. What broke outside of a test (a hook, an import, an unhandled error) counts as failed.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly unknown[],
    reason: TestRunEndReason,
  ): void {
    const all = modules.map(countsOf)
    const sum = (key: 'passed' | 'failed' | 'skipped' | 'undrawn' | 'tests') =>
      all.reduce((total, one) => total + one[key], 0)
    const failed = sum('failed') + unhandled.length
    for (const { undrawn, tests, name } of all)
      if (undrawn > 0) console.log(`not drawn: ${undrawn} of ${tests} in ${name}`)
    if (sum('undrawn') > 0) console.log(`not drawn: ${sum('undrawn')} of ${sum('tests')} in all`)
    for (const module of modules)
      for (const suite of module.children.allSuites())
        if (skippedOutermost(suite)) console.log(`skipped: ${module.relativeModuleId} > ${suite.fullName}`)
    const least = reason === 'passed' ? 0 : 1
    console.log(`${sum('passed')} passed, ${Math.max(failed, least)} failed, ${sum('skipped')} skipped`)
  }
}

/** What became of the tests of a file. */
function countsOf(module: TestModule) {
  const count = { passed: 0, failed: module.errors().length, skipped: 0, undrawn: 0, tests: 0 }
  for (const suite of module.children.allSuites()) count.failed += suite.errors().length
  for (const test of module.children.allTests()) {
    const { state } = test.result()
    count.tests++
    // `pending`: the run ended before its turn.
    count[isUndrawn(test) ? 'undrawn' : state === 'pending' ? 'skipped' : state]++
  }
  return { ...count, name: module.relativeModuleId }
}

/** Nobody skipped it, and still it never began. */
const isUndrawn = (test: TestCase): boolean =>
  Boolean(process.env['PLAN_BUDGET']) &&
  DRAWN.includes(test.project.name) &&
  ['skipped', 'pending'].includes(test.result().state) &&
  test.options.mode === 'run' &&
  test.diagnostic() === undefined

/** Skipped for a reason of its own, and not within one that was. */
const skippedOutermost = (suite: TestSuite): boolean =>
  suite.state() === 'skipped' &&
  ![...suite.children.allTests()].some(isUndrawn) &&
  (suite.parent.type === 'module' || suite.parent.state() !== 'skipped')
