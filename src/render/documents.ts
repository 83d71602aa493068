import type { Program } from '../compiler/program.ts'

/** Whether the program is for a database of documents: its words are others. */
export const isDocuments = ({ engine }: Pick<Program, 'engine'>): boolean => 'topology' in engine.traits
