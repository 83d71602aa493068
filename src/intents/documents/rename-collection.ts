import { z } from 'zod'
import { name } from '../../plan/grammar.ts'
import { defineDocumentIntent } from '../define.ts'
import { refuse } from '../refuse.ts'
import { refOf } from './context.ts'
import { outlineOf } from './outline.ts'
import { requireCollection, requireOwn } from './parts/preconditions.ts'

/**
 * One command gives the new name. A view under the old name then serves readers that were overlooked, and refuses
 * writers.
 */
export const renameCollection = defineDocumentIntent({
  kind: 'rename_collection',
  shape: z
    .strictObject({
      from: name.describe('The name the collection has.'),
      to: name.describe('The name it gets.'),
    })
    .describe(
      'MongoDB: give a collection a new name; a view under the old one serves readers until contract.',
    ),
  outline(wish, context) {
    const { from, to } = wish
    const collection = requireCollection(context, from, context.at('from'))
    requireOwn(collection, context.at('from'))
    const problem = context.language.collectionProblem(to)
    if (problem) refuse('PLAN_INVALID', `${to}: ${problem}`, 'choose another name', context.at('to'))
    if ((context.snapshot.collections ?? []).some(({ name }) => name === to))
      refuse(
        'PLAN_COLUMN_EXISTS',
        from === to ? `${from} has this name already` : `there is a collection ${to} already`,
        'choose another name, or drop that collection first if it is a leftover',
        context.at('to'),
      )
    const [view] = collection.views
    if (view)
      refuse(
        'PLAN_UNSUPPORTED',
        `view ${view.name} reads ${from}, and would find nothing there`,
        'drop the view first, and make it anew on the new name afterwards',
        context.at('from'),
      )
    return outlineOf(refOf(context, from), {
      renamed: to,
      dualWrite: [
        {
          text: `the version that uses whichever of ${from} and ${to} is a collection; while one is renamed nobody may write to ${from}, or the server makes a new one`,
          early: false,
        },
      ],
      switchApp: [`the version that knows only ${to}`],
      warnings: [
        `for a moment between two commands nothing is called ${from}: readers find nothing there, until a view has the name`,
      ],
    })
  },
})
