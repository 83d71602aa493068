import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { TOOL_NAMES } from '../../src/export/tools.ts'
import { drizzleNext, drizzleNow, liquibase, prisma } from '../support/heavy-tool-projects.ts'
import { REAL_TOOLS } from '../support/migration-tool-projects.ts'
import type { RealTool } from '../support/migration-tools.ts'
import { MONGO_TOOLS } from '../support/mongo-tool-projects.ts'

const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as { version: string }).version

const KINDS = { postgres: 'PostgreSQL', mysql: 'MySQL, MariaDB' } as const

/** What a deep run fetches. */
const FETCHED = [drizzleNow, drizzleNext, prisma, liquibase]

/** Tools that cannot be had here. */
const ONLY_FILES = ['flyway']

const row = (
  { name, shown, kinds, down, stops = '✓' }: Pick<RealTool, 'name' | 'shown' | 'kinds' | 'down' | 'stops'>,
  version: string | undefined,
): string => {
  const databases = kinds.map((kind) => KINDS[kind]).join(', ')
  return `| ${shown} (\`--to ${name}\`) | ${version} | ${databases} | ✓ | ${stops} | ✓ | ${down === null ? 'by `plan rollback`' : '✓'} | ✓ |`
}

/** What `real-tools.test.ts`, `heavy-tools.test.ts` and `mongo-tools.test.ts` do with each tool. */
const table = (): string => {
  const head =
    '| tool | version tried | databases | applied by the tool | stops at a question | builds an empty database | goes back | `plan adopt` |'
  const rows = [
    ...REAL_TOOLS.map((tool) => row(tool, versionOf(tool.package))),
    ...FETCHED.map((tool) => row(tool, tool.packages[tool.package])),
    ...MONGO_TOOLS.map(
      ({ name, shown, version }) =>
        `| ${shown} (\`--to ${name}\`) | ${version ?? versionOf(name)} | MongoDB | ✓ | ✓ | ✓ | ✓ | ✓ |`,
    ),
  ]
  return [head, `|${' --- |'.repeat(8)}`, ...new Set(rows)].join('\n')
}

it('every tool that files are written for is tried, or said to be tried by its files alone', () => {
  const tried = [...[...REAL_TOOLS, ...FETCHED, ...MONGO_TOOLS].map(({ name }) => name), ...ONLY_FILES]
  expect(TOOL_NAMES.filter((name) => !tried.includes(name))).toEqual([])
  expect(readFileSync('README.md', 'utf8')).toContain('Flyway (`--to flyway`)')
})

it('the README has the table of tools, with the versions that are tried', () => {
  expect(readFileSync('README.md', 'utf8')).toContain(table())
})
