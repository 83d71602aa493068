import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { planJsonSchema } from '../../src/intents/plans.ts'
import { KINDS } from './parsing.ts'

const schema = planJsonSchema()
const text = JSON.stringify(schema)
const accepts = (yaml: string): boolean => z.fromJSONSchema(schema as never).safeParse(parse(yaml)).success
const withIntent = (intent: string): string => `version: 1\nname: a\nintents:\n  - ${intent}\n`
const GOOD = '{ rename_column: { table: users, from: a, to: b } }'

describe('the JSON Schema of a plan', () => {
  it('is of draft 2020-12 and the same each time', () => {
    expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' })
    expect(JSON.stringify(planJsonSchema())).toBe(text)
  })

  it.each(readdirSync('plans').filter((name) => name.endsWith('.yaml')))('accepts plans/%s', (name) => {
    expect(accepts(readFileSync(join('plans', name), 'utf8'))).toBe(true)
  })

  it('has each intent as a map of one key', () => {
    const { properties } = schema as {
      properties: { intents: { items: { oneOf: { required: string[] }[] } } }
    }
    const kinds = properties.intents.items.oneOf.map(({ required }) => required)
    expect(kinds.flat()).toEqual(KINDS)
    expect(kinds.every((one) => one.length === 1)).toBe(true)
  })

  it.each([
    ['a plan', withIntent(GOOD), true],
    [
      'a long table name',
      withIntent('{ rename_column: { table: { schema: a, table: b.c }, from: a, to: b } }'),
      true,
    ],
    ['two dots in a table name', withIntent('{ rename_column: { table: a.b.c, from: a, to: b } }'), false],
    ['an unknown intent', withIntent('{ rename_colum: { table: users, from: a, to: b } }'), false],
    ['an unknown key of an intent', withIntent('{ rename_column: { table: users, frm: a, to: b } }'), false],
    [
      'two intents in one map',
      withIntent(
        '{ rename_column: { table: t, from: a, to: b }, add_column: { table: t, column: c, type: text } }',
      ),
      false,
    ],
    [
      'two values in one map',
      withIntent('{ add_column: { table: t, column: c, type: text, fill: { column: a, now: true } } }'),
      false,
    ],
    ['a bad duration', `${withIntent(GOOD)}contract: { hold: 1 day }\n`, false],
    ['an unknown checkpoint', `${withIntent(GOOD)}checkpoints: { switch-ap: {} }\n`, false],
    ['more than one worker', `${withIntent(GOOD)}backfill: { workers: 2 }\n`, true],
    ['no intents', 'version: 1\nname: a\nintents: []\n', false],
  ])('knows what to do with %s', (_, yaml, fits) => {
    expect(accepts(yaml)).toBe(fits)
  })

  it.each(['rename_table', 'view', '"not"', '"single"'])('does not offer %s, which is not built', (word) => {
    expect(text).not.toContain(word.startsWith('"') ? `${word}:` : `"${word}"`)
  })

  it('describes every key of the top', () => {
    const described = (properties: Record<string, { description?: string; $ref?: string }>) =>
      Object.entries(properties).filter(([, field]) => !field.description && !field.$ref)
    const { properties } = schema as { properties: Record<string, { description: string }> }
    expect(described(properties)).toEqual([])
  })
})
