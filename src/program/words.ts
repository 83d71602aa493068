import type { Program } from './program.ts'

/** Whether the program is for a database of documents: its words are others. */
export const isDocuments = ({ engine }: Pick<Program, 'engine'>): boolean => 'topology' in engine.traits

/** What people call the things of this database. */
export const wordsOf = (
  program: Pick<Program, 'engine'>,
): { readonly row: string; readonly table: string } =>
  isDocuments(program) ? { row: 'document', table: 'collection' } : { row: 'row', table: 'table' }
