import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import type { Tool } from '../../src/export/tool.ts'
import { TOOL_NAMES, toolFor } from '../../src/export/tools.ts'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import { documents } from '../support/collections.ts'
import { exportedTo, shown } from '../support/exported-files.ts'
import { REFUSED, snapshotOn } from '../support/gallery.ts'
import { COLLECTIONS } from '../support/gallery-documents.ts'
import { galleryNames, galleryText } from '../support/programs.ts'

const { sql: plans } = galleryNames()

const servers = [
  ['postgres-18', 180004],
  ['mysql-9', 90704],
  ['mariadb-10.11', 101118],
] as const

const fits = (tool: string, dialect: string): Tool | null => {
  try {
    return toolFor(tool, dialect)
  } catch {
    return null
  }
}

/** How many files each tool gets of a plan, and of which steps none. */
function line(tools: readonly Tool[], plan: string, on: Snapshot): string {
  const of = tools.map((tool) => {
    const { files, left } = exportedTo(tool, galleryText(plan), on)
    return `${tool.name} ${files.length}${left.length > 0 ? ` (not ${left.map(({ id }) => id).join(', ')})` : ''}`
  })
  const same = [...new Set(of.map((one) => one.replace(/^\S+ /, '')))]
  return same.length === 1 ? `${plan}: ${same[0]} for each tool` : `${plan}: ${of.join(' · ')}`
}

describe.each(servers)('on %s', (server, number) => {
  const [dialect = ''] = server.split('-')
  const tools = TOOL_NAMES.flatMap((name) => fits(name, dialect) ?? [])
  const refused = { ...REFUSED[dialect], ...REFUSED[server] }
  const fitting = plans.filter((plan) => refused[plan] === undefined)

  it.each(tools.map((tool) => [tool.name, tool] as const))(
    '%s gets these files for an index',
    async (name, tool) => {
      const text = galleryText('add-index')
      const { files } = exportedTo(tool, text, snapshotOn(server, number, 'add-index'))
      await expect(shown(files)).toMatchFileSnapshot(`golden/${server}/${name}.txt`)
    },
  )

  it('every plan of the gallery becomes files of every tool, or a step says why it has none', async () => {
    const lines = fitting.map((plan) => line(tools, plan, snapshotOn(server, number, plan)))
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`golden/${server}/gallery.txt`)
  })
})

describe('on mongodb-8', () => {
  const { documents: plans } = galleryNames()
  const tools = TOOL_NAMES.flatMap((name) => fits(name, 'mongodb') ?? [])
  const on = documents(COLLECTIONS)

  it.each(tools.map((tool) => [tool.name, tool] as const))(
    '%s gets these files for a validator, and for an index',
    async (name, tool) => {
      const of = ['mongo-set-validator', 'mongo-add-index'].flatMap(
        (plan) => exportedTo(tool, galleryText(plan), on).files,
      )
      await expect(shown(of)).toMatchFileSnapshot(`golden/mongodb-8/${name}.txt`)
    },
  )

  it('every plan of the gallery becomes files of every tool, or a step says why it has none', async () => {
    const lines = plans.map((plan) => line(tools, plan, on))
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/mongodb-8/gallery.txt')
  })

  it.each(plans)('%s becomes JavaScript that can be read, however a project writes it', (plan) => {
    for (const tool of tools)
      for (const as of [{}, { modules: true }, { typescript: true }, { inline: true }])
        for (const { path, text } of exportedTo(tool, galleryText(plan), on, as).files) {
          const { diagnostics = [] } = ts.transpileModule(text, {
            reportDiagnostics: true,
            fileName: path,
            compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
          })
          expect(
            diagnostics.map(({ messageText }) => messageText),
            path,
          ).toEqual([])
        }
  })

  it('a value of a type that JSON lacks, and a name that is no plain name, arrive as they are', () => {
    const text = `version: 1
name: odd
intents:
  - add_field:
      collection: users
      field: since
      fill: { literal: { $date: "2024-01-31T00:00:00Z" } }
  - add_field: { collection: users, field: points, fill: { literal: { $numberLong: "9007199254740993" } } }
`
    const [tool] = tools
    if (tool === undefined) throw new Error('there is no tool')
    const all = exportedTo(tool, text, on, { inline: true })
      .files.map((file) => file.text)
      .join('\n')
    expect(all).toContain("bson({ $date: '2024-01-31T00:00:00Z' })")
    expect(all).toContain("bson({ $numberLong: '9007199254740993' })")
    expect(all).toContain("const { BSON } = require('mongodb')")
  })
})
