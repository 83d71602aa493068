import type { Action } from '../program/action.ts'
import type { DocumentAction } from '../program/document-action.ts'
import type { Program } from '../program/program.ts'
import type { Step } from '../program/step.ts'
import { insteadOf as ofDocuments } from './models/documents/instead.ts'
import { insteadOf as ofTables } from './models/tables/instead.ts'

/**
 * What else was considered for a step, and why it was not taken. It follows from the actions and from what the server
 * can do, so it can be said of any program, and is not part of one.
 */
export function insteadOf({ parts }: Pick<Step, 'parts'>, { traits }: Program['engine']): readonly string[] {
  const actions = parts.map(({ action }) => action)
  return 'topology' in traits
    ? ofDocuments(actions as readonly DocumentAction[])
    : ofTables(actions as readonly Action[], traits)
}
