import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { Progress } from '../../src/ledger/records.ts'
import { runbook } from '../../src/render/runbook/runbook.ts'
import { column, id, table } from '../support/snapshots.ts'
import { done, programOf, progressOf, rename, sample } from './samples.ts'

const plan = rename()

const section = (text: string, heading: string): string => {
  const start = text.indexOf(`\n## ${heading}\n`)
  const end = text.indexOf('\n## ', start + 1)
  return text.slice(start + 1, end < 0 ? undefined : end)
}

/** The lines that only one of two texts has. */
const changed = (before: string, after: string) => {
  const [a, b] = [before.split('\n'), after.split('\n')]
  return { gone: a.filter((line) => !b.includes(line)), come: b.filter((line) => !a.includes(line)) }
}

const at = (steps: Progress['steps']) => runbook(plan, { progress: progressOf(plan, {}, { steps }) })

it('gives the same bytes every time', () => {
  expect(runbook(plan)).toBe(runbook(rename()))
  expect(at([done('expand.1')])).toBe(at([done('expand.1')]))
})

it('changes one line when a step is done', () => {
  expect(changed(at([]), at([done('expand.1')]))).toEqual({
    gone: [
      '- [ ] **expand.1** add users.family_name; keep both shapes of users in step by a trigger <!-- plan:item=expand.1 -->',
    ],
    come: [
      '- [x] **expand.1** add users.family_name; keep both shapes of users in step by a trigger — done 2026-03-01 07:12:03Z <!-- plan:item=expand.1 -->',
    ],
  })
})

it('changes the box of the checkpoint, and what is next, when it is confirmed', () => {
  const confirmed = {
    id: 'switch-app',
    by: 'ada',
    at: '2026-03-02T09:00:00.000Z',
    evidence: 'https://ci/1',
    note: null,
  }
  const of = (checkpoints: Progress['checkpoints']) =>
    runbook(plan, { progress: progressOf(plan, { phase: 'verify', state: 'waiting' }, { checkpoints }) })
  expect(changed(of([]), of([confirmed])).come).toEqual([
    "- **Next**: `plan advance rename-last-name --phase contract` (asks for the plan's name; without a terminal it needs --yes) <!-- plan:item=next -->",
    '- [x] **switch-app** is confirmed by ada, 2026-03-02 09:00:00Z, evidence https://ci/1 <!-- plan:item=switch-app -->',
  ])
})

it('says on its line why a step failed', () => {
  const failed = {
    ...done('backfill.1'),
    state: 'failed' as const,
    attempts: 3,
    error: 'row 7\ncannot | be converted',
  }
  expect(at([failed])).toContain(
    '- [ ] **backfill.1** fill family_name of users, batch by batch — failed at try 3: row 7 cannot | be converted <!-- plan:item=backfill.1 -->',
  )
})

it('never ticks a box that is for people', () => {
  const every = plan.phases.flatMap(({ steps }) => steps.map((step) => done(step.id)))
  const text = runbook(plan, {
    progress: progressOf(plan, { state: 'done', phase: 'contract' }, { steps: every }),
  })
  const boxes = text.split('\n').filter((line) => line.includes('- ['))
  for (const line of boxes) expect(line.startsWith('- [x] ')).toBe(/^- \[.\] \*\*(?!switch-app)/.test(line))
})

it('has an id in every line with a box, each once', () => {
  const boxes = runbook(plan)
    .split('\n')
    .filter((line) => line.includes('- ['))
  const ids = boxes.map((line) => /<!-- plan:item=([\w.-]+) -->$/.exec(line)?.[1])
  expect(ids).not.toContain(undefined)
  expect(new Set(ids).size).toBe(ids.length)
})

