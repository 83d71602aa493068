import type { FieldGroup, FieldPair } from '../../compiler/documents/action.ts'
import type { CodeSample, DocumentLanguage } from '../documents.ts'
import { conversion, exprOf, ofConversion, ofFill } from './agreement.ts'
import { javascript, member, quoted, variable } from './javascript.ts'
import type { Doc } from './json.ts'
import { setStage } from './paths.ts'

const sample = (title: string, lines: readonly string[]): CodeSample => ({
  title,
  language: 'js',
  text: `${lines.join('\n')}\n`,
})

/** Two fields of the document itself that hold the same need no computing. */
const isPlain = (group: FieldGroup): group is FieldPair =>
  group.kind === 'pair' &&
  group.identical &&
  group.container === '' &&
  [...group.up, ...group.down].every(({ field }) => !field.includes('.'))

export const code: DocumentLanguage['code'] = {
  dualWrite: (collection, group) => {
    if (isPlain(group)) return [plainDriver(collection, group), plainMongoose(collection, group)]
    if (group.kind === 'convert') return [reading(collection, group)]
    const keep = keeping(group)
    return [driver(collection, group, keep), mongoose(collection, group, keep)]
  },
  onlyNew: (collection, group) => {
    const users = variable(collection)
    const news = group.up.map(({ field }) => field).join(', ')
    const olds = group.down.map(({ field }) => field)
    return [
      sample('driver', [
        `// Only ${news} is written from now on. ${olds.join(', ')} is left alone: the plan takes it away.`,
        `export const updateNew = (${users}, filter, fields) => ${users}.updateOne(filter, { $set: fields })`,
        '',
        `export const insertNew = (${users}, document) => ${users}.insertOne(document)`,
      ]),
      sample('mongoose', [
        '// The hooks that kept both fields are taken out, and the schema no longer knows the old one.',
        ...olds.map((field) => `schema.remove(${quoted(field)})`),
      ]),
    ]
  },
}

type Pairs = readonly { readonly from: string; readonly to: string }[]

/** What is written, and what has to be written with it. */
const sides = (group: FieldPair): Pairs =>
  group.up.map(({ field }, index) => ({ from: field, to: group.down[index]?.field ?? field }))

function plainDriver(collection: string, group: FieldPair): CodeSample {
  const users = variable(collection)
  const [{ from, to } = { from: '', to: '' }] = sides(group)
  const both = javascript({ [to]: 0, [from]: 0 }).replaceAll(': 0', ': value')
  const copied = sides(group).map((one) => `${quoted(one.to)}: ${member('document', one.from)}`)
  return sample('driver', [
    `// ${to} and ${from} change in one update, so nobody ever sees only one of them.`,
    `export const setBoth = (${users}, filter, value) =>`,
    `  ${users}.updateOne(filter, { $set: ${both} })`,
    '',
    `export const insertBoth = (${users}, document) =>`,
    `  ${users}.insertOne({ ...document, ${copied.join(', ')} })`,
  ])
}

const plainMongoose = (collection: string, group: FieldPair): CodeSample =>
  sample(
    'mongoose',
    plainLines(
      collection,
      sides(group).map(({ from, to }) => [from, to]),
    ),
  )

const plainLines = (collection: string, pairs: readonly (readonly string[])[]): string[] => [
  `// The schema of ${collection} knows both fields; the application sets the new one.`,
  `const BOTH = ${javascript(pairs)}`,
  'const copy = (values) => {',
  '  for (const [from, to] of BOTH) if (values && from in values) values[to] = values[from]',
  '}',
  "schema.pre('save', function () {",
  '  for (const [from, to] of BOTH) if (this.isNew || this.isModified(from)) this.set(to, this.get(from))',
  '})',
  "schema.pre(['updateOne', 'updateMany', 'findOneAndUpdate'], function () {",
  '  const update = this.getUpdate()',
  '  if (Array.isArray(update)) {',
  "    const set = Object.fromEntries(BOTH.map(([from, to]) => [to, '$' + from]))",
  '    this.setUpdate([...update, { $set: set }])',
  '  } else {',
  '    for (const part of [update, update.$set, update.$setOnInsert, update.$unset]) copy(part)',
  '    this.setUpdate(update)',
  '  }',
  '})',
  // Older versions call it with a function to go on before the documents.
  "schema.pre('insertMany', function (first, second) {",
  '  for (const document of [second ?? first].flat()) copy(document)',
  "  if (typeof first === 'function') first()",
  '})',
]

