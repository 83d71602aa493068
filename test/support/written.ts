import { queriesOf, type Statements, undoQueriesOf, type Written } from '../../src/program/written.ts'

/** The texts of a walk or a proof, and of its undoing, by the names that scripts give them. */
export const queriesIn = (written: Written | undefined): Readonly<Record<string, string | undefined>> =>
  written === undefined ? {} : Object.fromEntries([...queriesOf(written), ...undoQueriesOf(written)])

/** An action of which it is known that it is a list of statements. */
export function asStatements(written: Written | undefined): Statements {
  if (written?.run !== 'statements') throw new Error('this action is a walk or a proof')
  return written
}
