import type { CodeSample } from '../documents.ts'
import { javascript, quoted } from './javascript.ts'
import type { Doc } from './json.ts'
import { holdsTyped } from './typed.ts'

export const sample = (title: string, lines: readonly string[]): CodeSample => ({
  title,
  language: 'js',
  text: `${lines.join('\n')}\n`,
})

/** More than this and the stages bury the code that uses them; then each is one line. */
const LINES = 40

/** Stages, each under its name. One that holds values of types that JSON lacks has to be read by the driver's own reader. */
export function constant(stages: Readonly<Record<string, Doc>>): string[] {
  const lines = Object.entries(stages).map(([name, stage]) => `const ${name} = ${stageText(stage)}`)
  const typed = Object.values(stages).some(holdsTyped)
  return typed ? ["import { EJSON } from 'bson'", '', ...lines] : lines
}

function stageText(stage: Doc): string {
  const written = JSON.stringify([stage])
  if (holdsTyped(stage)) return `EJSON.parse(${quoted(written)}, { relaxed: false })`
  const spread = javascript([stage])
  return spread.split('\n').length > LINES ? written : spread
}
