import { existsSync, readFileSync } from 'node:fs'
import type { LastRuns } from './draw.ts'

/** The lines of a file, each of them JSON; none when it is not there. */
export const lines = <T>(file: string): T[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        // Somebody else may be about to write the last one.
        .slice(0, -1)
        .map((line) => JSON.parse(line) as T)
    : []

export const lastRuns = (file: string): LastRuns =>
  new Map(lines<{ name: string; at: number }>(file).map(({ name, at }) => [name, at]))
