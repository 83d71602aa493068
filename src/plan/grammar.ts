import { z } from 'zod'

/** What error messages say about a shape besides its type. */
type Words = {
  /** What belongs here, with its article: `a table name`. */
  readonly expects?: string
  /** What to do instead, when the type alone does not say. */
  readonly hint?: string
  /** What the keys of this map are called: `intent`. */
  readonly keys?: string
  /** Of a union: which of its shapes the author meant. */
  readonly meant?: (input: unknown) => number
  /** True for input that the specification has and this version refuses by name. */
  readonly later?: (input: unknown) => boolean
}

/** The words for each shape. A clone (`describe`, a check) inherits them from its original. */
export const words = z.registry<Words>()

/** A message with its hint, for checks inside a shape. zod carries one string, so the hint is its second line. */
export const said = (message: string, hint: string): string => `${message}\n${hint}`

/** What an author wrote, shortened and with control characters escaped, for a message on a terminal. */
export function quoted(text: string): string {
  const short = [...text].length > 60 ? `${[...text].slice(0, 60).join('')}…` : text
  return JSON.stringify(short).replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (found) => {
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** The name of a database object. Its dialect decides which characters and lengths are allowed. */
export const name = z.string().min(1).register(words, { expects: 'a name' })

/** A text that is not empty. */
export const text = z.string().min(1)

/** A whole number within bounds, both inclusive. */
export const whole = (least: number, most?: number) =>
  (most === undefined ? z.int().min(least) : z.int().min(least).max(most)).register(words, {
    expects:
      most === undefined ? `a whole number of at least ${least}` : `a whole number from ${least} to ${most}`,
  })

/** One of these words. Words in `later` are in the specification but not built. */
export const word = <const Options extends readonly [string, ...string[]]>(
  options: Options,
  later: readonly string[] = [],
) => z.enum(options).register(words, { later: (input) => later.some((one) => one === input) })

/** A key that the specification has and this version refuses, whatever its value. */
export const isLater = (schema: z.core.$ZodType): boolean =>
  schema instanceof z.ZodNever || (schema instanceof z.ZodOptional && isLater(schema.def.innerType))

type Single<Parts extends Readonly<Record<string, z.ZodType>>> = {
  [Key in keyof Parts]: { readonly [Only in Key]: z.output<Parts[Key]> }
}[keyof Parts]

/**
 * A map with exactly one key, which decides what the rest is. A union would try every branch and report errors for
 * all of them. One map of optional keys reports errors only for the branch that the author meant.
 */
export function single<const Parts extends Readonly<Record<string, z.ZodType>>>(
  keys: string,
  parts: Parts,
  notBuilt: readonly string[] = [],
) {
  const fields: Record<string, z.ZodType> = {}
  for (const [key, part] of Object.entries(parts)) fields[key] = part.optional()
  const built = Object.keys(parts).join(', ')
  for (const key of notBuilt)
    fields[key] = z
      .never()
      .register(words, { hint: `built are: ${built}` })
      .optional()
  const article = /^[aeiou]/.test(keys) ? 'an' : 'a'
  const hint = `write one of: ${built}`
  return z
    .strictObject(fields)
    .meta({ single: true })
    .superRefine((written, context) => {
      // This also runs when unknown keys were removed; those were already reported.
      if (context.issues.length > 0) return
      const found = Object.keys(written)
      if (found.length === 1) return
      const what = found.length === 0 ? 'found none' : `found ${found.map(quoted).join(' and ')}`
      context.addIssue({ code: 'custom', message: said(`expected exactly one ${keys}, ${what}`, hint) })
    })
    .register(words, { expects: `${article} ${keys}`, hint, keys })
    .transform((written) => written as Single<Parts>)
}
