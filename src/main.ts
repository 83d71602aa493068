#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import type { Io } from './cli/io.ts'
import { run } from './cli/run.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}
const interrupt = new AbortController()
const { stderr, stdout, env, stdin } = process

process.on('SIGINT', stop)
process.on('SIGTERM', stop)

/** The first one lets the batch finish; the second one ends at once, which is safe too. */
function stop(): void {
  if (interrupt.signal.aborted) process.exit(130)
  interrupt.abort()
  stderr.write('\nfinishing the batch under way; once more ends at once (both are safe)\n')
}

const io: Io = {
  out: (text) => void stdout.write(text),
  say: (text) => void stderr.write(`${text}\n`),
  redraw: (text) =>
    void (stderr.isTTY && stderr.write(`\r\u001b[2K${text.slice(0, (stderr.columns || 80) - 1)}`)),
  terminal: stdin.isTTY === true && stderr.isTTY === true,
  width: stdout.columns || 100,
  color:
    stdout.isTTY === true &&
    env['NO_COLOR'] === undefined &&
    env['TERM'] !== 'dumb' &&
    !process.argv.includes('--no-color'),
  env,
  cwd: process.cwd(),
  ask: async (question) => {
    const lines = createInterface({ input: stdin, output: stderr })
    try {
      return await lines.question(question, { signal: interrupt.signal })
    } finally {
      lines.close()
    }
  },
  signal: interrupt.signal,
}

process.exitCode = await run(process.argv.slice(2), io, version)
