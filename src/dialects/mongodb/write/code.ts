import type { FieldGroup, FieldPair } from '../../../program/document-action.ts'
import type { CodeSample } from '../../../program/program.ts'
import type { DocumentLanguage } from '../../interface/document-language.ts'
import { conversion, ofConversion } from '../language/agreement.ts'
import { quoted, variable } from '../language/javascript.ts'
import { setStage } from '../language/paths.ts'
import { computedCode } from './code-computed.ts'
import { isRename, renameCode } from './code-rename.ts'
import { constant, readers, sample } from './code-sample.ts'

type Kept = Exclude<FieldGroup, { kind: 'convert' }>

export const code: DocumentLanguage['code'] = {
  dualWrite: (collection, groups) => {
    const kept = groups.filter((group) => group.kind !== 'convert')
    const changed = groups.filter((group) => group.kind === 'convert')
    return [
      ...(kept.length > 0 ? [keeping(collection, kept), modelled(collection)] : []),
      ...changed.map((group) => reading(collection, group)),
    ]
  },
  switched: (collection, groups) => {
    const pairs = groups.filter((group) => group.kind === 'pair')
    return pairs.length === 0 ? [] : [turned(collection, pairs)]
  },
  onlyNew: (collection, groups) => {
    const pairs = groups.filter((group) => group.kind === 'pair')
    return pairs.length === 0 ? [] : released(collection, pairs)
  },
}

const newOf = (groups: readonly FieldPair[]): string =>
  groups.flatMap(({ up }) => up.map(({ field }) => field)).join(', ')

const oldOf = (groups: readonly FieldPair[]): string =>
  groups.flatMap(({ down }) => down.map(({ field }) => field)).join(', ')

/** Groups that are all names for the same value need no computing. */
function keeping(collection: string, groups: readonly Kept[]): CodeSample {
  const renames = groups.filter((group): group is FieldPair => group.kind === 'pair' && isRename(group))
  const users = variable(collection)
  return sample('driver', [
    '// keep-both.js: every write to the collection is made to both shapes, in one and the same write.',
    `// Take the collection from it everywhere: const ${users} = keepBoth(db.collection(${quoted(collection)}))`,
    '// client.bulkWrite, $merge and $out pass it by; once the plan has sealed the collection the server refuses them.',
    ...(renames.length === groups.length ? renameCode(renames) : computedCode(groups)),
  ])
}

const modelled = (collection: string): CodeSample =>
  sample('mongoose', [
    `// Once for each model of ${collection}, where it is made: const Model = keepBothIn(mongoose.model(…))`,
    '// A base model does it for its discriminators. The schema knows what your code writes, and nothing of the other shape.',
    "import { FOLLOWING, keepBoth } from './keep-both.js' // the code for the driver",
    '',
    'export function keepBothIn(Model) {',
    '  for (const { schema, modelName } of [Model, ...Object.values(Model.discriminators ?? {})])',
    '    for (const path of FOLLOWING)',
    '      if (schema.path(path))',
    "        throw new Error('The schema of ' + modelName + ' has ' + path + ', which is kept up for it: take it out of the schema')",
    '  keepBoth(Model.collection)',
    '  const { db } = Model',
    '  const { bulkWrite } = db',
    '  db.bulkWrite = async (operations, options) => {',
    '    if (operations.some(({ model }) => model === Model || model === Model.modelName))',
    "      throw new Error('bulkWrite of the connection cannot keep both shapes in step: use bulkWrite of the model')",
    '    return bulkWrite.call(db, operations, options)',
    '  }',
    '  return Model',
    '}',
  ])

const turned = (collection: string, groups: readonly FieldPair[]): CodeSample =>
  sample('keep-both.js', [
    `// Your code for ${collection} reads and writes ${newOf(groups)}, and so does the schema of mongoose. ${oldOf(groups)} is kept up for it:`,
    'const SWITCHED = true',
  ])

function released(collection: string, groups: readonly FieldPair[]): CodeSample[] {
  const users = variable(collection)
  const [news, olds] = [newOf(groups), oldOf(groups)]
  return [
    sample('driver', [
      `// Only ${news} is written from now on: keepBoth goes. ${olds} is left alone: the plan takes it away.`,
      '// Who writes a whole document or list back that was read before leaves it out.',
      `const ${users} = db.collection(${quoted(collection)})`,
    ]),
    sample('mongoose', [
      '// keepBothIn goes. The schema has not known the old shape since switch-app, and what is read leaves it behind:',
      '// a whole list that is saved would write it again.',
      ...FORGETTING(groups.flatMap(({ down }) => down.map(({ field }) => field))),
    ]),
  ]
}

const FORGETTING = (fields: readonly string[]): string[] => [
  `const GONE = [${fields.map((field) => `[${field.split('.').map(quoted).join(', ')}]`).join(', ')}]`,
  'const forget = (value, [name, ...below]) => {',
  '  if (Array.isArray(value)) for (const one of value) forget(one, [name, ...below])',
  "  else if (value && typeof value === 'object') below.length > 0 ? forget(value[name], below) : delete value[name]",
  '}',
  "schema.pre('init', (document) => {",
  '  for (const path of GONE) forget(document, path)',
  '})',
]

/** A change in place needs no second write: the reading code has to accept both types. */
function reading(collection: string, group: Extract<FieldGroup, { kind: 'convert' }>): CodeSample {
  const users = variable(collection)
  const read = setStage(
    group.container,
    [{ field: group.field, value: conversion(group), removes: false }],
    ofConversion.needs(group),
  )
  return sample('driver', [
    `// ${group.field} is written as ${group.to.join(' or ')} from now on, and read whichever type it still has.`,
    ...readers([read]),
    ...constant('READ', [read]),
    '',
    `export const findBoth = (${users}, filter) => ${users}.aggregate([{ $match: filter }, ...READ])`,
  ])
}
