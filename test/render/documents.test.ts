import { describe, expect, it } from 'vitest'
import { mongosh } from '../../src/dialects/mongodb/script/script.ts'
import { programText } from '../../src/render/program-text.ts'
import { runbook } from '../../src/render/runbook/runbook.ts'
import { scriptFiles, stepScript } from '../../src/render/scripts.ts'
import { statusText } from '../../src/render/status-text.ts'
import { collection, documents, indexOn } from '../support/collections.ts'
import { compiled, galleryNames, galleryText } from '../support/programs.ts'
import { done, progressOf, slice } from './samples.ts'

const on = documents([
  collection('users', { last_name: 'string', last_seen: 'date' }, { indexes: [indexOn({ last_seen: 1 })] }),
  collection('orders', { customer: 'object', 'customer.mail': 'string', placed_on: 'string' }),
  collection('customers', { address: 'string', fax: 'string' }),
  ...['people', 'contacts', 'products', 'client'].map((name) =>
    collection(name, { full_name: 'string', country_code: 'string', number: 'string' }),
  ),
])
const program = (plan: string) => compiled(galleryText(plan), on)
const page = (plan: string) => runbook(program(plan))

const section = (text: string, heading: string): string => {
  const start = text.indexOf(`\n## ${heading}\n`)
  return text.slice(start + 1, text.indexOf('\n## ', start + 1))
}

it('what stands in the ledger of documents is counted in documents', () => {
  const plan = program('mongo-rename-tailed')
  const [fill = ''] = plan.phases.flatMap(({ steps }) =>
    steps.flatMap(({ id, parts }) => (parts.some(({ action }) => action.do === 'fill_fields') ? [id] : [])),
  )
  const running = { ...done(fill), state: 'running' as const, finishedAt: null }
  const at = '2026-03-01T08:00:00.000Z'
  const progress = progressOf(
    plan,
    { phase: 'expand' },
    {
      steps: [running],
      slices: [{ ...slice(), step: fill }],
      invariants: [{ name: 'same', holds: true, violations: 0, checked: 3, sample: [], checkedAt: at }],
      quarantine: [{ step: fill, row: '_id 7', code: 'PLAN_POISON', at }],
    },
  )
  const plain = { color: false, width: 100 }
  const text = statusText(progress, plain)
  expect(text).toContain('5,108,800 of about 12,400,000 documents, 18,400 documents/s')
  expect(text).toContain('holds on 3 documents')
  expect(text).toContain('1 document in quarantine')
  expect(`${text}${programText(plan, plain)}`).not.toMatch(/\brows?\b/)
})

describe('commands as the shell takes them', () => {
  it('are written over several lines only where one is too long', () => {
    const long = { update: 'users', updates: [{ q: { a: 'x'.repeat(90) }, u: [], multi: true }] }
    expect(mongosh.typed(JSON.stringify({ drop: 'users' }))).toBe('db.runCommand({ drop: "users" });')
    // What is alone in its brackets stays on the line of the bracket.
    expect(mongosh.typed(JSON.stringify(long))).toBe(`db.runCommand({
  update: "users",
  updates: [{
    q: { a: "${'x'.repeat(90)}" },
    u: [],
    multi: true
  }]
});`)
  })

  it('are functions of what the runner binds, and of nothing else', () => {
    const page = { find: 'users', filter: { _id: { $lte: { $param: 2 } } }, limit: { $param: 1 } }
    expect(mongosh.typed(JSON.stringify(page), 'page_first')).toBe(
      '(limit, end) => db.runCommand({ find: "users", filter: { _id: { $lte: end } }, limit: limit })',
    )
    expect(mongosh.typed('{"count":"users"}', 'page_first')).toBe('db.runCommand({ count: "users" });')
  })

  it('name values as the shell does, and keys in quotes only where they need it', () => {
    const values = {
      'a.b': { $oid: '65a1000000000000000000a1' },
      at: { $date: { $numberLong: '5' } },
      n: { $numberLong: '7' },
    }
    expect(mongosh.typed(JSON.stringify(values))).toBe(
      'db.runCommand({ "a.b": ObjectId("65a1000000000000000000a1"), at: new Date(5), n: Long("7") });',
    )
  })

  it('are comments where no command does it', () => {
    expect(mongosh.typed('{"act":"mark stream","plan":"p","collection":"users"}')).toMatch(
      /^\/\/ the tool itself: .*changes of users/,
    )
    expect(
      mongosh.typed('{"ask":"checks","checks":[{"what":"a\\nb","holds":{}},{"what":"c","holds":{}}]}'),
    ).toBe('// looks up: a b\n// looks up: c')
  })
})

