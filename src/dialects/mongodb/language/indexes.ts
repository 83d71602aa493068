import type { Field } from '../../../program/document-action.ts'
import type { DocumentLanguage } from '../../interface/document-language.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { racing } from '../../upserts.ts'
import { type Doc, doc, isDoc, type Json, mapped, moved, text, within, without } from './json.ts'
import { fieldProblem } from './names.ts'
import { isOpaqueQuery, renamedInQuery } from './query-fields.ts'
import { byValue, isTyped, ofPlan } from './typed.ts'

/**
 * A specification with options in alphabetical order, as in the snapshot. The order of the key's fields counts and stays.
 */
const specification = (of: Doc): string =>
  text(Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1))))

const KINDS: readonly unknown[] = [1, -1, 'text', '2d', '2dsphere', 'hashed']

type Wish = Parameters<DocumentLanguage['indexes']['define']>[0]

export const indexes: DocumentLanguage['indexes'] = {
  define: (wish) =>
    wishProblem(wish) ??
    specification({
      key: wish.keys,
      name: wish.name,
      ...(wish.unique && { unique: true }),
      ...(wish.sparse && { sparse: true }),
      ...(isDoc(wish.partial) && { partialFilterExpression: ofPlan(wish.partial) }),
      ...(wish.expireAfter !== null && { expireAfterSeconds: wish.expireAfter }),
    }),

  renamed: (definition, from, to, taken) => renamed(doc(definition), from, to, taken),

  unique: (definition, whether) => {
    const plain = without(doc(definition), 'unique', 'prepareUnique')
    return specification(whether ? { ...plain, unique: true } : plain)
  },

  upserts: (name, twin) => [
    racing({
      until: 'to contract',
      indexes: [name, twin],
      both: 'upsert',
      fails: 'can fail with 11000',
      unless: 'the server tries again by itself only where the filter asks for the fields of just that index',
      again: 'the upsert, or its transaction,',
      finds: 'document',
    }),
  ],
  refusesMissing: (definition, field) => {
    const { unique, sparse, key, partialFilterExpression: filter } = doc(definition)
    if (unique !== true || !isDoc(key)) return false
    const keys = Object.keys(key)
    // When the field is missing or outdated, the other parts or the filter alone may make documents collide.
    if (keys.length > 1 || !keys.some((one) => within(one, field))) return true
    return sparse !== true && !(isDoc(filter) && isDemanded(filter, field))
  },

  expires: (definition) => doc(definition)['expireAfterSeconds'] !== undefined,

  alike: (one, other) => identity(doc(one)) === identity(doc(other)),
}

/**
 * What the server compares. A unique and a plain index are different, but not in steps: a unique one begins as a plain
 * one.
 */
const identity = ({ key, partialFilterExpression, sparse, collation }: Doc): string =>
  text([key, byValue(partialFilterExpression), sparse === true, collation])

/** A document that lacks the field does not match the filter. */
const isDemanded = (filter: Doc, field: Field): boolean =>
  Object.entries(filter).some(([name, condition]) => {
    if (name === '$and' && Array.isArray(condition))
      return condition.some((one) => isDoc(one) && isDemanded(one, field))
    return within(name, field) && demands(condition)
  })

const demands = (condition: Json): boolean => {
  if (!isDoc(condition) || isTyped(condition)) return condition !== null
  return Object.entries(condition).some(([operator, value]) => {
    if (operator === '$exists') return value === true
    if (['$type', '$gt', '$lt'].includes(operator)) return true
    if (['$gte', '$lte', '$eq'].includes(operator)) return value !== null
    return operator === '$in' && Array.isArray(value) && !value.includes(null)
  })
}

const no = (refused: string, hint: string): Refusal => ({ refused, hint })

function wishProblem(wish: Wish): Refusal | null {
  const fields = Object.entries(wish.keys)
  if (wish.name === '' || wish.name === '*' || wish.name.includes('\0'))
    return no('not a name for an index', 'choose another')
  if (wish.name === '_id_') return no('_id_ is the index that every collection has', 'choose another name')
  if (fields.length === 0) return no('an index needs a field', 'fields: [email]')
  for (const [field, kind] of fields) {
    const problem = keyProblem(field, kind)
    if (problem) return problem
  }
  return optionsProblem(wish, fields)
}

