import type { DocumentLanguage } from '../interface/document-language.ts'
import { expression } from './language/expressions.ts'
import { indexes } from './language/indexes.ts'
import { bsonType, collectionProblem, fieldProblem, helperName } from './language/names.ts'
import { validators } from './language/validators.ts'
import { traits } from './traits.ts'
import { look } from './walk/look.ts'
import { code } from './write/code.ts'
import { writers } from './write/writers.ts'

/** MongoDB's part of the compiler; it is pure. */
export const language: DocumentLanguage = {
  model: 'documents',
  name: 'mongodb',
  traits,
  // A program for MongoDB uses no transactions: whatever has to change together is in one document.
  transaction: { begin: [], commit: [] },
  writers,
  expression,
  look,
  bsonType,
  fieldProblem,
  collectionProblem,
  helperName,
  validators,
  indexes,
  code,
}
