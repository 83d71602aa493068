import { resolve } from 'node:path'
import type { Command } from 'commander'
import { writeText } from '../files.ts'
import type { Io } from '../io.ts'
import { open } from '../session.ts'
import { type Connecting, connecting } from './shared.ts'

/** `plan snapshot`: prints what the compiler knows of the database, as JSON. */
export const snapshotCommand = (io: Io): Command =>
  connecting('snapshot', 'save what the compiler needs to know of the database, for compiling offline')
    .option('--out <file>', 'write it here instead of printing it')
    .option('--schema <name...>', 'read these schemas too')
    .action(async (options: Connecting & { out?: string; schema?: string[] }) => {
      await using opened = await open(io, options, 'snapshot')
      const snapshot = await opened.engine.inspect({ schemas: options.schema ?? [] })
      const text = `${JSON.stringify(snapshot, null, 2)}\n`
      if (options.out === undefined) return io.out(text)
      writeText(resolve(io.cwd, options.out), options.out, text)
      io.say(`${snapshot.tables.length} tables written to ${options.out}`)
    })
