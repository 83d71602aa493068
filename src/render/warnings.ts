import type { Program } from '../program/program.ts'
import { formatDuration } from '../text/duration.ts'

/** What is to be known before the plan is begun, here or where nothing is known of the environment. */
export const warningsOf = (program: Program, production: boolean): readonly string[] => [
  ...program.warnings,
  ...(production || program.retires.length === 0 || program.holdInProduction === undefined
    ? []
    : [
        `the plan does not say how long the retired shape is kept (contract.hold): 0s here, so it is dropped as soon as contract goes on, and ${formatDuration(program.holdInProduction)} in an environment with production: true`,
      ]),
]