describe('the files of a program', () => {
  const plan = program('mongo-rename-field')
  const files = scriptFiles(plan)

  it('say each text once, and then where it stands', () => {
    expect(files['backfill.js']).toContain('// end, page_first, page, page_beyond: as in expand.1\n')
    expect(files['enforce.js']).toContain('// estimate, cuts, remaining, batch: as in backfill.1\n')
    expect(files['undo.js']).toContain('// end, page_first, page, page_beyond: as in expand.1\n')
    expect(
      Object.values(files)
        .join()
        .match(/^\/\/ page$/gm),
    ).toHaveLength(1)
  })

  it('say all of it in a step that stands alone', () => {
    const backfill = plan.phases.find(({ phase }) => phase === 'backfill')?.steps[0]
    expect(backfill && stepScript(plan, backfill)).not.toContain('as in')
  })

  it('say what must find nothing before a command', () => {
    expect(scriptFiles(program('mongo-set-validator'))['enforce.js']).toMatch(
      /\n\/\/ first, to find nothing\ndb\.runCommand\(\{\n {2}aggregate: "products",[\s\S]*\ndb\.runCommand\(\{\n {2}collMod/,
    )
  })

  it('say what an undo does to documents', () => {
    const undone = (name: string) => scriptFiles(program(name))['undo.js']
    expect(undone('mongo-rename-field')).toMatch(
      /undo of expand.1: .*\n\/\/ {3}takes the new fields away again\n/,
    )
    expect(undone('mongo-drop-field')).toMatch(/undo of contract.1: .*\n\/\/ {3}first gives documents what/)
  })
})

describe('the runbook', () => {
  it.each(galleryNames().documents)('of %s speaks of documents', (plan) => {
    const text = page(plan)
    const prose = text.replace(/```js[\s\S]*?```/g, '')
    expect(prose.match(/\b(columns?|tables?|triggers?|rows|SQL|ANALYZE|transaction)\b/gi)).toBeNull()
    expect(text).not.toMatch(/\n\n\n|[ \t]\n|\n\n$/)
    expect(prose).not.toMatch(/undefined|\[object/)
    const ids = [...text.matchAll(/plan:item=([\w.-]+) -->$/gm)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('has the deploy that stops writes after contract has begun', () => {
    const text = page('mongo-rename-field')
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
    expect(headings.slice(headings.indexOf('Verify'))).toEqual([
      'Verify',
      'Checkpoint switch-app',
      'Point of no return',
      'Contract',
      'Checkpoint stop-writes',
      'Say it',
      'Afterwards',
      'Appendix',
    ])
    expect(section(text, 'Contract')).toContain('before the drop until **stop-writes** is confirmed')
    expect(section(page('mongo-drop-field'), 'Contract')).toContain(
      'kept for 1d. The same command after that, once **stop-writes** is confirmed, does **contract.2**.',
    )
  })

  it('says when the changes have to be followed', () => {
    expect(section(page('mongo-rename-tailed'), 'Backfill')).toContain(
      '- [ ] `plan sync mongo-rename-tailed` runs',
    )
    expect(page('mongo-rename-field')).not.toContain('plan sync')
  })

  it('counts the quiet into what is expected', () => {
    expect(section(page('mongo-rename-tailed'), 'Enforce')).toContain(
      'Takes: 1h 4m to 1h 20m (from statistics: 12,400,000 documents, and 1h of quiet)',
    )
  })

  it.each([
    ['mongo-rename-field', 'users.last_name', 'After it there is no way back but a restore.'],
    ['mongo-drop-field', 'customers.fax', 'a restore, or by hand the copies in plan_backup_customers_'],
    ['mongo-drop-index', 'index last_seen_1 of users', 'After it the index has to be built again.'],
    ['mongo-change-field-type', 'plan_aside_orders_', 'After it there is no way back but a restore.'],
  ])('says what goes and how it could come back: %s', (plan, drops, after) => {
    const gate = section(page(plan), 'Point of no return')
    expect(gate).toMatch(new RegExp(`drops .*${drops}`))
    expect(gate).toContain(after)
  })

  it('names the command that is too long to be shown', () => {
    expect(section(page('mongo-set-validator'), 'Enforce')).toMatch(
      /db\.runCommand\(\{ collMod: "products", … \}\) \/\/ \d+ lines, see enforce\.js/,
    )
  })

  it('asks for what must be gone', () => {
    expect(section(page('mongo-rename-field'), 'Afterwards')).toContain(
      'Gone from the database: field users.last_name',
    )
    expect(section(page('mongo-change-field-type'), 'Afterwards')).toContain('collection plan_aside_orders_')
    expect(section(page('mongo-rename-collection'), 'Afterwards')).toContain('view client')
  })
})
