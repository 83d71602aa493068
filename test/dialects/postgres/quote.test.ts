import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  dollarQuote,
  helperName,
  literal,
  nameProblem,
  quote,
} from '../../../src/dialects/postgres/language/quote.ts'
import { createDatabase, describeEachPostgres } from '../../support/databases.ts'
import { seeded } from '../../support/seed.ts'

it('refuses what cannot be a name', () => {
  expect(nameProblem('')).toContain('empty')
  expect(nameProblem('a\nb')).toContain('control')
  expect(nameProblem('ä'.repeat(32))).toBe('a name can have 63 bytes, this one has 64')
  expect(() => quote('a\0')).toThrow('control')
})

it('makes helper names that fit, differ and stay the same', () => {
  const long = 'ü'.repeat(31)
  expect(Buffer.byteLength(helperName(long, 'a'))).toBeLessThanOrEqual(63)
  expect(helperName(long, 'a')).not.toBe(helperName(long, 'b'))
  expect(helperName(long, 'a')).toBe(helperName(long, 'a'))
  expect(helperName('a', 'b', 'c')).not.toBe(helperName('a', 'bc'))
})

it('finds a dollar tag that the body does not hold', () => {
  expect(dollarQuote('$plan$')).toBe('$plan1$\n$plan$\n$plan1$')
})

describeEachPostgres('the server', (server) => {
  it('reads every quoted name and text back as it was', async () => {
    await using database = await createDatabase(server)
    const names = fc
      .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
      .filter((name) => nameProblem(name) === null)
    const texts = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'))
    await fc.assert(
      fc.asyncProperty(names, texts, async (name, text) => {
        const [row] = await database.query(`SELECT ${literal(text)} AS ${quote(name)}`)
        expect(row).toEqual({ [name]: text })
      }),
      { ...seeded(), numRuns: 200 },
    )
  })
})
