import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Folder } from '../../src/export/tool.ts'
import { toolFor } from '../../src/export/tools.ts'
import { exportedTo, shown } from '../support/exported-files.ts'
import { snapshotOn } from '../support/gallery.ts'
import { drizzleFolder } from '../support/migration-tool-projects.ts'
import { galleryText } from '../support/programs.ts'

const servers = [
  ['postgres-18', 180004, 'postgresql'],
  ['mysql-9', 90704, 'mysql'],
] as const

const PLAN = 'rename-last-name'

/** A folder with these files, by their paths in it. */
const folderOf = (files: Readonly<Record<string, string>>): Folder => ({
  shown: 'drizzle',
  entries: [...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? path))].sort(),
  text: (path) => files[path] ?? null,
})

describe.each(servers)('a column that is renamed on %s', (server, number, dialect) => {
  const on = snapshotOn(server, number, PLAN)
  const text = galleryText(PLAN)

  it.each(['prisma', 'flyway', 'liquibase'])('is these files of %s', async (name) => {
    const { files } = exportedTo(toolFor(name, on.dialect), text, on)
    await expect(shown(files)).toMatchFileSnapshot(`golden/${server}/${PLAN}.${name}.txt`)
  })

  it('is these files of drizzle before 1.0, which its journal lists', async () => {
    const begun = Object.entries(drizzleFolder(dialect)).map(
      ([path, one]) => [path.replace('drizzle/', ''), one] as const,
    )
    const folder = folderOf(Object.fromEntries(begun))
    const plain = toolFor('drizzle', on.dialect)
    const tool = plain.within?.(folder) ?? plain
    const { files } = exportedTo(tool, text, on, { first: 1 })
    const lists = tool.record?.with(
      folder,
      files.map(({ path }, index) => ({ path, at: new Date(Date.UTC(2026, 11, 1, 9, 30, index)) })),
    )
    await expect(shown([...files, ...(lists ?? [])])).toMatchFileSnapshot(
      `golden/${server}/${PLAN}.drizzle.txt`,
    )
  })
})

/** What Flyway keeps of a file in its history: the CRC-32 of its lines without their ends, as a signed number. */
const checksumOf = (text: string): number =>
  text.split(/\r\n|\r|\n/).reduce((sum, line) => crc32(line, sum), 0) | 0

describe("Flyway's checksum of a file", () => {
  it('is that of its lines', () => {
    expect(checksumOf('hello\n')).toBe(907060870)
    expect(checksumOf('hel\r\nlo')).toBe(907060870)
  })

  it('is the same when the same is exported again, whatever the time in its name', () => {
    const on = snapshotOn('postgres-18', 180004, PLAN)
    const checksums = (first: number) =>
      exportedTo(toolFor('flyway', on.dialect), galleryText(PLAN), on, { first }).files.map(({ text }) =>
        checksumOf(text),
      )
    expect(checksums(20270101000000)).toEqual(checksums(20261201093000))
  })

  it('does not change when a checkout ends lines in another way', () => {
    const on = snapshotOn('mysql-9', 90704, PLAN)
    for (const { text } of exportedTo(toolFor('flyway', on.dialect), galleryText(PLAN), on).files)
      expect(checksumOf(text.replaceAll('\n', '\r\n'))).toBe(checksumOf(text))
  })
})

describe('the folder of Drizzle', () => {
  const drizzle = toolFor('drizzle', 'postgres')
  const journal = (entries: readonly object[]) => ({
    'meta/_journal.json': JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
    'meta/0000_snapshot.json': JSON.stringify({ id: 'a', prevId: '0', version: '7' }),
  })
  const added = { path: '0001_ours.sql', at: new Date(5000) }

  it('needs a first migration of its own: others build upon that', () => {
    for (const files of [{}, journal([])]) {
      const folder = folderOf(files)
      expect(() => (drizzle.within?.(folder) ?? drizzle).record?.with(folder, [added])).toThrow(
        expect.objectContaining({
          code: 'PLAN_USAGE',
          hint: expect.stringContaining('drizzle-kit generate'),
        }),
      )
    }
  })

  it('is refused when its files have no number, or its journal cannot be read', () => {
    const odd = folderOf(journal([{ idx: 0, version: '7', when: 1, tag: 'init', breakpoints: true }]))
    expect(() => drizzle.within?.(odd)).toThrow(expect.objectContaining({ code: 'PLAN_UNSUPPORTED' }))
    expect(() => drizzle.within?.(folderOf({ 'meta/_journal.json': '{' }))).toThrow(
      expect.objectContaining({ code: 'PLAN_USAGE', message: expect.stringContaining('meta/_journal.json') }),
    )
  })

  it('may have times in its names instead of numbers', () => {
    const folder = folderOf(
      journal([{ idx: 0, version: '7', when: 1, tag: '20260101000000_init', breakpoints: true }]),
    )
    const tool = drizzle.within?.(folder)
    expect(tool?.stamp).toBe('seconds')
    expect(
      tool?.path({ stamp: '20260102000000', name: 'x', style: { modules: false, typescript: false } }),
    ).toBe('20260102000000_x.sql')
  })

  it('is left as it is once it lists what was exported', () => {
    const entries = [
      { idx: 0, version: '7', when: 1, tag: '0000_init', breakpoints: true },
      { idx: 1, version: '7', when: 2, tag: '0001_ours', breakpoints: true },
    ]
    const folder = folderOf(journal(entries))
    const { record } = drizzle.within?.(folder) ?? drizzle
    expect(record?.with(folder, [added])).toEqual([])
    expect(record?.read?.(folder)).toEqual({ newest: new Date(2), next: 2 })
  })
})
