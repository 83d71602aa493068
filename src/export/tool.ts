import type { ToolRow } from '../ledger/sql/tool-rows.ts'
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
  /** How a file's name counts: `20261201093000`, milliseconds since 1970, or `0007` after `0006`. */
  readonly stamp: 'seconds' | 'milliseconds' | 'number'
  /** The path of a migration within the folder. */
  readonly path: (file: { readonly stamp: string; readonly name: string; readonly style: Style }) => string
  readonly template: string
  /** Files that must stand beside a migration, by their paths. */
  readonly beside?: (path: string) => Readonly<Record<string, string>>
  /** The tool as it is in this folder: one may have changed how it keeps its files. */
  readonly within?: (folder: Folder) => Tool
  /** What the tool itself writes of its migrations. */
  readonly record?: ToolRecord
  /** What its template needs beside the usual. */
  readonly data?: (piece: Piece, plan: string) => Readonly<Record<string, unknown>>
  /** What the tool would take for something of its own, written so that it does not. */
  readonly escaped?: (statement: string) => string
  /** The tool sends a file as one call: what cannot share a call gets a file of its own. */
  readonly oneCall?: true
  /** A file that fails would block all that come after it, for good: its files ask nothing. */
  readonly unguarded?: true
  /** What may not run yet is skipped until it may: all phases are exported at once, and what asks stands apart. */
  readonly skips?: true
  /** What the tool's own way back calls this; null when it has none. */
  readonly back: string | null
  /** The row by which it knows that a file was applied; left out where `plan` does not write it. */
  readonly row?: (file: {
    readonly path: string
    readonly stamp: string
    readonly className: string
  }) => ToolRow
  /** The command that applies the files. */
  readonly run: string
  /** What a person has to know or to set. */
  readonly notes: readonly string[]
}

/** A file of a migration tool; `path` is relative to the tool's folder. */
export type ToolFile = { readonly path: string; readonly text: string }

/** The folder of a tool's migrations. */
export type Folder = {
  /** As people see it. */
  readonly shown: string
  /** What is in it: files, and folders of one migration each. Sorted. */
  readonly entries: readonly string[]
  /** The text of a file in it, by its path; null when there is none. */
  readonly text: (path: string) => string | null
}

/** Files that a tool keeps about its migrations. */
export type ToolRecord = {
  /** When the newest migration was made, and the number of the next one, where the record says so. */
  readonly read?: (folder: Folder) => { readonly newest: Date | null; readonly next: number }
  /** These files as they have to be once the folder has these migrations too; none when it knows of all. */
  readonly with: (
    folder: Folder,
    migrations: readonly { readonly path: string; readonly at: Date }[],
  ) => ToolFile[]
}

/** How JavaScript is written in the project: by its package.json, and by the files that are there. */
export type Style = { readonly modules: boolean; readonly typescript: boolean }

/** A file of a tool: one migration, or a part of one. */
export type Piece = Migration

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
