import { describe, expect, it } from 'vitest'
import { REFUSED, snapshotOn } from '../support/gallery.ts'
import { compiled, findingsOf, galleryNames, galleryText } from '../support/programs.ts'
import { incomplete, isAsReviewed, plansKept, reviewed, survives } from './holds.ts'

const { sql: plans } = galleryNames()

const first = { postgres: ['postgres-18', 180004], mysql: ['mysql-9', 90704] } as const

const servers = [
  [...first.postgres, null],
  ['postgres-14', 140023, first.postgres],
  [...first.mysql, null],
  ['mariadb-10.11', 101118, first.mysql],
] as const

describe.each(servers)('on %s', (name, number, base) => {
  const [dialect = ''] = name.split('-')
  const refused = { ...REFUSED[dialect], ...REFUSED[name] }
  const fitting = plans.filter((plan) => refused[plan] === undefined)
  const on = (plan: string) => snapshotOn(name, number, plan)

  it.each(Object.keys(refused))('%s is refused, with the reason and what to do', (plan) => {
    const [finding] = findingsOf(galleryText(plan), on(plan))
    expect(finding?.message).toMatch(refused[plan] ?? /^$/)
    expect(finding?.hint).toMatch(/\w+/)
  })

  it.each(fitting)('%s compiles to the statements that were reviewed', async (plan) => {
    const text = galleryText(plan)
    await isAsReviewed({
      server: name,
      plan,
      ends: 'sql',
      text: reviewed(text, on(plan)),
      first: base && { server: base[0], text: reviewed(text, snapshotOn(base[0], base[1], plan)) },
    })
  })

  it('no text is kept of a plan that is not there', () => {
    expect(plansKept(name).sort()).toEqual([...fitting].sort())
  })

  it.each(fitting)('%s compiles to the same bytes again, and survives JSON', (plan) => {
    survives(galleryText(plan), on(plan))
  })

  it.each(fitting)('every step of %s says its lock, its undo and how to see that it is done', (plan) => {
    expect(incomplete(compiled(galleryText(plan), on(plan)), EXCEPT)).toEqual([])
  })

  it('what only MongoDB reads in an expression, or keeps in an archive, is refused', () => {
    const text = galleryText('add-column-with-default')
    const fill = text.replace('default: active', 'fill: { pipeline: [active] }')
    for (const one of [fill, `${text}contract: { archive: true }\n`])
      expect(findingsOf(one, on('')), one).toMatchObject([{ hint: expect.stringMatching(/\w/) }])
  })

  it('mongo-split-field is refused, and what there is is named', () => {
    expect(findingsOf(galleryText('mongo-split-field'), on(''))).toMatchObject([
      {
        message: 'split_field is for MongoDB, and this is an SQL database',
        hint: expect.stringContaining('rename_column'),
      },
    ])
  })

  it('mongo-rename-tailed is refused with everything in it that only MongoDB has', () => {
    const found = findingsOf(galleryText('mongo-rename-tailed'), on('')).map(({ message }) => message)
    expect(found).toEqual(
      expect.arrayContaining([
        'rename_field is for MongoDB, and this is an SQL database',
        'sync: tail is for MongoDB',
        'backfill.quiet is not built yet for SQL databases',
        'the checkpoint stop-writes is for plans in which the application itself writes an old shape',
      ]),
    )
  })
})

const EXCEPT = {
  // Nothing but the catalogue's word that it is valid; the constraint itself goes when its step is undone. What was lent
  // for the time of a step is not lent again.
  undo: ['validate_constraint', 'release_names'],
  // The table of marks is of no use to anybody once its triggers are gone.
  lock: [
    'create_archive',
    'drop_marks',
    'replace_sync',
    'create_sequence',
    // The list alone, which is no table.
    'add_words',
    'rename_index',
    'rename_statistics',
  ],
}
