import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { TOOL_NAMES } from '../../src/export/tools.ts'
import { REAL_TOOLS } from '../support/migration-tool-projects.ts'

const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as { version: string }).version

const KINDS = { postgres: 'PostgreSQL', mysql: 'MySQL, MariaDB' } as const

/** What `real-tools.test.ts` does with each tool. */
const table = (): string => {
  const head =
    '| tool | version tried | databases | applied by the tool | stops at a question | builds an empty database | goes back | `plan adopt` |'
  const rows = REAL_TOOLS.map(
    ({ name, shown, package: from, kinds }) =>
      `| ${shown} (\`--to ${name}\`) | ${versionOf(from)} | ${kinds.map((kind) => KINDS[kind]).join(', ')} | ✓ | ✓ | ✓ | ✓ | ✓ |`,
  )
  return [head, `|${' --- |'.repeat(8)}`, ...rows].join('\n')
}

it('every tool that files are written for is tried, or said to be tried by its files alone', () => {
  const tried = REAL_TOOLS.map(({ name }) => name)
  expect(TOOL_NAMES.filter((name) => !tried.includes(name))).toEqual([])
})

it('the README has the table of tools, with the versions that are tried', () => {
  expect(readFileSync('README.md', 'utf8')).toContain(table())
})
