import type { Expression } from '../../../program/column.ts'
import type { Field } from '../../../program/document-action.ts'
import { own } from '../../../text/own.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { isDoc, type Json, text } from './json.ts'
import { fieldProblem } from './names.ts'
import { ofPlan } from './typed.ts'

/** Operators and variables that give another result each time. */
const VOLATILE = new Set(['$$NOW', '$$CLUSTER_TIME', '$rand'])

/** Server-side JavaScript is disabled in many places and slow everywhere else. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  $function: 'JavaScript on the server',
  $accumulator: 'JavaScript on the server',
  $where: 'JavaScript on the server',
  $sampleRate: 'a random choice of documents',
  $param: 'parameters of the runner',
}

/** Stages look like operators, and people write a whole pipeline where one expression belongs. */
const STAGES = new Set([
  '$match',
  '$project',
  '$set',
  '$addFields',
  '$unset',
  '$group',
  '$lookup',
  '$unwind',
  '$replaceRoot',
  '$replaceWith',
  '$merge',
  '$out',
])

const HINT = 'write one aggregation expression over the fields of the document, such as { $toLower: $email }'

/** The author's own aggregation expression. It is never edited; only the fields it reads are determined. */
export function authored(pipeline: Json, container: Field): Expression | Refusal {
  const found: Found = { reads: new Set(), volatile: false, problem: null }
  if (Array.isArray(pipeline) && pipeline.some((one) => isDoc(one) && STAGES.has(Object.keys(one)[0] ?? '')))
    return { refused: 'stages of a pipeline instead of an expression', hint: HINT }
  if (pipeline === undefined) return { refused: 'an expression is missing', hint: HINT }
  look(pipeline, container, found)
  return found.problem ?? { sql: text(ofPlan(pipeline)), reads: [...found.reads], volatile: found.volatile }
}

type Found = { readonly reads: Set<Field>; volatile: boolean; problem: Refusal | null }

function look(value: Json, container: Field, found: Found): void {
  if (typeof value === 'string') lookAtText(value, container, found)
  else if (Array.isArray(value)) for (const one of value) look(one, container, found)
  else if (isDoc(value))
    for (const [name, below] of Object.entries(value)) lookAt(name, below, container, found)
}

function lookAt(name: string, below: Json, container: Field, found: Found): void {
  if (name === '$literal') return
  const forbidden = own(FORBIDDEN, name)
  if (forbidden) found.problem ??= no(`an expression cannot hold ${name} (${forbidden})`)
  if (STAGES.has(name)) found.problem ??= no(`${name} is a stage of a pipeline and no expression`)
  if (VOLATILE.has(name)) found.volatile = true
  if (name === '$getField' && typeof below === 'string') found.reads.add(below)
  else if (name === '$getField' && isDoc(below) && typeof below['field'] === 'string' && !('input' in below))
    found.reads.add(below['field'])
  look(below, container, found)
}

function lookAtText(text: string, container: Field, found: Found): void {
  if (!text.startsWith('$')) return
  const [variable = '', ...path] = text.startsWith('$$') ? text.split('.') : ['', ...text.slice(1).split('.')]
  if (VOLATILE.has(variable)) found.volatile = true
  const read = readBy(variable, path.join('.'), container)
  if (typeof read === 'string') found.reads.add(read)
  else if (read) found.problem ??= read
}

/** The field that a path with a variable reads; null for variables that the expression itself defines. */
function readBy(variable: string, field: Field, container: Field): Field | Refusal | null {
  if (variable === '$$here') return readHere(field, container)
  if (!['', '$$ROOT', '$$CURRENT'].includes(variable)) return null
  if (variable !== '' && field === '')
    return no(`${variable} is all of the document`, 'name the fields that are read')
  const problem = /^_id(\.|$)/.test(field) ? null : fieldProblem(field)
  return problem === null ? field : no(`$${field} cannot be read: ${problem}`)
}

function readHere(field: Field, container: Field): Field | Refusal {
  if (container === '') return no('$$here is only there beneath a subdocument', `write $${field || 'field'}`)
  return field === ''
    ? no('$$here is all of the subdocument', 'name the fields that are read')
    : `${container}.${field}`
}

const no = (refused: string, hint = HINT): Refusal => ({ refused, hint })
