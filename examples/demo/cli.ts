import { readFileSync } from 'node:fs'
import { run } from '../../src/cli/run.ts'
import { color, command, output, redraw } from './screen.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/** A shell whose only command is `plan`. */
export type Shell = {
  /** As a person would type it; what it prints is shown. Throws when the exit status is another one. */
  plan(why: string, words: readonly string[], exit?: number): Promise<void>
  /** The document that the command prints with `--json`; nothing is shown. */
  json(words: readonly string[]): Promise<unknown>
}

/** The command itself, run in a folder on a database, as the shell would. */
export function shell(cwd: string, url: string, signal: AbortSignal): Shell {
  const typed = async (words: readonly string[], show: (text: string) => void, data = show) =>
    run(
      words,
      {
        out: data,
        say: (text) => show(`${text}\n`),
        redraw,
        terminal: process.stdout.isTTY === true,
        width: Math.min(process.stdout.columns || 100, 110) - 2,
        color,
        env: { PLAN_DATABASE_URL: url },
        cwd,
        ask: () => Promise.resolve(''),
        signal,
      },
      version,
    )
  return {
    async plan(why, words, expected = 0) {
      command(words, why)
      const exit = await typed(words, output)
      signal.throwIfAborted()
      if (exit !== expected) throw new Error(`plan ${words[0]} ended with ${exit} instead of ${expected}`)
    },
    async json(words) {
      let text = ''
      await typed(
        [...words, '--json'],
        () => undefined,
        (more) => {
          text += more
        },
      )
      return JSON.parse(text)
    },
  }
}
