import { z } from 'zod'
import { type Finding, PlanError } from '../../errors.ts'
import { duration } from '../../plan/duration.ts'
import { said, text, whole, word, words } from '../../plan/grammar.ts'
import { readShape } from '../../plan/read.ts'

/** A plain name, so that the ledger's own statements can be built with it. */
const ledgerSchema = z
  .string()
  .regex(
    /^[a-z_][a-z0-9_]{0,62}$/,
    said('this cannot be the name of a ledger', 'write lower-case letters, digits and _, such as plan'),
  )

const database = z.strictObject({
  url: z.string().optional(),
  schema: text.optional(),
  ledger_schema: ledgerSchema.optional(),
  tls: word(['verify-full', 'require', 'disable']).optional(),
})
const defaults = z.strictObject({
  lock_timeout: duration
    .refine((ms) => ms >= 1, said('0 would wait for ever', 'write at least 1ms'))
    .optional(),
  retries: whole(1, 1000).optional(),
})
const databases = z.record(z.string(), database).register(words, {
  expects: 'a map of databases',
  hint: 'write a name for each database: databases: { main: { url: ... } }',
})
const layer = z.strictObject({ databases: databases.optional(), defaults: defaults.optional() })
const environment = layer.extend({ production: z.boolean().optional() })
const shape = layer.extend({
  plans: z.string().optional(),
  templates: z.string().optional(),
  environments: z
    .record(z.string(), environment)
    .register(words, {
      expects: 'a map of environments',
      hint: 'write a name for each environment: environments: { production: { production: true } }',
    })
    .optional(),
})

export type Config = z.infer<typeof shape>
export type Layer = z.infer<typeof environment>
export type Database = z.infer<typeof database>

const CONFIGURATION = { what: 'a configuration', begins: null }

/** Reads the text of a configuration. Every finding says where it is. None repeats an address, which may hold a password. */
export function parseConfig(file: string, written: string): Config {
  const read = readShape(CONFIGURATION, shape, file, written)
  if (!('findings' in read)) return read.value
  const [first, ...rest] = read.findings
  throw PlanError.of([told(first), ...rest.map(told)])
}

const told = ({ message, hint, at }: Finding): Finding => ({
  code: 'PLAN_CONFIG',
  message: message.replace(/[a-z][a-z0-9+.-]*:\/\/[^\s"]*/gi, 'an address'),
  hint,
  ...(at && { at }),
})
