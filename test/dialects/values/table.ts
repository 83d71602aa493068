import type { Value } from '../../../src/plan/value.ts'

/** A row: two texts, a number, and a text that holds a number. What is left out is NULL. */
export type Input = { readonly t?: string; readonly u?: string; readonly n?: number; readonly s?: string }

/** What a value makes of rows. A text stands for a row that has only `t`; null for a row without any value. */
export type Expected = {
  readonly value: Value
  /** The type of the column that takes it: `text` where nothing is said. */
  readonly type?: 'text' | 'int' | 'json'
  /** It is a matter of the types that columns have, and fields have not. */
  readonly rows?: true
  readonly of: readonly (readonly [input: Input | string | null, result: unknown])[]
}

const split = (
  separator: string,
  part: 'first' | 'rest' | 'last' | number,
  ...of: Expected['of']
): Expected => ({ value: { split: { column: 't', separator, part } }, of: [...of, [null, null]] })

const concat = (columns: readonly string[], separator: string, ...of: Expected['of']): Expected => ({
  value: { concat: { columns, separator } },
  of: [...of, [null, null]],
})

const coalesce = (coalesced: readonly Value[], of: Expected['of'], type?: Expected['type']): Expected => ({
  value: { coalesce: coalesced },
  of,
  ...(type && { type }),
})

const CASES = { a: 'one', A: 'two', ä: 'three', '': 'empty', ' ': 'blank', 'a b': null, "it's": 'q' }

const map = (other: 'keep' | 'null' | { literal: string }, rest: (text: string) => unknown): Expected => ({
  value: { map: { column: 't', cases: CASES, else: other } },
  of: [
    ...[['a', 'one'] as const, ['A', 'two'] as const, ['ä', 'three'] as const, ['', 'empty'] as const],
    ...[[' ', 'blank'] as const, ['a b', null] as const, ["it's", 'q'] as const],
    ...['a ', 'Ä', '  ', 'AB', '😀'].map((text) => [text, rest(text)] as const),
  ],
})

