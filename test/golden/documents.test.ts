import { describe, expect, it } from 'vitest'
import { kindsOf } from '../../src/intents/index.ts'
import { documents, servers } from '../support/collections.ts'
import { COLLECTIONS } from '../support/gallery-documents.ts'
import { compiled, findingsOf, galleryNames, galleryText } from '../support/programs.ts'
import { incomplete, isAsReviewed, plansKept, reviewed, survives } from './holds.ts'

const { sql, documents: plans } = galleryNames()

/** What cannot be done on a server, and why not. */
const REFUSED: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'mongodb-8': {},
  'mongodb-5-standalone': {
    'mongo-rename-tailed': /cannot be asked here/,
    'mongo-merge-fields': /a single server, whose changes cannot be followed/,
  },
}

describe.each([
  ['mongodb-8', servers.set, null],
  ['mongodb-5-standalone', servers.alone, 'mongodb-8'],
] as const)('on %s', (name, server, first) => {
  const on = documents(COLLECTIONS, server)
  const refused = REFUSED[name] ?? {}
  const fitting = plans.filter((plan) => refused[plan] === undefined)

  it.each(Object.keys(refused))('%s is refused, with the reason and what to do', (plan) => {
    const [finding] = findingsOf(galleryText(plan), on)
    expect(finding?.message).toMatch(refused[plan] ?? /^$/)
    expect(finding?.hint).toMatch(/\w+/)
  })

  it.each(fitting)('%s compiles to the commands that were reviewed', async (plan) => {
    const text = galleryText(plan)
    await isAsReviewed({
      server: name,
      plan,
      ends: 'js',
      text: reviewed(text, on),
      first: first && { server: first, text: reviewed(text, documents(COLLECTIONS, servers.set)) },
    })
  })

  it('no text is kept of a plan that is not there', () => {
    expect(plansKept(name).sort()).toEqual([...fitting].sort())
  })

  it.each(fitting)('%s compiles to the same bytes again, and survives JSON', (plan) => {
    survives(galleryText(plan), on)
  })

  it.each(fitting)('every step of %s says its lock, its undo and how to see that it is done', (plan) => {
    expect(incomplete(compiled(galleryText(plan), on), EXCEPT)).toEqual([])
  })
})

it('every intent has a plan, and every key that only this database has is used by one', () => {
  const all = plans.map(galleryText)
  const kinds = kindsOf('documents').map((kind) => `- ${kind}:`)
  const keys = [
    'sync: tail',
    'sync: both',
    'quiet:',
    'archive: true',
    'stop-writes:',
    'pipeline:',
    'unparsed:',
  ]
  expect([...kinds, ...keys].filter((one) => !all.some((text) => text.includes(one)))).toEqual([])
})

it('is refused when it is for SQL databases, and what there is is named', () => {
  const on = documents(COLLECTIONS)
  for (const plan of sql) {
    const found = findingsOf(galleryText(plan), on)
    expect(found, plan).toContainEqual(
      expect.objectContaining({
        message: expect.stringMatching(/^\w+ is for SQL databases, and this one is/),
        hint: expect.stringContaining('rename_field'),
      }),
    )
  }
})

const EXCEPT = {
  // The index itself goes when its building is undone, and with it that it is unique.
  undo: ['make_unique'],
  // What it writes is the plan's own.
  lock: ['mark_stream'],
}
