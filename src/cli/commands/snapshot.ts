import { resolve } from 'node:path'
import type { Command } from 'commander'
import { writeText } from '../../operations/place/files.ts'
import { snapshot } from '../../operations/snapshot.ts'
import type { Shell } from '../io.ts'
import { type Connecting, connecting, placeOf, quietly, show } from './shared.ts'

/** `plan snapshot`: prints what the compiler knows of the database, as JSON. */
export const snapshotCommand = (io: Shell): Command =>
  connecting('snapshot', 'save what the compiler needs to know of the database, for compiling offline')
    .option('--out <file>', 'write it here instead of printing it')
    .option('--schema <name...>', 'read these schemas too')
    .action(async (options: Connecting & { out?: string; schema?: string[] }) => {
      const found = await snapshot({ ...placeOf(options), schemas: options.schema }, quietly(io))
      const text = `${JSON.stringify(found, null, 2)}\n`
      if (options.out === undefined) return show(io, options.json, { snapshot: found }, () => text)
      writeText(resolve(io.cwd, options.out), options.out, text)
      const { length } = found.tables
      if (options.json) io.said.document = { file: options.out, tables: length }
      else io.say(`${length} tables written to ${options.out}`)
    })
