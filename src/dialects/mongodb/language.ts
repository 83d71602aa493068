import type { DocumentLanguage } from '../interface/document-language.ts'
import { code } from './code.ts'
import { expression } from './expressions.ts'
import { indexes } from './indexes.ts'
import { bsonType, collectionProblem, fieldProblem, helperName } from './names.ts'
import { traits } from './traits.ts'
import { validators } from './validators.ts'
import { writers } from './writers.ts'

/** The pure half of MongoDB. */
export const language: DocumentLanguage = {
  model: 'documents',
  name: 'mongodb',
  traits,
  // Nothing of a program is a transaction: what has to hold together is one document.
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
