import { isScalar, LineCounter, parseDocument } from 'yaml'
import type { Finding, Position } from '../errors.ts'
import { offsetOf } from './place.ts'
import type { PlanSource } from './plan.ts'
import { tidy } from './tidy.ts'

/** A text read as YAML: its data, its syntax errors, and the place of every value. */
export type Reading = {
  readonly data: unknown
  readonly findings: readonly Finding[]
  readonly source: PlanSource
  /** The place of the key at the end of `path`. */
  readonly keyAt: (path: readonly PropertyKey[]) => Position
}

/** What kind of file a text is, for messages about it. */
export type Kind = {
  /** With its article: `a plan`. */
  readonly what: string
  /** What an empty file should begin with. Null: it may be empty. */
  readonly begins: string | null
}

export const PLAN_FILE: Kind = { what: 'a plan', begins: 'start with version, name and intents' }

/** More than any plan needs. It bounds what a hostile file can cost. */
const MOST_CHARACTERS = 1_000_000

/** Aliases may repeat a line or two. More would allow a small file to expand without bound. */
const MOST_ALIASES = 20

/** After a few syntax errors the rest is noise. */
const MOST_ERRORS = 5

/** Reads YAML. `data` is undefined when the text cannot be read at all; the findings then say why. */
export function readSource({ what, begins }: Kind, file: string, text: string): Reading {
  const lines = new LineCounter()
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(1, line), column: Math.max(1, col) }
  }
  const invalid = (message: string, hint: string, offset = 0): Finding => ({
    code: 'PLAN_INVALID',
    message,
    hint,
    at: position(offset),
  })
  const unreadable = (...findings: Finding[]): Reading => {
    const at = () => position(0)
    return { data: undefined, findings, source: { file, text, at }, keyAt: at }
  }
  const tooDeep = () => invalid('the file is nested too deeply', 'is this the right file?')

  if (text.length > MOST_CHARACTERS) {
    return unreadable(
      invalid('the file is larger than 1 MB', `${what} is a page of YAML; is this the right file?`),
    )
  }
  try {
    // A byte order mark would shift every column of the first line by one.
    const document = parseDocument(text.replace(/^\uFEFF/, ''), {
      lineCounter: lines,
      prettyErrors: false,
      resolveKnownTags: false,
      schema: 'core',
      uniqueKeys: false,
    })
    const broken = [...document.errors, ...document.warnings]
    if (broken.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return unreadable(tooDeep())
    if (broken.length > 0) {
      return unreadable(
        ...broken.slice(0, MOST_ERRORS).map((error) => invalid(...inWords(error, what), error.pos[0])),
      )
    }
    if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
      if (begins !== null) return unreadable(invalid('the file is empty', begins))
      return {
        data: {},
        findings: [],
        source: { file, text, at: () => position(0) },
        keyAt: () => position(0),
      }
    }
    const flaws = tidy(document)
    const findings = flaws.map(({ message, hint, offset }) => invalid(message, hint, offset))
    if (flaws.some(({ fatal }) => fatal)) return unreadable(...findings)
    const place = (path: readonly PropertyKey[], key: boolean) => position(offsetOf(document, path, key))
    return {
      data: document.toJS({ maxAliasCount: MOST_ALIASES }),
      findings,
      source: { file, text, at: (path) => place(path, false) },
      keyAt: (path) => place(path, true),
    }
  } catch (error) {
    if (error instanceof RangeError) return unreadable(tooDeep())
    // The `yaml` library throws this when aliases multiply beyond the limit.
    if (error instanceof ReferenceError) {
      return unreadable(
        invalid('the file repeats itself through too many aliases', 'write the values out in full'),
      )
    }
    throw error
  }
}

/** Rewrites messages of the `yaml` library: two of them are for programmers, and none says what to do. */
function inWords(
  { code, message }: { readonly code: string; readonly message: string },
  what: string,
): [string, string] {
  if (code === 'MULTIPLE_DOCS')
    return [
      `${what} file holds one document`,
      `write each ${what.replace(/^an? /, '')} into a file of its own`,
    ]
  if (code === 'TAG_RESOLVE_FAILED') return [`tags are not allowed in ${what}`, 'take out what starts with !']
  if (code === 'TAB_AS_INDENT') return ['tabs cannot indent YAML', 'indent with spaces']
  return [
    message.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase()),
    'look at the indentation, colons and quotes around here',
  ]
}
