import { describe, expect, it } from 'vitest'
import { migrationScriptOf } from '../../src/dialects/scripts.ts'
import { filesOf } from '../../src/export/files.ts'
import { releaseOf } from '../../src/export/release.ts'
import { piecesOf, type Tool } from '../../src/export/tool.ts'
import { TOOL_NAMES, toolFor } from '../../src/export/tools.ts'
import { PHASES } from '../../src/program/step.ts'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import { REFUSED, snapshotOn } from '../support/gallery.ts'
import { compiled, galleryNames, galleryText } from '../support/programs.ts'

const { sql: plans } = galleryNames()

const servers = [
  ['postgres-18', 180004],
  ['mysql-9', 90704],
  ['mariadb-10.11', 101118],
] as const

/** The stamp of the first file; those that follow count on. */
const FIRST = 20261201093000

/** All files of a plan for a tool, and the steps that have none. */
function exportedTo(tool: Tool, text: string, on: Snapshot) {
  const program = compiled(text, on)
  const script = migrationScriptOf(program)
  if (script === null) throw new Error(`${on.dialect} has no files`)
  const { migrations, left } = releaseOf(program, script, {
    ...{ ledger: 'plan', phases: PHASES, inline: false, hold: 0 },
    guarded: tool.unguarded !== true,
    apart: tool.skips === true,
  })
  const pieces = migrations.flatMap((migration) => piecesOf(tool, migration, script.nothing))
  const style = { modules: false, typescript: false }
  const files = pieces.flatMap((piece, index) =>
    filesOf({ tool, script, program, own: null }, piece, { stamp: String(FIRST + index), style }),
  )
  return { files, left }
}

const fits = (tool: string, dialect: string): Tool | null => {
  try {
    return toolFor(tool, dialect)
  } catch {
    return null
  }
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
      const shown = files.map((file) => `======== ${file.path}\n${file.text}`).join('\n')
      await expect(shown).toMatchFileSnapshot(`golden/${server}/${name}.txt`)
    },
  )

  it('every plan of the gallery becomes files of every tool, or a step says why it has none', async () => {
    const lines = fitting.flatMap((plan) => {
      const on = snapshotOn(server, number, plan)
      const of = tools.map((tool) => {
        const { files, left } = exportedTo(tool, galleryText(plan), on)
        return `${tool.name} ${files.length}${left.length > 0 ? ` (not ${left.map(({ id }) => id).join(', ')})` : ''}`
      })
      const same = [...new Set(of.map((one) => one.replace(/^\S+ /, '')))]
      return same.length === 1 ? [`${plan}: ${same[0]} for each tool`] : [`${plan}: ${of.join(' · ')}`]
    })
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`golden/${server}/gallery.txt`)
  })
})
