import type { FieldPair } from '../../compiler/documents/action.ts'
import type { CodeSample } from '../documents.ts'
import { ofPair } from './agreement.ts'
import { ups } from './backfill.ts'
import { constant, sample } from './code-sample.ts'
import { javascript, member, quoted, variable } from './javascript.ts'
import { setStage } from './paths.ts'

type Pairs = readonly { readonly from: string; readonly to: string }[]

/** What is written, and what has to be written with it. */
const sides = (group: FieldPair): Pairs =>
  group.up.map(({ field }, index) => ({ from: field, to: group.down[index]?.field ?? field }))

export function renameDriver(collection: string, group: FieldPair): CodeSample {
  const users = variable(collection)
  const [{ from, to } = { from: '', to: '' }] = sides(group)
  const both = javascript({ [to]: 0, [from]: 0 }).replaceAll(': 0', ': value')
  const copied = sides(group).map(
    (one) => `...(${quoted(one.from)} in document && { ${quoted(one.to)}: ${member('document', one.from)} })`,
  )
  return sample('driver', [
    `// ${to} and ${from} change in one update, so nobody ever sees only one of them.`,
    `export const setBoth = (${users}, filter, value) =>`,
    `  ${users}.updateOne(filter, { $set: ${both} })`,
    '',
    `export const insertBoth = (${users}, document) =>`,
    `  ${users}.insertOne({ ...document, ${copied.join(', ')} })`,
  ])
}

export const renameMongoose = (collection: string, group: FieldPair): CodeSample =>
  sample('mongoose', [
    `// The schema of ${collection} knows both fields; the application sets the new one.`,
    '// It gives the new one no default, which would count as set. The collection of the driver runs no such hooks:',
    '// there both have to be written by hand.',
    `const BOTH = ${javascript(sides(group).map(({ from, to }) => [from, to]))}`,
    ...constant({ FILL: setStage('', ups(group), ofPair.needsUp(group)) }),
    ...FOLLOWING,
    ...SAVING,
    ...updating(group.wins),
    ...WHOLE,
  ])

const FOLLOWING = [
  '// A part of the new field is the same part of the old one.',
  'const twin = (name) => {',
  "  const both = BOTH.find(([from]) => name === from || name.startsWith(from + '.'))",
  '  return both && both[1] + name.slice(both[0].length)',
  '}',
  'const copy = (values) => {',
  '  for (const name of Object.keys(values)) if (twin(name)) values[twin(name)] = values[name]',
  '}',
  'const copyDocument = (values) => {',
  '  for (const [from, to] of BOTH) if (values[from] !== void 0) values[to] = values[from]',
  '}',
  'const followed = (update) => {',
  '  if (Array.isArray(update)) {',
  "    const other = update.flatMap(Object.keys).find((name) => !['$set', '$addFields', '$unset'].includes(name))",
  "    if (other) throw new Error(other + ' cannot be followed: write both fields without it')",
  '    // Filled first, or the old value would go where there is no new one yet.',
  "    return [...FILL, ...update, { $set: Object.fromEntries(BOTH.map(([from, to]) => [to, '$' + from])) }]",
  '  }',
  '  const moved = Object.entries(update.$rename ?? {}).flat()',
  "  if (moved.some((name) => twin(name) || BOTH.some(([, to]) => to === name.split('.')[0])))",
  "    throw new Error('$rename cannot be followed: set and unset both fields')",
  "  for (const [name, part] of Object.entries(update)) if (name.startsWith('$')) copy(part)",
  '  copy(update)',
  '  return update',
  '}',
]

const SAVING = [
  '// Or changing a part of the new field would lose the rest of a value that only the old one has yet.',
  "schema.post('init', function () {",
  '  const copy = this.toObject({ depopulate: true })',
  '  for (const [from, to] of BOTH) {',
  '    // A list that is missing reads as an empty one.',
  '    if (!this.isSelected(from) || (this.get(from) !== void 0 && !this.$isDefault(from))) continue',
  '    if (copy[to] !== void 0 && !this.$isDefault(to)) this.set(from, copy[to])',
  '  }',
  '})',
  "schema.pre('save', function () {",
  '  const copy = this.toObject({ depopulate: true })',
  '  for (const [from, to] of BOTH) {',
  '    if (this.isNew ? this.get(from) === void 0 : !this.isModified(from)) continue',
  '    if (!this.isNew && !this.isDirectModified(from) && !this.isSelected(to))',
  "      throw new Error(to + ' has to be selected before a part of ' + from + ' is saved')",
  '    this.set(to, copy[from])',
  '  }',
  '})',
]

/** Where the old side counts, the backfill mends what an operator makes of a field that is not there yet. */
const updating = (wins: FieldPair['wins']): string[] => [
  `schema.pre(['updateOne', 'updateMany', 'findOneAndUpdate'], ${wins === 'new' ? 'async ' : ''}function () {`,
  ...(wins === 'new'
    ? [
        '  // What changes a part of a value needs the value there.',
        '  if (!Array.isArray(this.getUpdate())) {',
        '    const options = { session: this.getOptions().session, timestamps: false, updatePipeline: true }',
        '    await this.model.updateMany(this.getFilter(), FILL, options)',
        '  }',
      ]
    : []),
  '  const update = followed(this.getUpdate())',
  '  if (Array.isArray(update)) this.setOptions({ updatePipeline: true })',
  '  this.setUpdate(update)',
  '})',
]

const WHOLE = [
  "schema.pre(['replaceOne', 'findOneAndReplace'], function () {",
  '  const document = this.getUpdate()',
  '  copyDocument(document)',
  '  this.setUpdate(document)',
  '})',
  // Older versions call these with a function to go on before the documents.
  "schema.pre('insertMany', function (first, second) {",
  "  for (const document of [typeof first === 'function' ? second : first].flat()) copyDocument(document)",
  "  if (typeof first === 'function') first()",
  '})',
  "schema.pre('bulkWrite', function (first, second) {",
  "  const writes = typeof first === 'function' ? second : first",
  '  for (const write of writes.flatMap(Object.values)) {',
  '    for (const document of [write.document, write.replacement]) if (document) copyDocument(document)',
  '    if (write.update) write.update = followed(write.update)',
  '  }',
  "  if (typeof first === 'function') first()",
  '})',
]
