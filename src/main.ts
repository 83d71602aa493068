#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import type { Io } from './cli/io.ts'
import { run } from './cli/run.ts'
import { PlanError } from './errors.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}
const interrupt = new AbortController()
const { stderr, stdout, env, stdin } = process

process.on('SIGINT', stop)
process.on('SIGTERM', stop)

/** The first one lets a batch finish and ends a query that only reads; the second one ends at once, which is safe too. */
function stop(): void {
  if (interrupt.signal.aborted) process.exit(130)
  interrupt.abort()
  stderr.write('\nstopping at the next safe point; once more ends at once (both are safe)\n')
}

/**
 * A reader of the output may close it early, as `head` does. The work goes on, and further output is dropped. Output that
 * cannot be written for another reason, such as a full disk, is a failure.
 */
for (const stream of [stdout, stderr])
  stream.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') return
    process.exitCode = 1
    if (stream === stdout) stderr.write(`the output could not be written (${code})\n`)
  })

/** One line of a person's. Ctrl-C and Ctrl-D are answers, too. */
async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: stdin, output: stderr })
  const left = new AbortController()
  for (const event of ['SIGINT', 'close'] as const) lines.on(event, () => left.abort())
  try {
    return await lines.question(question, { signal: AbortSignal.any([interrupt.signal, left.signal]) })
  } catch (error) {
    if (!left.signal.aborted && !interrupt.signal.aborted) throw error
    stderr.write('\n')
    throw new PlanError('PLAN_INTERRUPTED', 'the question was not answered', {
      hint: 'what was asked about was not done; run the same command again to be asked again',
    })
  } finally {
    lines.close()
  }
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
  ask,
  signal: interrupt.signal,
}

const ended = await run(process.argv.slice(2), io, version)
if (ended !== 0) process.exitCode = ended
