import { z } from 'zod'
import type { Finding } from '../errors.ts'
import { nearest } from '../text/nearest.ts'
import { isLater, quoted, words } from './grammar.ts'

/** A mismatch with a shape. `atKey`: the key at the end of `path` is wrong, not its value. */
export type Problem = Pick<Finding, 'code' | 'message' | 'hint'> & {
  readonly path: readonly PropertyKey[]
  readonly atKey: boolean
}

type Issue = z.core.$ZodRawIssue

/**
 * Most errors reported at once. To place and show thousands takes minutes, and nobody reads them; the rest appears
 * once these are mended.
 */
export const MOST = 100

/** Checks a value against a shape and describes each mismatch in plain words. */
export function checkShape<Shape extends z.ZodType>(
  shape: Shape,
  input: unknown,
): { readonly value: z.output<Shape> } | { readonly problems: readonly Problem[] } {
  // Only zod's error map sees the schema that refused, and it can only return a string. So it returns the number of a
  // note; the notes are looked up for the issues that are left in the end.
  const notes: (readonly Problem[])[] = []
  const noted = (issue: z.core.$ZodIssue): readonly Problem[] =>
    notes[Number(/^note (\d+)$/.exec(issue.message)?.[1])] ?? [ownWords(issue)]
  const result = shape.safeParse(input, {
    error: (issue) => `note ${notes.push(explain(issue, noted)) - 1}`,
  })
  return result.success ? { value: result.data } : { problems: result.error.issues.flatMap(noted) }
}

/** A check with its own message carries the hint on the second line. */
function ownWords({ message: written, path }: z.core.$ZodIssue): Problem {
  const [message = '', hint = 'correct it'] = written.split('\n')
  return { code: 'PLAN_INVALID', message, hint, path, atKey: false }
}

function explain(issue: Issue, noted: (issue: z.core.$ZodIssue) => readonly Problem[]): readonly Problem[] {
  const path = issue.path ?? []
  const schema = schemaOf(issue)
  const invalid = (message: string, hint: string, atKey = false): Problem[] => [
    { code: 'PLAN_INVALID', message, hint, path, atKey },
  ]
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, MOST).map((key) => unknownKey(key, path, schema))
  if (issue.code === 'invalid_key') {
    return invalid('expected a name, found an empty key', 'write a name before the colon', true)
  }
  if (schema instanceof z.ZodNever) return [keyNotBuilt(path, words.get(schema)?.hint)]
  const expected = expects(schema)
  if (issue.input === undefined) {
    return invalid(`missing key ${quoted(lastOf(path))}`, `add ${lastOf(path)}: ${expected}`)
  }
  if (words.get(schema)?.later?.(issue.input)) return [valueNotBuilt(issue.input, path, expected)]
  if (issue.code === 'invalid_union') {
    // The author meant the branch that accepts this kind of input.
    const named = words.get(schema)?.meant?.(issue.input)
    const meant =
      named === undefined ? issue.errors.find((branch) => !branch.some(isWrongKind)) : issue.errors[named]
    if (meant) return meant.flatMap(noted).map((one) => ({ ...one, path: [...path, ...one.path] }))
  }
  const wanted = issue.input === '' && expected === KINDS['string'] ? 'some text' : expected
  return invalid(`expected ${wanted}, found ${found(issue, schema)}`, hintFor(schema, issue.input, wanted))
}

const isWrongKind = ({ code, path }: z.core.$ZodIssue): boolean =>
  path.length === 0 && (code === 'invalid_type' || code === 'invalid_value')

/** A check such as `min` is not a schema. The schema beneath it is what people wrote a value for. */
function schemaOf(issue: Issue): z.core.$ZodType {
  const { inst, schema } = issue as { readonly inst?: unknown; readonly schema?: unknown }
  const found = schema ?? inst
  return found instanceof z.ZodType ? found : z.unknown()
}

function unknownKey(key: string, parent: readonly PropertyKey[], schema: z.core.$ZodType): Problem {
  const all = schema instanceof z.ZodObject ? Object.entries(schema.shape) : []
  const near = nearest(
    key,
    all.map(([known]) => known),
  )
  const built = all.filter(([, field]) => !isLater(field)).map(([known]) => known)
  return {
    code: 'PLAN_INVALID',
    message: `unknown ${words.get(schema)?.keys ?? 'key'} ${quoted(key)}`,
    hint: near === undefined ? `allowed here: ${built.join(', ')}` : `did you mean ${near}?`,
    path: [...parent, key],
    atKey: true,
  }
}

const keyNotBuilt = (path: readonly PropertyKey[], hint = 'leave it out'): Problem => ({
  code: 'PLAN_NOT_BUILT',
  message: `${lastOf(path)} is not built yet`,
  hint,
  path,
  atKey: true,
})

const valueNotBuilt = (input: unknown, path: readonly PropertyKey[], expected: string): Problem => ({
  code: 'PLAN_NOT_BUILT',
  message: `${lastOf(path)}: ${typeof input === 'string' ? quoted(input).slice(1, -1) : String(input)} is not built yet`,
  hint: `write ${lastOf(path)}: ${expected}, or leave it out`,
  path,
  atKey: false,
})

const lastOf = (path: readonly PropertyKey[]): string => String(path.at(-1) ?? 'the plan')

/** The expected input, in words. */
function expects(schema: z.core.$ZodType): string {
  const own = words.get(schema)?.expects
  if (own !== undefined) return own
  if (schema instanceof z.ZodEnum) return either(schema.options.map(String))
  if (schema instanceof z.ZodLiteral) return either([...schema.values].map(String))
  if (schema instanceof z.ZodUnion) return either(schema.options.map(expects))
  if (schema instanceof z.ZodPipe) return expects(schema.in)
  return KINDS[schema._zod.def.type] ?? 'something else'
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
  object: 'a map',
  record: 'a map',
  array: 'a list',
}

const either = (options: readonly string[]): string =>
  options.length < 2 ? options.join('') : `${options.slice(0, -1).join(', ')} or ${options.at(-1)}`

/** What was found: its kind when the kind is wrong, otherwise the value. */
function found({ input, code }: Issue, schema: z.core.$ZodType): string {
  if (input === null) return 'nothing'
  if (input === '') return 'an empty string'
  if (Array.isArray(input)) return input.length === 0 ? 'an empty list' : 'a list'
  if (typeof input === 'object') return 'a map'
  if (typeof input === 'boolean') return String(input)
  const kindIsRight = schema instanceof z.ZodNumber || schema instanceof z.ZodLiteral
  if (typeof input === 'number') return kindIsRight ? String(input) : 'a number'
  return code === 'invalid_type' ? 'a string' : quoted(String(input))
}

function hintFor(schema: z.core.$ZodType, input: unknown, expected: string): string {
  const own = words.get(schema)?.hint
  if (own !== undefined) return own
  const options = wordsOf(schema)
  const near = typeof input === 'string' ? nearest(input, options) : undefined
  if (near !== undefined) return `did you mean ${near}?`
  if (schema instanceof z.ZodEnum) return `allowed here: ${options.join(', ')}`
  if (schema instanceof z.ZodString && (typeof input === 'number' || typeof input === 'boolean')) {
    return `put it in quotes: "${input}"`
  }
  if (input === null) return 'write a value after the colon, or take the key out'
  return `write ${expected}`
}

/** The words that a schema allows, alone or among other things. */
const wordsOf = (schema: z.core.$ZodType): string[] => {
  if (schema instanceof z.ZodEnum) return schema.options.map(String)
  return schema instanceof z.ZodUnion ? schema.options.flatMap(wordsOf) : []
}
