import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { DrawingSequencer } from './test/lanes/drawing-sequencer.ts'
import { DRAWN } from './test/lanes/setup.ts'
import { limit } from './test/support/limits.ts'

const RUN = './test/lanes/setup.ts'
const SERVERS = './test/support/global-setup.ts'

/** Whatever needs no server: `npm run test:unit`. */
const UNIT = [
  'architecture',
  'backfill',
  'compiler',
  'execution',
  'golden',
  'intents',
  'lanes',
  'plan',
  'program',
  'render',
  'runner',
  'text',
]
const project = (
  name: string,
  include: readonly string[],
  exclude: readonly string[],
  more: NonNullable<TestProjectInlineConfiguration['test']>,
): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name, include: include.map(filesOf), exclude: exclude.map(filesOf), ...more },
})

const filesOf = (folder: string): string => `test/${folder}/**/*.test.ts`

export default defineConfig({
  test: {
    pool: 'forks',
    // A file finds in memory what the file before it has loaded: to load and warm it takes longer than most tests.
    isolate: false,
    // Half of the time a test waits for a server or a process of its own.
    maxWorkers: 3,
    testTimeout: limit(240_000),
    hookTimeout: limit(240_000),
    reporters: ['default', './test/lanes/summary-reporter.ts'],
    sequence: { sequencer: DrawingSequencer },
    projects: [
      project('unit', UNIT, [], { globalSetup: [RUN] }),
      project('conformance', ['**'], [...UNIT, ...DRAWN], { globalSetup: [RUN, SERVERS] }),
      ...DRAWN.map((name) =>
        project(name, [name], [], { globalSetup: [RUN, SERVERS], runner: './test/lanes/drawing-runner.ts' }),
      ),
    ],
  },
})