/** The portable values of a plan, and what each makes of what has gone wrong somewhere before. */
export const EXPECTED: readonly Expected[] = [
  split(
    ' ',
    'first',
    ['', ''],
    [' ', ''],
    ['a', 'a'],
    ['a b', 'a'],
    [' a', ''],
    ['a  b', 'a'],
    ['Ä 😀', 'Ä'],
  ),
  split(' ', 1, ['', ''], [' ', ''], ['a', 'a'], ['a b', 'a'], [' a', ''], ['a\tb c', 'a\tb']),
  split(' ', 'rest', ['', null], [' ', ''], ['a', null], ['a b c', 'b c'], ['a  b', ' b'], ['a ', '']),
  split(
    ' ',
    'last',
    ['', null],
    [' ', ''],
    ['a', null],
    ['a b c', 'c'],
    ['a ', ''],
    [' a', 'a'],
    ['Ä 😀', '😀'],
  ),
  split(' ', 2, ['', null], [' ', null], ['a', null], ['a b c', 'b'], ['a  b', null], ['a ', null]),
  split(' ', 3, ['a b', null], ['a b c', 'c'], ['a  b', 'b'], ['a b ', null]),
  split('::', 'first', ['a::b', 'a'], ['a:b', 'a:b'], [':::a', ''], ['::', '']),
  split('::', 'rest', ['a::b::c', 'b::c'], ['a:b', null], ['a:::b', ':b'], ['a::', '']),
  split('::', 'last', ['a::b::c', 'c'], ['a:b', null], ['a::', '']),
  split('::', 2, ['a::b::c', 'b'], ['a::::c', null], ['a:b', null]),
  split('x', 'last', ['aXb', null], ['aXbxc', 'c'], ['x', '']),
  split('ä', 'rest', ['ÄaäbÄ', 'bÄ'], ['aä', ''], ['a', null]),
  split('😀', 'rest', ['b😀c😁', 'c😁'], ['😀', '']),
  ...['.', '*', '\\', '|', '(', '[a]', '^', '$', '%', '_', '+', '?', "'", '"', '\\d', '.*', '\n'].flatMap(
    (separator) => [
      split(separator, 'rest', [`1${separator}2${separator}3`, `2${separator}3`], ['a1 b', null], ['', null]),
      split(separator, 3, [`1${separator}2${separator}3`, '3'], ['a1 b', null]),
    ],
  ),
  concat(
    ['t', 'u'],
    ', ',
    [{ t: 'a', u: 'b' }, 'a, b'],
    [{ t: 'a' }, 'a'],
    [{ u: 'b' }, 'b'],
    [{ t: '', u: 'b' }, ', b'],
  ),
  concat(['t', 'u'], '', [{ t: ' a ', u: 'ä' }, ' a ä'], [{ t: '', u: '' }, '']),
  concat(['u', 't', 't'], '😀', [{ t: 'a', u: 'b' }, 'b😀a😀a'], [{ t: 'a' }, 'a😀a']),
  concat(['t', 'n'], '-', [{ t: 'a', n: 7 }, 'a-7'], [{ n: -1 }, '-1']),
  map('keep', (text) => text),
  map('null', () => null),
  map({ literal: 'other' }, () => 'other'),
  {
    rows: true,
    value: { map: { column: 't', cases: { a: 1, b: 'x', c: true }, else: 'null' } },
    of: [
      ['a', '1'],
      ['b', 'x'],
      ['c', 'true'],
      ['d', null],
    ],
  },
  {
    rows: true,
    value: { map: { column: 'n', cases: { 1: 'one' }, else: 'keep' } },
    of: [
      [{ n: 1 }, 'one'],
      [{ n: 2 }, '2'],
      [null, null],
    ],
  },
  // Letters beyond ASCII become what the collation of the database makes of them.
  {
    value: { lower: { column: 't' } },
    of: [
      ['ABC d', 'abc d'],
      ['', ''],
      [' A ', ' a '],
      [null, null],
    ],
  },
  {
    value: { upper: { column: 't' } },
    of: [
      ['abc D', 'ABC D'],
      ['', ''],
      [' a ', ' A '],
      [null, null],
    ],
  },
  {
    value: { trim: { column: 't' } },
    of: [
      ['  a b  ', 'a b'],
      [' ', ''],
      ['', ''],
      [' 😀', '😀'],
      ['\ta\n', '\ta\n'],
      [null, null],
    ],
  },
  {
    rows: true,
    value: { trim: { column: 'n' } },
    of: [
      [{ n: 5 }, '5'],
      [null, null],
    ],
  },
  {
    rows: true,
    value: { split: { column: 'n', separator: '2', part: 'rest' } },
    of: [
      [{ n: 123 }, '3'],
      [null, null],
    ],
  },
  {
    value: { column: 't' },
    of: [
      ['a ', 'a '],
      ['', ''],
      ["it's\\", "it's\\"],
      ['😀\n', '😀\n'],
      [null, null],
    ],
  },
  {
    value: { column: 'n' },
    type: 'int',
    of: [
      [{ n: -3 }, -3],
      [null, null],
    ],
  },
  {
    value: { cast: { column: 's', to: 'int' } },
    type: 'int',
    of: [
      [{ s: '12' }, 12],
      [{ s: '-3' }, -3],
      [null, null],
    ],
  },
  { value: { literal: "a'\\ä😀" }, of: [[null, "a'\\ä😀"]] },
  { value: { literal: '' }, of: [[null, '']] },
  { value: { literal: null }, of: [['a', null]] },
  { rows: true, value: { literal: true }, of: [[null, 'true']] },
  { rows: true, value: { literal: 1.5 }, of: [[null, '1.5']] },
  { value: { literal: 7 }, type: 'int', of: [[null, 7]] },
  { value: { literal: ['user', 1, null, ['ä']] }, type: 'json', of: [[null, ['user', 1, null, ['ä']]]] },
  {
    value: { literal: { a: { b: [true, 1.5] }, "it's": '\\' } },
    type: 'json',
    of: [[null, { a: { b: [true, 1.5] }, "it's": '\\' }]],
  },
  { value: { literal: [] }, type: 'json', of: [[null, []]] },
  coalesce(
    [{ column: 't' }, { column: 'u' }, { literal: 'none' }],
    [
      [{ t: 'a', u: 'b' }, 'a'],
      [{ u: 'b' }, 'b'],
      [{ t: '' }, ''],
      [{ t: ' ' }, ' '],
      [null, 'none'],
    ],
  ),
  coalesce(
    [{ split: { column: 't', separator: ' ', part: 'rest' } }, { upper: { column: 't' } }],
    [
      ['a b', 'b'],
      ['a', 'A'],
      ['a ', ''],
      [null, null],
    ],
  ),
  {
    ...coalesce(
      [{ column: 'n' }, { column: 't' }, { literal: 0 }],
      [
        [{ n: 5, t: 'a' }, '5'],
        [{ t: 'a' }, 'a'],
        [null, '0'],
      ],
    ),
    rows: true,
  },
  coalesce(
    [{ cast: { column: 's', to: 'int' } }, { column: 'n' }, { literal: -1 }],
    [
      [{ s: '12', n: 1 }, 12],
      [{ n: 1 }, 1],
      [null, -1],
    ],
    'int',
  ),
  coalesce(
    [{ coalesce: [{ column: 't' }, { literal: null }] }, { concat: { columns: ['u', 'n'], separator: '/' } }],
    [
      [{ t: 'a' }, 'a'],
      [{ u: 'b', n: 2 }, 'b/2'],
      [null, null],
    ],
  ),
  coalesce([{ literal: null }, { literal: { a: 1 } }], [[null, { a: 1 }]], 'json'),
]
