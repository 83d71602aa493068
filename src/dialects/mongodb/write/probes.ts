import type { Validator } from '../../../schema/collection.ts'
import type { Ask } from '../connect/statement.ts'
import { type Doc, doc } from '../language/json.ts'

export const indexIs = (collection: string, name: string, is: Doc): Ask => ({
  ask: 'index',
  collection,
  name,
  is,
})

export const no = (of: Ask): Ask => ({ ask: 'not', of })

/** `is` as the server returns it. */
export const validatorIs = (collection: string, validator: Validator | null): Ask => ({
  ask: 'validator',
  collection,
  is: validator && {
    validator: doc(validator.rule),
    level: validator.level,
    action: validator.action,
  },
})

export const collectionIs = (name: string, type: 'collection' | 'view'): Ask => ({
  ask: 'collection',
  name,
  type,
})
