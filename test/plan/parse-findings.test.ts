import { describe, expect, it } from 'vitest'
import { parsePlan } from '../../src/intents/plans.ts'
import { BUILT, findings, GOOD, HEAD, intent, RENAME } from './parsing.ts'

describe('a finding stands where a person has to change something', () => {
  it.each([
    ['an unknown key', `${GOOD}backfil: {}\n`, '5:1 unknown key "backfil" | did you mean backfill?'],
    [
      'a missing key of the plan',
      `version: 1\nintents:\n${RENAME}`,
      '1:1 missing key "name" | add name: a string',
    ],
    [
      'a missing key of an intent',
      intent('rename_column: { table: users, from: a }'),
      '4:20 missing key "to" | add to: a name',
    ],
    [
      'a missing key of a map in lines',
      `${HEAD}intents:\n  - rename_column:\n      table: users\n      to: b\n`,
      '5:7 missing key "from" | add from: a name',
    ],
    [
      'an unknown intent',
      intent('rename_colum: {}'),
      '4:5 unknown intent "rename_colum" | did you mean rename_column?',
    ],
    ['an intent like no other', intent('zzz: {}'), `4:5 unknown intent "zzz" | allowed here: ${BUILT}`],
    [
      'an intent that is no map',
      intent('rename_column'),
      `4:5 expected an intent, found a string | write one of: ${BUILT}`,
    ],
    [
      'an intent without fields',
      intent('rename_column:'),
      '4:19 expected a map, found nothing | write a value after the colon, or take the key out',
    ],
    [
      'no intent',
      `${HEAD}intents: []\n`,
      '3:10 expected a list of at least one intent, found an empty list | write a list of at least one intent',
    ],
    [
      'a wrong type',
      `${GOOD}description: 5\n`,
      '5:14 expected a string, found a number | put it in quotes: "5"',
    ],
    ['a list for a map', `${GOOD}backfill: []\n`, '5:11 expected a map, found an empty list | write a map'],
    ['a string for a list', `${GOOD}owners: me\n`, '5:9 expected a list, found a string | write a list'],
    [
      'a string for a switch',
      intent('add_column: { table: t, column: c, type: text, required: yes }'),
      '4:62 expected true or false, found a string | write true or false',
    ],
    [
      'an empty name',
      intent("rename_column: { table: t, from: '', to: b }"),
      '4:38 expected a name, found an empty string | write a name',
    ],
    [
      'an empty text',
      `${GOOD}description: ''\n`,
      '5:14 expected some text, found an empty string | write some text',
    ],
    [
      'an empty key',
      intent(
        "split_column: { table: t, from: a, into: { '': { type: text, value: { now: true } } }, back: { column: a } }",
      ),
      '4:48 expected a name, found an empty key | write a name before the colon',
    ],
    [
      'nothing to split into',
      intent('split_column: { table: t, from: a, into: {}, back: { column: a } }'),
      '4:46 expected at least one new column | name each new column, with its type and value',
    ],
    [
      'a word that is not one',
      `${GOOD}on_conflict: nwe\n`,
      '5:14 expected error, new or old, found "nwe" | did you mean new?',
    ],
    [
      'a word like no other',
      `${GOOD}on_conflict: whatever\n`,
      '5:14 expected error, new or old, found "whatever" | allowed here: error, new, old',
    ],
    [
      'another version',
      GOOD.replace('1', '2'),
      '1:10 expected 1, found 2 | this tool reads version 1 of the format',
    ],
    [
      'a bad name',
      GOOD.replace('name: a', 'name: Add-X'),
      '2:7 "Add-X" cannot be the name of a plan | use lower-case letters, digits and hyphens, a letter first, at most 60 characters',
    ],
    [
      'a bad duration',
      `${GOOD}contract: { hold: 1 day }\n`,
      '5:19 expected a duration, found "1 day" | write a whole number and a unit: 250ms, 2s, 30m, 24h, 7d',
    ],
    [
      'a number for a duration',
      `${GOOD}contract: { hold: 5 }\n`,
      '5:19 expected a duration, found a number | write a whole number and a unit: 250ms, 2s, 30m, 24h, 7d',
    ],
    [
      'a batch without time',
      `${GOOD}backfill: { batch: { target: 0s } }\n`,
      '5:30 a batch needs some time | write a duration above zero: 250ms',
    ],
    [
      'a batch that starts too large',
      `${GOOD}backfill: { batch: { rows: 60000 } }\n`,
      '5:28 rows is more than max_rows | start with fewer rows, or allow more',
    ],
    [
      'half a row',
      `${GOOD}backfill: { batch: { rows: 1.5 } }\n`,
      '5:28 expected a whole number of at least 1, found 1.5 | write a whole number of at least 1',
    ],
    [
      'no worker',
      `${GOOD}backfill: { workers: 0 }\n`,
      '5:22 expected a whole number from 1 to 32, found 0 | write a whole number from 1 to 32',
    ],
    [
      'a duty of all time and more',
      `${GOOD}backfill: { throttle: { duty: 2 } }\n`,
      '5:31 expected a number above 0 and at most 1, found 2 | write a number above 0 and at most 1',
    ],
    [
      'an unknown checkpoint',
      `${GOOD}checkpoints: { switch-ap: {} }\n`,
      '5:16 unknown checkpoint "switch-ap" | did you mean switch-app?',
    ],
    [
      'an unknown probe',
      `${GOOD}checkpoints: { switch-app: { probes: [{ htp: {} }] } }\n`,
      '5:41 unknown probe "htp" | did you mean http?',
    ],
    [
      'a probe of no address',
      `${GOOD}checkpoints: { switch-app: { probes: [{ http: { url: a } }] } }\n`,
      '5:54 this address cannot be asked: it is no web address | write it as https://host/path',
    ],
    [
      'a probe that compares twice',
      `${GOOD}checkpoints: { switch-app: { probes: [{ http: { url: "http://a", equals: 1, at_least: 1 } }] } }\n`,
      '5:47 a probe compares with at_least or with equals, not with both | take one of them out',
    ],
    [
      'a probe that wants no version',
      `${GOOD}checkpoints: { switch-app: { probes: [{ http: { url: "http://a", at_least: latest } }] } }\n`,
      '5:76 this is no version | write it as 2.4.0 or 2.4.0-rc.1',
    ],
    [
      'too large a sample',
      `${GOOD}invariants: [{ name: a, sql: b, sample: 101 }]\n`,
      '5:41 expected a whole number from 0 to 100, found 101 | write a whole number from 0 to 100',
    ],
    [
      'two invariants of one name',
      `${GOOD}invariants: [{ name: a, sql: b }, { name: a, sql: c }]\n`,
      '5:43 another invariant is called "a" | give each one a name of its own',
    ],
  ])('%s', (_, text, expected) => {
    expect(findings(text)).toEqual([expected])
  })

  it('all of them at once, from top to bottom', () => {
    const text = 'version: 2\nname: a\nowner: []\nintents:\n  - rename_column: { from: a, too: b }\n'
    expect(findings(text)).toEqual([
      '1:10 expected 1, found 2 | this tool reads version 1 of the format',
      '3:1 unknown key "owner" | did you mean owners?',
      '5:20 missing key "table" | add table: a table name',
      '5:20 missing key "to" | add to: a name',
      '5:31 unknown key "too" | did you mean to?',
    ])
  })

  it('names the file', () => {
    expect(parsePlan('dir/p.yaml', '')).toMatchObject({
      findings: [{ at: { file: 'dir/p.yaml', line: 1, column: 1 } }],
    })
  })

  it('also in the first line of a file with a byte order mark, and in one with Windows line ends', () => {
    expect(findings(`\uFEFFversion: 2${GOOD.slice(10)}`)[0]).toMatch(/^1:10 /)
    expect(findings(`${GOOD}backfil: {}\n`.replaceAll('\n', '\r\n'))).toEqual([
      '5:1 unknown key "backfil" | did you mean backfill?',
    ])
  })
})
