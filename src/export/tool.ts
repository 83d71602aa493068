import type { Migration } from './release.ts'

/** A migration tool, as far as its files differ from those of the others. Its template is `templates/export/`. */
export type Tool = {
  /** As after `--to`. */
  readonly name: string
  readonly title: string
  /** The dialects that it can change. */
  readonly dialects: readonly string[]
  /** Where its files usually are, relative to the project. */
  readonly folder: string
  /** How a file's name counts time: `20261201093000`, or milliseconds since 1970. */
  readonly stamp: 'seconds' | 'milliseconds'
  /** The path of a migration within the folder. */
  readonly path: (file: { readonly stamp: string; readonly name: string; readonly style: Style }) => string
  readonly template: string
  /** Files that must stand beside a migration, by their paths. */
  readonly beside?: (path: string) => Readonly<Record<string, string>>
  /** What the tool would take for something of its own, written so that it does not. */
  readonly escaped?: (statement: string) => string
  /** The tool sends a file as one call: what cannot share a call gets a file of its own. */
  readonly oneCall?: true
  /** A file that fails would block all that come after it, for good: its files ask nothing. */
  readonly unguarded?: true
  /** What the tool's own way back calls this; null when it has none. */
  readonly back: string | null
  /** The command that applies the files. */
  readonly run: string
  /** What a person has to know or to set. */
  readonly notes: readonly string[]
}

/** How JavaScript is written in the project: by its package.json, and by the files that are there. */
export type Style = { readonly modules: boolean; readonly typescript: boolean }

/** A file of a tool: one migration, or a part of one. */
export type Piece = Pick<Migration, 'id' | 'phase' | 'name' | 'comment' | 'up' | 'down'>

/** Only these cannot stand beside other statements in one call: the server takes such a call as one transaction. */
const ALONE = /\bCONCURRENTLY\b|^VACUUM\b/

/** What a tool gets of a migration: one file, or one for each statement where they cannot share a call. */
export function piecesOf(tool: Tool, migration: Migration, nothing: string): Piece[] {
  const { up, down } = migration
  if (!tool.oneCall || !up.some((one) => ALONE.test(one)) || up.length === 1) return [migration]
  return up.map((one, index) => ({
    ...migration,
    name: `${migration.name}_${index + 1}`,
    up: [one],
    // The last file is the first one to be taken back.
    down: index < up.length - 1 ? [nothing] : down,
  }))
}