/** The stage that makes the other shape of what was just written. */
function keeping(group: Exclude<FieldGroup, { kind: 'convert' }>): Doc {
  if (group.kind === 'fill')
    return setStage(
      group.container,
      group.up.map((one) => ({ field: one.field, value: exprOf(one), removes: false })),
      ofFill.needs(group),
    )
  return setStage(
    group.container,
    group.down.map((one) => ({ field: one.field, value: exprOf(one), removes: !group.identical })),
    true,
  )
}

/** A stage that holds values of types that JSON lacks has to be read by the driver's own reader. */
function constant(name: string, value: Doc): string[] {
  const written = JSON.stringify([value])
  return /"\$(?:number\w+|date|oid)"/.test(written)
    ? [
        "import { EJSON } from 'bson'",
        '',
        `const ${name} = EJSON.parse(${quoted(written)}, { relaxed: false })`,
      ]
    : [`const ${name} = ${javascript([value])}`]
}

const LITERALS = [
  'const literals = (fields) =>',
  '  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { $literal: value }]))',
]

const says = (group: Exclude<FieldGroup, { kind: 'convert' }>): string =>
  group.kind === 'fill'
    ? `Every writer gives ${group.up[0].field} a value; where it does not, the server does.`
    : `The application sets ${names(group.up)}; the server makes ${names(group.down)} of it in the same update.`

const names = (side: readonly { readonly field: string }[]): string =>
  side.map(({ field }) => field).join(', ')

function driver(collection: string, group: Exclude<FieldGroup, { kind: 'convert' }>, keep: Doc): CodeSample {
  const users = variable(collection)
  return sample('driver', [
    `// ${says(group)}`,
    "import { ObjectId } from 'mongodb'",
    ...constant('KEEP', keep),
    ...LITERALS,
    '',
    `export const updateBoth = (${users}, filter, fields) =>`,
    `  ${users}.updateOne(filter, [{ $set: literals(fields) }, ...KEEP])`,
    '',
    '// Matches no document, so it inserts one, or says that there is one with this _id.',
    `export const insertBoth = (${users}, { _id = new ObjectId(), ...fields }) =>`,
    `  ${users}.updateOne(`,
    '    { _id, $nor: [{}] },',
    '    [{ $replaceWith: { $literal: { _id, ...fields } } }, ...KEEP],',
    '    { upsert: true },',
    '  )',
  ])
}

function mongoose(
  collection: string,
  group: Exclude<FieldGroup, { kind: 'convert' }>,
  keep: Doc,
): CodeSample {
  const tops = Object.keys(keep['$set'] as Doc)
  return sample('mongoose', [
    `// ${says(group)} The schema of ${collection} knows all of them.`,
    ...constant('KEEP', keep),
    ...LITERALS,
    `const TOPS = ${javascript(tops)}`,
    '// $documents needs MongoDB 5.1.',
    'const completed = async (model, document) => {',
    '  const made = await model.db.db.aggregate([{ $documents: [{ $literal: document }] }, ...KEEP]).next()',
    '  return Object.fromEntries(TOPS.filter((name) => name in made).map((name) => [name, made[name]]))',
    '}',
    "schema.pre('save', async function () {",
    '  this.set(await completed(this.constructor, this.toObject({ depopulate: true })))',
    '})',
    "schema.pre(['updateOne', 'updateMany', 'findOneAndUpdate'], function () {",
    '  const update = this.getUpdate()',
    '  if (Array.isArray(update)) return void this.setUpdate([...update, ...KEEP])',
    '  const { $set = {}, $setOnInsert, ...rest } = update',
    "  const other = Object.keys(rest).find((name) => name.startsWith('$'))",
    "  if (other) throw new Error(other + ' has to be written as an update with a pipeline')",
    '  this.setOptions({ updatePipeline: true })',
    '  this.setUpdate([{ $set: literals({ ...rest, ...$set }) }, ...KEEP])',
    '})',
    "schema.pre('insertMany', async function (first, second) {",
    '  const documents = [second ?? first].flat()',
    '  for (const document of documents) Object.assign(document, await completed(this, document))',
    "  if (typeof first === 'function') first()",
    '})',
  ])
}

/** In place there is nothing to write twice: what reads has to bear both types. */
function reading(collection: string, group: Extract<FieldGroup, { kind: 'convert' }>): CodeSample {
  const users = variable(collection)
  const read = setStage(
    group.container,
    [{ field: group.field, value: conversion(group), removes: false }],
    ofConversion.needs(group),
  )
  return sample('driver', [
    `// ${group.field} is written as ${group.to.join(' or ')} from now on, and read whichever type it still has.`,
    ...constant('READ', read),
    '',
    `export const findBoth = (${users}, filter) => ${users}.aggregate([{ $match: filter }, ...READ])`,
  ])
}
