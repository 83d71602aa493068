import type { FieldGroup, FieldPair } from '../../compiler/documents/action.ts'
import type { CodeSample, DocumentLanguage } from '../documents.ts'
import { conversion, ofConversion } from './agreement.ts'
import { computedDriver, computedMongoose } from './code-computed.ts'
import { renameDriver, renameMongoose } from './code-rename.ts'
import { constant, sample } from './code-sample.ts'
import { quoted, variable } from './javascript.ts'
import { setStage } from './paths.ts'

/** Two fields of the document itself that hold the same need no computing. */
const isPlain = (group: FieldGroup): group is FieldPair =>
  group.kind === 'pair' &&
  group.identical &&
  group.container === '' &&
  [...group.up, ...group.down].every(({ field }) => !field.includes('.'))

export const code: DocumentLanguage['code'] = {
  dualWrite: (collection, group) => {
    if (isPlain(group)) return [renameDriver(collection, group), renameMongoose(collection, group)]
    if (group.kind === 'convert') return [reading(collection, group)]
    return [computedDriver(collection, group), computedMongoose(collection, group)]
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
    ...constant({ READ: read }),
    '',
    `export const findBoth = (${users}, filter) => ${users}.aggregate([{ $match: filter }, ...READ])`,
  ])
}