function keyProblem(field: Field, kind: unknown): Refusal | null {
  const problem = field === '_id' || /(^|\.)\$\*\*$/.test(field) ? null : fieldProblem(field)
  if (problem) return no(`${field} cannot be indexed: ${problem}`, 'name a field by its path')
  return KINDS.includes(kind) ? null : no(`${field}: no kind of index: ${kind}`, `one of ${KINDS.join(', ')}`)
}

function optionsProblem(
  { unique, sparse, partial, expireAfter }: Wish,
  fields: readonly (readonly [string, unknown])[],
): Refusal | null {
  const filtered = partial !== undefined && partial !== null
  if (unique && fields.some(([, kind]) => kind === 'hashed' || kind === 'text'))
    return no('a hashed or text index cannot be unique', 'leave out unique, or index the field itself')
  if (filtered && !isDoc(partial)) return no('a filter is an object', 'such as { email: { $exists: true } }')
  if (sparse && filtered) return no('an index is sparse or has a filter', 'put $exists into the filter')
  return expireAfter !== null && (fields.length > 1 || expireAfter < 0)
    ? no('only an index of one field expires documents, after 0 seconds or more', 'index it alone')
    : null
}

function renamed(
  from: Doc,
  field: Field,
  to: Field,
  taken: readonly string[],
): { readonly name: string; readonly definition: string } | Refusal {
  const key = from['key']
  if (!isDoc(key)) throw new Error('an index has a key')
  const problem = untwinnable(from, key, field)
  if (problem) return problem
  const keys = mapped(key, (name, kind) => [moved(name, field, to), kind])
  if (Object.keys(keys).length < Object.keys(key).length)
    return {
      refused: `index ${String(from['name'])} has both ${field} and ${to}`,
      hint: 'drop it, or rename to another field',
    }
  const name = free(nameFor(String(from['name']), key, keys, field, to), taken)
  const definition = mapped(without(from, 'v', 'ns', 'prepareUnique', 'hidden'), (option, value) => {
    if (option === 'key') return [option, keys]
    if (option === 'name') return [option, name]
    if (option === 'partialFilterExpression' && isDoc(value))
      return [option, renamedInQuery(value, field, to)]
    if (option === 'wildcardProjection' && isDoc(value))
      return [option, mapped(value, (one, shown) => [moved(one, field, to), shown])]
    return [option, value]
  })
  return { name, definition: specification(definition) }
}

/** Why a second such index cannot exist beside the first; null when it can. */
function untwinnable(from: Doc, key: Doc, field: Field): Refusal | null {
  const name = String(from['name'])
  if ('_fts' in key || Object.values(key).includes('text'))
    return {
      refused: `index ${name} is a text index, of which a collection can have only one`,
      hint: 'drop it before, and build it anew when the plan is done',
    }
  const filter = from['partialFilterExpression']
  return isDoc(filter) && isOpaqueQuery(filter, field)
    ? {
        refused: `the filter of index ${name} speaks of ${field} in a way that cannot be renamed`,
        hint: 'drop the index before, and build it anew when the plan is done',
      }
    : null
}

const conventional = (key: Doc): string =>
  Object.entries(key)
    .map(([name, kind]) => `${name}_${kind}`)
    .join('_')

/** The server's naming convention, where the old name follows it. Otherwise the old name with the field's name replaced. */
function nameFor(name: string, key: Doc, keys: Doc, field: Field, to: Field): string {
  if (name === conventional(key)) return conventional(keys)
  const [last, next] = [field.split('.').at(-1) ?? field, to.split('.').at(-1) ?? to]
  if (name.includes(field)) return name.replace(field, () => to)
  return name.includes(last) ? name.replace(last, () => next) : `${name}_${next}`
}

function free(name: string, taken: readonly string[]): string {
  let found = name
  for (let number = 2; taken.includes(found); number++) found = `${name}_${number}`
  return found
}
