import type { DocumentLanguage } from '../interface/document-language.ts'
import { code } from './code.ts'
import { expression } from './expressions.ts'
import { indexes } from './indexes.ts'
import { bsonType, collectionProblem, fieldProblem, helperName } from './names.ts'
import { traits } from './traits.ts'
import { validators } from './validators.ts'
import { writers } from './writers.ts'

/** MongoDB's part of the compiler; it is pure. */
export const language: DocumentLanguage = {
  model: 'documents',
  name: 'mongodb',
  traits,
  // A program for MongoDB uses no transactions: whatever has to change together is in one document.
  transaction: { begin: [], commit: [] },
  writers,
  expression,
  bsonType,
  fieldProblem,
  collectionProblem,
  helperName,
  validators,
  indexes,
  code,
}
