import { migrationScriptOf } from '../../src/dialects/scripts.ts'
import { filesOf } from '../../src/export/files.ts'
import { releaseOf } from '../../src/export/release.ts'
import { piecesOf, type Style, type Tool } from '../../src/export/tool.ts'
import { PHASES } from '../../src/program/step.ts'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import { compiled } from './programs.ts'

/** The stamp of the first file; those that follow count on. */
const FIRST = 20261201093000

/** `first`: the number of the first file, where files have numbers. */
type As = { readonly inline?: boolean; readonly first?: number } & Partial<Style>

/** All files of a plan for a tool, and the steps that have none. */
export function exportedTo(
  tool: Tool,
  text: string,
  on: Snapshot,
  { inline = false, modules = false, typescript = false, first = FIRST }: As = {},
) {
  const program = compiled(text, on)
  const script = migrationScriptOf(program)
  if (script === null) throw new Error(`${on.dialect} has no files`)
  const { migrations, left } = releaseOf(program, script, {
    ...{ ledger: 'plan', phases: PHASES, inline, hold: 0 },
    guarded: tool.unguarded !== true,
    apart: tool.skips === true,
  })
  const pieces = migrations.flatMap((migration) => piecesOf(tool, migration, script.nothing))
  const style = { modules, typescript }
  const files = pieces.flatMap((piece, index) =>
    filesOf({ tool, script, program, own: null }, piece, {
      stamp: String(first + index).padStart(4, '0'),
      style,
    }),
  )
  return { files, left }
}

/** Files as one text, each below its name. */
export const shown = (files: readonly { readonly path: string; readonly text: string }[]): string =>
  files.map((file) => `======== ${file.path}\n${file.text}`).join('\n')
