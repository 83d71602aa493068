import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePlan } from '../../src/intents/plans.ts'
import { fields, filled, findings, GOOD, intent, parsed } from './parsing.ts'

describe('the text of a plan file', () => {
  it.each([
    ['nothing', '', '1:1 the file is empty | start with version, name and intents'],
    ['only a comment', '# soon\n', '1:1 the file is empty | start with version, name and intents'],
    ['no map', '- a\n', '1:1 expected a map, found a list | write a map'],
    [
      'a second document',
      `${GOOD}---\nname: b\n`,
      '5:1 a plan file holds one document | write each plan into a file of its own',
    ],
    ['a duplicate key', `${GOOD}name: b\n`, '5:1 duplicate key "name" | keep one of them'],
    [
      'a duplicate key, once in quotes',
      filled('{ map: { column: a, cases: { 1: x, "1": y } } }'),
      '4:97 duplicate key "1" | keep one of them',
    ],
    [
      'a tag',
      GOOD.replace('name: a', 'name: !x a'),
      '2:7 tags are not allowed in a plan | take out what starts with !',
    ],
    [
      'a tag that YAML knows',
      GOOD.replace('name: a', 'name: !!binary a'),
      '2:7 tags are not allowed in a plan | take out what starts with !',
    ],
    ['a tab', 'version: 1\nbackfill:\n\tbatch: 1\n', '3:1 tabs cannot indent YAML | indent with spaces'],
    ['a key that is a list', `${GOOD}? [a]\n: b\n`, '5:3 a key must be plain text | write it as key: value'],
    [
      'a key that JavaScript would swallow',
      `${GOOD}__proto__: {}\n`,
      '5:1 this key is not allowed | choose another name',
    ],
    [
      'an alias of nothing',
      `${GOOD}database: *x\n`,
      '5:11 nothing is called &x | write the value out in full',
    ],
    [
      'a number too long for a double',
      filled('{ literal: 12345678901234567890 }'),
      '4:73 the number 12345678901234567890 cannot be read exactly | put it in quotes',
    ],
    [
      'an endless number',
      filled('{ literal: .inf }'),
      '4:73 the number .inf cannot be read exactly | put it in quotes',
    ],
    [
      'brackets without end',
      '['.repeat(50_000),
      '1:1 the file is nested too deeply | is this the right file?',
    ],
    [
      'more than a megabyte',
      '#'.repeat(1_000_001),
      '1:1 the file is larger than 1 MB | a plan is a page of YAML; is this the right file?',
    ],
  ])('is refused: %s', (_, text, expected) => {
    expect(findings(text)).toEqual([expected])
  })

  it('that is no YAML is refused where it stops being YAML', () => {
    expect(findings('version: 1\nname: a: b\n')).toEqual([expect.stringMatching(/^2:7 nested mappings/)])
  })

  it('cannot multiply itself through aliases', () => {
    const levels = 'abcdefgh'
      .split('')
      .map((name, i, all) => `${name}: &${name} [${Array(9).fill(i ? `*${all[i - 1]}` : '1')}]`)
    expect(findings(levels.join('\n'))).toEqual([
      '1:1 the file repeats itself through too many aliases | write the values out in full',
    ])
  })

  it('may repeat itself through an alias, and findings point at what was written', () => {
    const fill = intent(
      'split_column: { table: &t app.users, from: a, into: { b: { type: &x 5, value: { now: true } } }, back: { cast: { column: *t, to: *x } } }',
    )
    expect(findings(fill)).toEqual([
      expect.stringMatching(/^4:\d+ expected a string, found a number/),
      expect.stringMatching(/^4:\d+ expected a string, found a number/),
    ])
  })

  it('does not turn into another format by a directive', () => {
    expect(fields(`%YAML 1.1\n---\n${filled('{ literal: yes }')}`)).toMatchObject({
      fill: { literal: 'yes' },
    })
  })

  it('does not bring control characters into a message', () => {
    expect(findings(`${GOOD}"\\e[31m\\u0085": 1\n`)[0]).toMatch(/^5:1 unknown key "\\u001b\[31m\\u0085" /)
  })
})

describe('the place of a value', () => {
  const { plan, source } = parsed(GOOD)
  const path = plan.intents[0]?.path ?? []

  it.each([
    ['the value', [...path, 'from'], 4, 42],
    ['the map, when the key is not written', [...path, 'via'], 4, 20],
    ['the intent', path, 4, 20],
    ['the plan', [], 1, 1],
    ['the deepest that is there', ['backfill', 'batch', 'rows'], 1, 1],
  ])('is that of %s', (_, at, line, column) => {
    expect(source.at(at)).toEqual({ file: 'p.yaml', line, column })
  })
})

describe('any text', () => {
  const words = fc.constantFrom(
    ...[
      'version: 1\n',
      'name: a\n',
      'intents:\n',
      '  - ',
      'rename_column',
      'table',
      ': ',
      '{ ',
      ' }',
      '[',
      ']',
      ', ',
    ],
    ...[
      'users',
      '&a ',
      '*a',
      '!!set ',
      '- ',
      '\n',
      '  ',
      '\t',
      '"',
      "'",
      '|',
      '>',
      '? ',
      '---\n',
      '%YAML 1.1\n',
      '#',
      '5',
    ],
    ...[
      '__proto__',
      '<<',
      'checkpoints',
      'switch-app',
      'backfill',
      'null',
      '\u0000',
      '\ud800',
      '.nan',
      '0x1',
      '~',
    ],
  )
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words, { maxLength: 40 }).map((all) => all.join('')),
    fc.array(words, { maxLength: 8 }).map((all) => `${GOOD}${all.join('')}`),
  )

  it('gives a plan or findings with a place, and never throws', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const result = parsePlan('p.yaml', text)
        if ('plan' in result) {
          expect(result.plan.name).toMatch(/^[a-z]/)
          return
        }
        expect(result.findings.length).toBeGreaterThan(0)
        for (const { at, message, hint } of result.findings) {
          expect(at?.line).toBeGreaterThan(0)
          expect(at?.column).toBeGreaterThan(0)
          expect(`${message} ${hint}`).not.toMatch(/undefined|Invalid|note \d|\[object/)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
