import type { Program } from '../program/program.ts'
import { formatDuration } from '../text/duration.ts'

/** What to know before the plan begins, in this environment or in an unknown one. */
export const warningsOf = (program: Program, production: boolean): readonly string[] => [
  ...program.warnings,
  ...(production || program.retires.length === 0 || program.holdInProduction === undefined
    ? []
    : [
        `the plan does not say how long the retired shape is kept (contract.hold): 0s here, so it is dropped as soon as contract goes on, and ${formatDuration(program.holdInProduction)} in an environment with production: true`,
      ]),
]
