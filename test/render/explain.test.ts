import { describe, expect, it } from 'vitest'
import { insteadOf } from '../../src/compiler/instead.ts'
import { CODES } from '../../src/errors.ts'
import { stepsOf } from '../../src/program/actions.ts'
import type { Program } from '../../src/program/program.ts'
import { appOf } from '../../src/render/explain/app.ts'
import { CODE_WORDS } from '../../src/render/explain/codes.ts'
import { storyOf } from '../../src/render/explain/story.ts'
import { appText, codeText, storyText } from '../../src/render/explain/text.ts'
import { application, errorCode, story as format } from '../../src/render/json/explain-formats.ts'
import { runbook } from '../../src/render/runbook/runbook.ts'
import { collection, documents } from '../support/collections.ts'
import { compiled, galleryText, planOf } from '../support/programs.ts'
import { column, id, primaryKey, snapshot, table } from '../support/snapshots.ts'
import { rename, sample } from './samples.ts'

const plain = { color: false, width: 80 }
const ofDocuments = compiled(
  galleryText('mongo-rename-field'),
  documents([collection('users', { last_name: 'string' })]),
)
const byApplication = compiled(
  planOf('rename_column: { table: users, from: last_name, to: family_name }', 'sync: application\n'),
  snapshot({ tables: [table('users', [id(), column('last_name')], primaryKey('users'))] }),
)
const all: readonly (readonly [string, Program])[] = [
  ['rename', rename()],
  ['split', sample('split-name')],
  ['add', sample('add-required-column')],
  ['documents', ofDocuments],
  ['application', byApplication],
]
const story = (program: Program) => storyOf(program, (step) => insteadOf(step, program.engine))
const told = (program: Program) => storyText('a-plan', story(program), plain)
const codeOf = (program: Program, phase: string) =>
  appOf(program).tables[0]?.phases.find((one) => one.phase === phase)
const longest = (text: string) => Math.max(...text.split('\n').map((line) => [...line].length))

describe('code for a column that gets another form under its name', () => {
  it('never names the helper that holds the new form, and is told from which step on it is there', () => {
    const program = compiled(
      planOf('change_type: { table: users, column: last_name, to: integer, unparsed: fail }'),
      snapshot({ tables: [table('users', [id(), column('last_name')], primaryKey('users'))] }),
    )
    const [first] = appOf(program).tables
    expect(JSON.stringify(appOf(program))).not.toMatch(/plan_(new|drop)_/)
    expect(first?.doomed).toEqual([])
    expect(codeOf(program, 'verify')?.new_code).toBe(
      'works with last_name in both forms, and finds the old one',
    )
    expect(codeOf(program, 'contract')?.old_code).toMatch(
      /^must be gone before contract\.\d, which gives last_name/,
    )
  })
})

describe('a plan that is explained', () => {
  it('says of a step its lock, what becomes of the rows, why, the way back and what else there was', () => {
    const text = told(rename()).replace(/_[0-9a-f]{10}\b/g, '_#')
    const at = text.indexOf('  enforce.2')
    expect(
      text.slice(at, text.indexOf('  enforce.3')),
    ).toBe(`  enforce.2  require users.family_name, not validated
    why      new rows need a value from now on; the others are not read yet
    lock     ACCESS EXCLUSIVE on app.users, a moment: reads and writes wait
    rows     no row is read or written
    takes    under a second
    undo     1 statement, in undo.sql
    instead  NOT NULL at once (SET NOT NULL alone) would read all rows under a
             lock that reads and writes wait for

`)
    expect(text).toContain('rows     all rows are read, none is written')
    expect(text).toContain('loses    values of family_name that last_name cannot give back')
    expect(text).toContain('The point of no return is contract.2: users.last_name.')
    expect(text).toMatch(/checkpoint switch-app ─+\n {3}Deploy api 2\.4\.0[\s\S]*\n\ncontract\n/)
  })

  it.each(all)(
    'tells every step and every checkpoint of %s within 80 columns, in the words of its database',
    (_, program) => {
      const text = told(program)
      for (const { id } of stepsOf(program)) expect(text).toContain(`\n  ${id}  `)
      for (const { id } of program.checkpoints) expect(text).toContain(`── checkpoint ${id} ─`)
      expect(longest(text)).toBeLessThanOrEqual(80)
      expect(longest(storyText('a-plan', story(program), { color: false, width: 200 }))).toBeLessThanOrEqual(
        80,
      )
      if (program === ofDocuments) expect(text).not.toMatch(/\brows?\b/)
    },
  )

  it.each(all)('says of every step of %s that changes something what else was considered', (_, program) => {
    const silent = stepsOf(program).filter((step) => {
      const only = step.parts.every(({ written }) => /^(prove|try)/.test(written.run))
      return !only && insteadOf(step, program.engine).length === 0
    })
    expect(silent.map(({ id, title }) => `${id} ${title}`)).toEqual([])
  })

  it.each(all)('is the same as data, for %s', (_, program) => {
    expect(Object.keys(story(program)).sort()).toEqual(Object.keys(format).sort())
    for (const [key, value] of Object.entries(story(program)))
      expect(format[key as keyof typeof format].safeParse(value).error?.message).toBeUndefined()
    for (const [key, value] of Object.entries(appOf(program)))
      expect(application[key as keyof typeof application].safeParse(value).error?.message).toBeUndefined()
  })
})

