import { describe, expect, it } from 'vitest'
import type { Tool } from '../../src/export/tool.ts'
import { TOOL_NAMES, toolFor } from '../../src/export/tools.ts'
import { exportedTo, shown } from '../support/exported-files.ts'
import { REFUSED, snapshotOn } from '../support/gallery.ts'
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
