import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { TOOL_NAMES } from '../../src/export/tools.ts'
import { REAL_TOOLS } from '../support/migration-tool-projects.ts'
import { MONGO_TOOLS } from '../support/mongo-tool-projects.ts'

const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as { version: string }).version

const KINDS = { postgres: 'PostgreSQL', mysql: 'MySQL, MariaDB' } as const

/** What `real-tools.test.ts` and `mongo-tools.test.ts` do with each tool. */
const table = (): string => {
  const head =
    '| tool | version tried | databases | applied by the tool | stops at a question | builds an empty database | goes back | `plan adopt` |'
  const row = (shown: string, name: string, version: string, databases: string) =>
    `| ${shown} (\`--to ${name}\`) | ${version} | ${databases} | ✓ | ✓ | ✓ | ✓ | ✓ |`
  const rows = [
    ...REAL_TOOLS.map(({ name, shown, package: from, kinds }) =>
      row(shown, name, versionOf(from), kinds.map((kind) => KINDS[kind]).join(', ')),
    ),
    ...MONGO_TOOLS.map(({ name, shown, version }) => row(shown, name, version ?? versionOf(name), 'MongoDB')),
  ]
  return [head, `|${' --- |'.repeat(8)}`, ...new Set(rows)].join('\n')
}

it('every tool that files are written for is tried, or said to be tried by its files alone', () => {
  const tried = [...REAL_TOOLS, ...MONGO_TOOLS].map(({ name }) => name)
  expect(TOOL_NAMES.filter((name) => !tried.includes(name))).toEqual([])
})

it('the README has the table of tools, with the versions that are tried', () => {
  expect(readFileSync('README.md', 'utf8')).toContain(table())
})
