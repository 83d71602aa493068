import { z } from 'zod'
import { DURATION, parseDuration } from '../text/duration.ts'
import { quoted, said, words } from './grammar.ts'

const EXAMPLES = 'write a whole number and a unit: 250ms, 2s, 30m, 24h, 7d'

/** A duration as written in a plan; the result is milliseconds. */
export const duration = z
  .string()
  .register(words, { expects: 'a duration', hint: EXAMPLES })
  .meta({ pattern: DURATION.source, description: 'A duration: 250ms, 2s, 30m, 24h or 7d.' })
  .transform((written, context) => {
    const parsed = parseDuration(written)
    if (parsed !== undefined) return parsed
    context.addIssue({
      code: 'custom',
      message: said(`expected a duration, found ${quoted(written)}`, EXAMPLES),
    })
    return z.NEVER
  })
