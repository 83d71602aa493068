import type { Program } from './program.ts'

/** Whether the program is for a database of documents. Texts for people then use other words. */
export const isDocuments = ({ engine }: Pick<Program, 'engine'>): boolean => 'topology' in engine.traits

/** The words that people use for the things in this database. */
export const wordsOf = (
  program: Pick<Program, 'engine'>,
): { readonly row: string; readonly table: string } =>
  isDocuments(program) ? { row: 'document', table: 'collection' } : { row: 'row', table: 'table' }