it.each(['add-nullable-column', 'add-required-column', 'add-volatile-default', 'split-name'])(
  'leaves no double empty lines and no trailing blanks: %s',
  (name) => {
    const text = runbook(sample(name))
    expect(text).not.toMatch(/\n\n\n|[ \t]\n|\n\n$/)
    expect(text).not.toMatch(/undefined|null,|\[object/)
    expect(text).toMatch(/^# Runbook: .*\n\n/)
  },
)

it('puts checkpoint and point of no return in front of contract, in this order', () => {
  const headings = [...runbook(plan).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
  expect(headings).toEqual([
    'In trouble',
    'Summary',
    'What the application may do',
    'People',
    'Pre-flight',
    'Expand',
    'Backfill',
    'Enforce',
    'Verify',
    'Checkpoint switch-app',
    'Point of no return',
    'Contract',
    'Say it',
    'Afterwards',
    'Appendix',
  ])
})

it('has no page for a point of no return where nothing is dropped', () => {
  const text = runbook(sample('add-required-column'))
  expect(text).not.toContain('## Point of no return')
  expect(text).toContain('- **Point of no return**: none. Every step can be undone.')
})

it.each([
  'plan advance rename-last-name --phase expand',
  'plan confirm switch-app --plan rename-last-name --by "$USER"',
  'plan advance rename-last-name --phase contract',
])('has the command on a line of its own: %s', (command) => {
  expect(runbook(plan).split('\n')).toContain(command)
})

it('gives numbers for when to stop', () => {
  expect(section(runbook(plan, { lockTimeout: 500, retries: 5 }), 'Expand')).toContain(
    'each time 5 tries of 500ms got no lock',
  )
  expect(section(runbook(plan, { lockTimeout: 500 }), 'Expand')).toContain('waited longer than 550ms')
  expect(section(runbook(plan), 'Backfill')).toContain(
    'Batches take longer than 1s (4 × the target of 250ms) for 5m.',
  )
})

it.each([
  ['rename-last-name', plan, 'Lost: nothing; whatever was written to one shape is in the other one as well.'],
  [
    'split-name',
    sample('split-name'),
    'Lost: what first_name and last_name can hold and the old shape cannot.',
  ],
  ['add-nullable-column', sample('add-nullable-column'), 'Lost: the values of nickname.'],
])('says what going back costs: %s', (_, program, lost) => {
  expect(section(runbook(program), 'Expand')).toContain(lost)
})

it('says until when the retired shape is held, once that is known', () => {
  const held = rename((text) => text.replace('hold: 0s', 'hold: 24h'))
  const first =
    'The first run does **contract.1** and ends with exit 3: the old shape is retired and kept for 1d'
  expect(runbook(held)).toContain(`${first}. The same command after that does **contract.2**.`)
  const progress = progressOf(held, { phase: 'verify', retiredAt: '2026-03-03T08:00:00.000Z' })
  expect(runbook(held, { progress })).toContain(`${first}, until 2026-03-04 08:00:00Z.`)
})

it('goes back in two steps where an application is deployed: the application first, then the database', () => {
  const back = (program: typeof plan) =>
    /- \*\*Go back\*\*[^\n]*(\n {2}\d\. [^\n]*)*/
      .exec(section(runbook(program), 'In trouble'))?.[0]
      .split('\n')
  const [first, ...steps] = back(plan) ?? []
  expect(first).toBe('- **Go back**, in two steps, possible until **contract.2** has run:')
  expect(steps).toEqual([
    expect.stringMatching(/^ {2}1\. .*deploy the version before, everywhere/),
    expect.stringMatching(/^ {2}2\. `plan rollback rename-last-name`; .*`--app-is-back`/),
  ])
  const [one, ...none] = back(sample('add-nullable-column')) ?? []
  expect(one).toMatch(/^- \*\*Go back\*\*: `plan rollback \S+`\.$/)
  expect(none).toEqual([])
})

it('ticks an invariant with its evidence', () => {
  const invariants = [
    {
      name: 'no-empty-names',
      holds: true,
      violations: 0,
      checked: 12_400_000,
      sample: [],
      checkedAt: '2026-03-02T09:00:00.000Z',
    },
  ]
  expect(runbook(plan, { progress: progressOf(plan, {}, { invariants }) })).toContain(
    '  - [x] **no-empty-names** — 0 violations in 12,400,000 rows, 2026-03-02 09:00:00Z <!-- plan:item=invariant.no-empty-names -->',
  )
})

it('keeps names from the database out of the format', () => {
  const nasty = 'a|b <!-- `x` [l](u) -->'
  const text = `version: 1\nname: nasty\nintents:\n  - rename_column: { table: users, from: ${JSON.stringify(nasty)}, to: plain }\n`
  const page = runbook(programOf(text, [table('users', [id(), column(nasty)])]))
  for (const line of page.split('\n').filter((one) => one.startsWith('|'))) {
    expect(line.replaceAll('\\|', '').split('|').length, line).toBeOneOf([5, 6])
  }
  const prose = page.replace(/```sql[\s\S]*?```/g, '')
  expect(prose.match(/(?<!\\)<!--(?! plan:item=[\w.-]+ -->$)/gm)).toBeNull()
  expect(prose).toContain('retire users.a|b \\<!-- \\`x\\` \\[l\\](u) --> under another name')
})

it('shows sizes that nobody knows as unknown', () => {
  const text = runbook(rename(undefined, { rows: -1 }))
  expect(section(text, 'Backfill')).toContain('unknown: the database has no statistics of this table')
  expect(section(text, 'Summary')).toContain('app.users (rows unknown, 2.4 GB)')
})

const own = mkdtempSync(join(tmpdir(), 'templates-'))
afterAll(() => rmSync(own, { recursive: true }))

it('takes an own template by file name, and the shipped ones for the rest', () => {
  writeFileSync(join(own, 'runbook.md.hbs'), 'Mine: {{name}}\n{{> preflight}}')
  expect(runbook(plan, { own })).toMatch(/^Mine: rename-last-name\n\| Long transactions/)
})

it('names the file and what is missing when an own template asks for something unknown', () => {
  writeFileSync(join(own, 'runbook.md.hbs'), '{{nmae}}')
  expect(() => runbook(plan, { own })).toThrow(
    `the template ${join(own, 'runbook.md.hbs')} cannot be filled: "nmae" not defined in [object Object] - 1:2`,
  )
})

it('does without checks of its own for a database it has none for', () => {
  const other = { ...plan, engine: { ...plan.engine, dialect: 'other' } }
  expect(section(runbook(other), 'Pre-flight')).not.toContain('pg_stat')
})