describe('what the application may do', () => {
  it('with triggers both versions run until contract, and the new one reads its own shape once it is filled', () => {
    expect(codeOf(rename(), 'backfill')).toEqual({
      phase: 'backfill',
      old_code: 'reads and writes last_name; the triggers carry it over',
      new_code:
        'may write family_name, which the triggers carry to last_name; reads last_name where family_name is not filled yet',
    })
    expect(codeOf(rename(), 'contract')).toMatchObject({
      old_code: 'must be gone: what names last_name fails from contract.1 on',
      new_code: 'reads and writes family_name alone, and does not name last_name',
    })
  })

  it('without triggers the old version is gone before the backfill, and both are written until stop-writes', () => {
    for (const program of [byApplication, ofDocuments]) {
      expect(codeOf(program, 'backfill')?.old_code).toContain('must be gone')
      expect(codeOf(program, 'backfill')?.new_code).toContain('reads last_name and writes both')
      expect(codeOf(program, 'contract')?.new_code).toContain('until stop-writes')
    }
  })

  it('a new column is nothing to old code, until nobody gives it a value any more', () => {
    expect(codeOf(sample('add-required-column'), 'backfill')?.old_code).toContain('and need not')
    expect(appOf(sample('add-required-column')).tables[0]?.leave_alone).toEqual([])
  })

  it('each tool that names all columns is told to leave the doomed one alone', () => {
    const text = appText('a-plan', appOf(rename()), plain)
    for (const said of [
      'self.ignored_columns += ["last_name"]',
      'select: false',
      '@ignore',
      'attributes: { exclude: ["last_name"] }',
      'Drizzle',
      'Knex',
    ])
      expect(text).toContain(said)
    expect(text).toContain('Rails')
    expect(longest(text)).toBeLessThanOrEqual(80)
    expect(appText('a-plan', appOf(ofDocuments), plain)).toContain('projection: { "last_name": 0 }')
  })

  it('a plan that touches no column says that nothing changes', () => {
    const { says, tables } = appOf({ ...rename(), phases: [], retires: [] })
    expect(tables).toEqual([])
    expect(says).toContain('Old and new code do the same')
  })

  it('stands in the runbook, too, in short', () => {
    const page = runbook(rename())
    const part = page.slice(page.indexOf('## What the application may do'), page.indexOf('## People'))
    expect(part).toContain(
      '  - contract: old code must be gone: what names last\\_name fails'.replace('\\_', '_'),
    )
    expect(part).toContain('`plan explain rename-last-name --app`')
    expect(part.split('\n').length).toBeLessThan(16)
  })
})

describe('an error code', () => {
  it.each(Object.keys(CODES) as (keyof typeof CODES)[])(
    '%s has its cause, what was done, and a way out',
    (code) => {
      const { cause, did, fix } = CODE_WORDS[code]
      for (const words of [cause, did, fix]) expect(words).toMatch(/^[A-Z`plan].{8,}[.]$/)
      const { exit, title } = CODES[code]
      const told = { code, exit, title, cause, did, fix }
      expect(Object.keys(told).sort()).toEqual(Object.keys(errorCode).sort())
      const text = codeText(told, plain)
      expect(text).toContain(`${code}  exit ${exit}\n${title}`.slice(0, 60))
      expect(longest(text)).toBeLessThanOrEqual(80)
    },
  )
})
