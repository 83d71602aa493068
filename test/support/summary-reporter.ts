import type { Reporter, TestModule, TestRunEndReason, TestSuite } from 'vitest/node'

/**
 * Names what was skipped and ends with a line for machines: `N passed, N failed, N skipped`. What broke outside
 * of a test (a hook, an import, an unhandled error) counts as failed.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly unknown[],
    reason: TestRunEndReason,
  ): void {
    const count = { passed: 0, failed: unhandled.length, skipped: 0 }
    const skipped: string[] = []
    for (const module of modules) {
      count.failed += module.errors().length
      for (const suite of module.children.allSuites()) {
        count.failed += suite.errors().length
        if (skippedOutermost(suite)) skipped.push(`${module.relativeModuleId} > ${suite.fullName}`)
      }
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        // `pending`: the run ended before its turn.
        count[state === 'pending' ? 'skipped' : state]++
      }
    }
    if (reason !== 'passed') count.failed = Math.max(count.failed, 1)
    for (const name of skipped) console.log(`skipped: ${name}`)
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
  }
}

const skippedOutermost = (suite: TestSuite): boolean =>
  suite.state() === 'skipped' && (suite.parent.type === 'module' || suite.parent.state() !== 'skipped')
