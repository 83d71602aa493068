import { refuse } from '../refuse.ts'
import { type DocumentContext, refOf } from './context.ts'
import { type DocumentOutline, outlineOf } from './outline.ts'
import { requireCollection, requireOwn } from './parts/preconditions.ts'
import type { RenameCollection } from './shapes.ts'

/**
 * One command gives the new name. A view under the old name then serves readers that were overlooked, and refuses
 * writers.
 */
export function renameCollection(wish: RenameCollection, context: DocumentContext): DocumentOutline {
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
}
