import { resolve } from 'node:path'
import type { Command } from 'commander'
import { writeText } from '../../operations/place/files.ts'
import { snapshot } from '../../operations/snapshot.ts'
import type { Io } from '../io.ts'
import { type Connecting, connecting, placeOf, quietly } from './shared.ts'

/** `plan snapshot`: prints what the compiler knows of the database, as JSON. */
export const snapshotCommand = (io: Io): Command =>
  connecting('snapshot', 'save what the compiler needs to know of the database, for compiling offline')
    .option('--out <file>', 'write it here instead of printing it')
    .option('--schema <name...>', 'read these schemas too')
    .action(async (options: Connecting & { out?: string; schema?: string[] }) => {
      const found = await snapshot({ ...placeOf(options), schemas: options.schema }, quietly(io))
      const text = `${JSON.stringify(found, null, 2)}\n`
      if (options.out === undefined) return io.out(text)
      writeText(resolve(io.cwd, options.out), options.out, text)
      io.say(`${found.tables.length} tables written to ${options.out}`)
    })
