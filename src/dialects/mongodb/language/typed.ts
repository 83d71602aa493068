import { type Doc, isDoc, type Json, mapped } from './json.ts'

/** Whether a value is valid for this name of Extended JSON. */
type Fits = (value: Json) => boolean

const matches =
  (pattern: RegExp): Fits =>
  (value) =>
    typeof value === 'string' && pattern.test(value)

const isText = matches(/^/)
const isOne: Fits = (value) => value === 1
const WHOLE = matches(/^-?\d+$/)

const consists =
  (members: Readonly<Record<string, Fits>>): Fits =>
  (value) =>
    isDoc(value) &&
    Object.keys(value).length === Object.keys(members).length &&
    Object.entries(members).every(([name, fits]) => name in value && fits(value[name]))

const isMoment: Fits = (value) =>
  Number.isSafeInteger(value) ||
  matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/)(value) ||
  consists({ $numberLong: WHOLE })(value)

/** Names that mean a type when they are alone in their object. Source: Extended JSON 2.0. */
const ALONE: ReadonlyMap<string, Fits> = new Map([
  ['$oid', matches(/^[0-9a-f]{24}$/i)],
  ['$date', isMoment],
  ['$numberInt', WHOLE],
  ['$numberLong', WHOLE],
  ['$numberDouble', matches(/^(-?Infinity|NaN|-?\d.*)$/)],
  ['$numberDecimal', isText],
  ['$binary', consists({ base64: isText, subType: matches(/^[0-9a-f]{1,2}$/i) })],
  ['$uuid', matches(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)],
  ['$regularExpression', consists({ pattern: isText, options: isText })],
  ['$timestamp', consists({ t: Number.isSafeInteger, i: Number.isSafeInteger })],
  ['$symbol', isText],
  ['$code', isText],
  ['$minKey', isOne],
  ['$maxKey', isOne],
])

/**
 * Whether the object is one value of a type that JSON lacks. Any other object with names that begin with a dollar
 * contains operators, or names of fields within a literal: `{ $regex: '@', $type: 'string' }`.
 */
export function isTyped(value: Doc): boolean {
  const [name = '', other, ...more] = Object.keys(value)
  if (other === undefined) return ALONE.get(name)?.(value[name]) ?? false
  return more.length === 0 && isText(value['$code']) && isDoc(value['$scope'])
}

/** Whether such a value is anywhere inside. */
export const holdsTyped = (value: Json): boolean =>
  Array.isArray(value)
    ? value.some(holdsTyped)
    : isDoc(value) && (isTyped(value) || Object.values(value).some(holdsTyped))

/** Wraps an object that only looks like a typed value or like a value of the runner. */
const VERBATIM = '$verbatim'

/** The object that is meant exactly as written; null for any other. */
export const verbatim = (value: Doc): Doc | null => {
  const inner = value[VERBATIM]
  return isDoc(inner) && Object.keys(value).length === 1 ? inner : null
}

/** The number of the value that the runner binds; null for any other object. */
export const paramOf = (value: Doc): number | null => {
  const number = value['$param']
  return Number.isSafeInteger(number) && Object.keys(value).length === 1 ? Number(number) : null
}

/** An object of a database, written so that exactly the same is read. */
export const existingColumn = (value: Doc): Doc =>
  isTyped(value) || verbatim(value) || paramOf(value) !== null ? { [VERBATIM]: value } : value

/** A value of a plan, which may use the types of Extended JSON. Nothing in it is one of our own keywords. */
export function ofPlan(value: Json): Json {
  if (Array.isArray(value)) return value.map(ofPlan)
  if (!isDoc(value)) return value
  const members = mapped(value, (name, one) => [name, ofPlan(one)])
  return isTyped(value) ? value : existingColumn(members)
}

const NUMBERS = ['$numberInt', '$numberLong', '$numberDouble']

/** A number in either form, if it is exact. */
export function numberOf(value: Json): number | null {
  if (typeof value === 'number') return value
  const [name = '', ...more] = isDoc(value) ? Object.keys(value) : []
  if (!isDoc(value) || more.length > 0 || !NUMBERS.includes(name) || !isTyped(value)) return null
  const number = Number(value[name])
  return Number.isFinite(number) && (name === '$numberDouble' || Number.isSafeInteger(number)) ? number : null
}

/** For comparing: to the server an int, a long and a double of the same value are equal. */
export function byValue(value: Json): Json {
  if (Array.isArray(value)) return value.map(byValue)
  if (!isDoc(value)) return value
  return numberOf(value) ?? mapped(value, (name, one) => [name, byValue(one)])
}
