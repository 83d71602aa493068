import { join, resolve } from 'node:path'
import { PlanError } from '../../errors.ts'
import { classOf, type Exported, filesOf, stampOf } from '../../export/files.ts'
import type { Piece, Tool, ToolFile } from '../../export/tool.ts'
import type { ToolRow } from '../../ledger/sql/tool-rows.ts'
import { visible } from '../../text/words.ts'
import { near } from '../place/near.ts'
import type { Context } from '../place/outside.ts'
import { readToolFolder, type ToolFolder } from './folder.ts'

/** A file with its place. `path` is from the working directory. */
type Placed = {
  readonly folder: string
  readonly shown: string
  readonly name: string
  readonly path: string
  readonly text: string
}

type Wanted = {
  readonly out?: string | undefined
  readonly layout?: 'staged' | 'pre-post' | undefined
  readonly at?: Date | undefined
}

type MigrationFile = Placed & {
  readonly step: string
  readonly state: 'same' | 'missing' | 'differs'
  /** By which the tool knows that the file was applied; null where that is not known. */
  readonly row: ToolRow | null
}

/** Each file with its place, and whether it is there; and the tool's own lists that have to be written. */
export function toolFiles(
  { cwd }: Pick<Context, 'cwd'>,
  { out, layout, at = new Date() }: Wanted,
  exported: Exported,
  pieces: readonly Piece[],
): { readonly files: readonly MigrationFile[]; readonly lists: readonly Placed[] } {
  const root = resolve(cwd, out ?? exported.tool.folder)
  const top = openFolder(exported.tool, root, near(cwd, root))
  const opened = new Map([['', top]])
  const folderOf = ({ phase }: Piece): Opened => {
    const name = layout !== 'pre-post' ? '' : phase === 'contract' ? 'post-deploy' : 'pre-deploy'
    const known = opened.get(name) ?? openFolder(exported.tool, join(root, name), join(top.shown, name))
    opened.set(name, known)
    return known
  }
  for (const piece of pieces) folderOf(piece)
  const newest = newestOf([...opened.values()], at)
  // The last one has the time of now: what a tool makes a moment later has to come after it.
  let next = Math.max(at.getTime() - 1000 * Math.max(0, pieces.length - 1), newest > 0 ? newest + 1000 : 0)
  const files = pieces.flatMap((piece) => {
    const folder = folderOf(piece)
    const { tool, style, entries } = folder
    const stamp = entries
      .flatMap((entry) => /^V?(\d+)/.exec(entry)?.[1] ?? [])
      .find((one) => entries.includes(tool.path({ stamp: one, name: piece.name, style }).split('/')[0] ?? ''))
    const time = new Date(next)
    const named = stamp ?? stampFor(folder, time)
    const written = filesOf({ ...exported, tool }, piece, { stamp: named, style })
    const [first] = written
    const row =
      (first && tool.row?.({ path: first.path, stamp: named, className: classOf(piece, named) })) ?? null
    if (written[0]) folder.migrations.push({ path: written[0].path, at: time })
    if (stamp === undefined || tool.record) next += 1000
    return written.map((file): MigrationFile => {
      const found = folder.text(file.path)
      const state = found === null ? 'missing' : found === visible(file.text) ? 'same' : 'differs'
      return { ...placed(folder, file), step: piece.id, state, row }
    })
  })
  const lists = [...opened.values()].flatMap((folder) =>
    (folder.tool.record?.with(folder, folder.migrations) ?? []).map((file) => placed(folder, file)),
  )
  return { files, lists }
}

/** A folder, the tool as it is in it, and the migrations that it is to have. */
type Opened = ToolFolder & {
  readonly tool: Tool
  readonly migrations: { readonly path: string; readonly at: Date }[]
  /** The number of the next file, where files have numbers. */
  number: number
}

function openFolder(plain: Tool, path: string, shown: string): Opened {
  const folder = readToolFolder(path, shown)
  const tool = plain.within?.(folder) ?? plain
  const read = tool.record?.read?.(folder)
  return { ...folder, newest: read?.newest ?? folder.newest, tool, migrations: [], number: read?.next ?? 0 }
}

const stampFor = (folder: Opened, at: Date): string =>
  folder.tool.stamp === 'number' ? String(folder.number++).padStart(4, '0') : stampOf(folder.tool, at)

function placed({ folder, shown }: ToolFolder, { path, text }: ToolFile): Placed {
  const parts = path.split('/')
  const name = parts.pop() ?? path
  return {
    folder: join(folder, ...parts),
    shown: join(shown, ...parts),
    ...{ name, path: join(shown, path), text },
  }
}

/** A clock that is ahead by more than this is a mistake. */
const HOUR = 3_600_000

/** When the newest migration was made, milliseconds since 1970; 0 without any. */
function newestOf(folders: readonly ToolFolder[], at: Date): number {
  const newest = Math.max(0, ...folders.map((one) => one.newest?.getTime() ?? 0))
  const ahead = newest - at.getTime() > HOUR && folders.find((one) => one.newest?.getTime() === newest)
  if (ahead)
    throw new PlanError(
      'PLAN_USAGE',
      `${ahead.shown} has a migration of ${new Date(newest).toISOString()}, which is to come`,
      {
        hint: 'tools apply files in the order of their names: rename that file, or set the clock of this machine',
      },
    )
  return newest
}
