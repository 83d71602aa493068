import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PlanError } from '../../errors.ts'
import { timeOf } from '../../export/files.ts'
import type { Folder, Style } from '../../export/tool.ts'
import { textOf } from '../place/files.ts'

/** The folder of a migration tool. */
export type ToolFolder = Folder & {
  readonly folder: string
  /** When the newest migration says that it was written. */
  readonly newest: Date | null
  readonly style: Style
}

/** Throws PLAN_USAGE when the folder is not there. */
export function readToolFolder(folder: string, shown: string): ToolFolder {
  let entries: string[]
  try {
    entries = readdirSync(folder).sort()
  } catch {
    throw new PlanError('PLAN_USAGE', `there is no folder ${shown}`, {
      hint: 'give the folder of the migrations with --out, or create it',
    })
  }
  const times = entries.flatMap((entry) => timeOf(entry) ?? []).sort((a, b) => a.getTime() - b.getTime())
  return {
    ...{ folder, shown, entries },
    text: (path) => textOf(join(folder, path)),
    newest: times.at(-1) ?? null,
    style: {
      modules: isModules(folder),
      typescript: entries.some((entry) => entry.endsWith('.ts') && !entry.endsWith('.d.ts')),
    },
  }
}

/** Whether Node reads a `.js` file in this folder as an ECMAScript module. */
function isModules(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    const text = textOf(join(at, 'package.json'))
    if (text !== null) return typeIn(text) === 'module'
    if (at === dirname(at)) return false
  }
}

function typeIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { type?: unknown } | null)?.type
  } catch {
    return undefined
  }
}
