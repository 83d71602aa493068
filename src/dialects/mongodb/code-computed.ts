import type { FieldGroup } from '../../compiler/documents/action.ts'
import type { CodeSample } from '../documents.ts'
import { and, isMissing, isNull, not, or } from './aggregate.ts'
import { exprOf, ofFill, ofPair } from './agreement.ts'
import { downs, ups } from './backfill.ts'
import { constant, sample } from './code-sample.ts'
import { javascript, variable } from './javascript.ts'
import type { Doc } from './json.ts'
import { blocked, read, setStage } from './paths.ts'

/** A group whose other side the server makes, in the same update. */
export type Computed = Exclude<FieldGroup, { kind: 'convert' }>

/** `fill`: what the backfill does. `keep`: the old side follows the new. `clear`: it goes with the new. */
type Stages = { readonly fill: Doc; readonly keep?: Doc; readonly clear?: Doc }

function stagesOf(group: Computed): Stages {
  if (group.kind === 'fill') {
    const set = group.up.map((one) => ({ field: one.field, value: exprOf(one), removes: false }))
    return { fill: setStage(group.container, set, ofFill.needs(group)) }
  }
  const { container, up, down } = group
  const fill = setStage(container, ups(group), ofPair.needsUp(group))
  if (down.length === 0) return { fill }
  const gone = and(...up.map(({ field }) => (group.identical ? isMissing : isNull)(read(container, field))))
  const free = not(or(...[...up, ...down].map(({ field }) => blocked(container, field))))
  const keep = setStage(container, downs(group), and(not(gone), free, not(ofPair.agrees(group))))
  // Whole subdocuments may be written in the old shape alone, so that nothing says whether the new one was there before.
  if (group.identical || container !== '' || up.some(({ field }) => field.includes('.')))
    return { fill, keep }
  const emptied = down.map(({ field }) => ({ field, value: null, removes: true }))
  return { fill, keep, clear: setStage('', emptied, and(gone, free, not(ofPair.unparsed(group)))) }
}

const names = (side: readonly { readonly field: string }[]): string =>
  side.map(({ field }) => field).join(', ')

const says = (group: Computed): string =>
  group.kind === 'fill'
    ? `Every writer gives ${group.up[0].field} a value; where it does not, the server does.`
    : `The application sets ${names(group.up)}; the server makes ${names(group.down)} of it in the same update.`

const topsOf = (fields: readonly string[]): string[] => [
  ...new Set(fields.map((field) => field.split('.')[0] ?? field)),
]

const fieldsOf = (group: Computed): string[] =>
  [...group.up, ...(group.kind === 'pair' ? group.down : [])].map(({ field }) => field)

/** What both samples begin with, and how a whole document is completed. */
function shared(group: Computed): { lines: string[]; whole: string } {
  const { fill, keep, clear } = stagesOf(group)
  const lines = [
    keep
      ? '// What the backfill does to a document, and what makes the old fields of the new ones.'
      : '// What the backfill does to a document.',
    ...constant({ FILL: fill, ...(keep && { KEEP: keep }), ...(clear && { CLEAR: clear }) }),
    '',
    '// Values, not expressions. A pipeline takes the position in an array for the name of a field.',
    'const literals = (fields) =>',
    '  Object.fromEntries(',
    '    Object.entries(fields).map(([name, value]) => {',
    "      if (/\\.(\\d|\\$)/.test(name)) throw new Error('write the whole array instead of ' + name)",
    '      return [name, { $literal: value }]',
    '    }),',
    '  )',
  ]
  if (!keep)
    return { lines: [...lines, 'const both = (names, stages) => [...stages, ...FILL]'], whole: '...FILL' }
  return {
    lines: [
      ...lines,
      '// The new fields are filled before they are written, or what is not written would be lost to the old ones.',
      '// Where only other fields are written, nothing is made of the new ones.',
      `const NEW = ${javascript(topsOf(group.up.map(({ field }) => field)))}`,
      'const both = (names, stages) =>',
      "  names.some((name) => NEW.includes(name.split('.')[0]))",
      `    ? [...FILL, ...stages, ...KEEP${clear ? ', ...CLEAR' : ''}]`,
      '    : [...stages, ...FILL]',
    ],
    whole: '...KEEP, ...FILL',
  }
}

export function computedDriver(collection: string, group: Computed): CodeSample {
  const users = variable(collection)
  const { lines, whole } = shared(group)
  return sample('driver', [
    `// ${says(group)}`,
    "import { ObjectId } from 'mongodb'",
    ...lines,
    '',
    `export const updateBoth = (${users}, filter, fields) =>`,
    `  ${users}.updateOne(filter, both(Object.keys(fields), [{ $set: literals(fields) }]))`,
    '',
    '// Matches no document, so it inserts one, or says that there is one with this _id.',
    `export const insertBoth = (${users}, { _id = new ObjectId(), ...fields }) =>`,
    `  ${users}.updateOne(`,
    '    { _id, $nor: [{}] },',
    `    [{ $replaceWith: { $literal: { _id, ...fields } } }, ${whole}],`,
    '    { upsert: true },',
    '  )',
  ])
}

export function computedMongoose(collection: string, group: Computed): CodeSample {
  const { lines, whole } = shared(group)
  const fields = fieldsOf(group)
  return sample('mongoose', [
    `// ${says(group)} The schema of ${collection} knows all of them.`,
    '// It gives them no defaults, which would count as written. bulkWrite and the collection of the driver run no such hooks:',
    '// they have to be given what both() makes.',
    ...lines,
    `const FIELDS = ${javascript(fields)}`,
    `const TOPS = ${javascript(topsOf(fields))}`,
    "const touches = (name) => TOPS.includes(name.split('.')[0])",
    "const at = (document, path) => path.split('.').reduce((value, name) => value?.[name], document)",
    'const plain = (document) => document.toObject({ depopulate: true })',
    ...CASTING,
    ...completing(whole),
    ...SAVING,
    ...UPDATING,
    ...replacing,
  ])
}

const CASTING = [
  '// mongoose does not cast pipelines, so it is done here; setters and validators of updates do not run.',
  'const cast = (model, fields) =>',
  '  Object.fromEntries(',
  '    Object.entries(fields).flatMap(([name, value]) => {',
  '      if (value == null) return [[name, null]]',
  "      const whole = name.split('.').reduceRight((inner, key) => ({ [key]: inner }), value)",
  '      const found = at(model.castObject(whole), name)',
  '      return found === void 0 ? [] : [[name, found]]',
  '    }),',
  '  )',
]

const completing = (whole: string): string[] => [
  '// $documents needs MongoDB 5.1.',
  'const completed = async (model, document) => {',
  `  const stages = [{ $documents: [{ $literal: document }] }, ${whole}]`,
  '  const made = await model.db.db.aggregate(stages).next()',
  '  return Object.fromEntries(TOPS.map((name) => [name, made[name]]))',
  '}',
]

const SAVING = [
  "schema.pre('save', async function () {",
  '  const write = (made) => TOPS.forEach((name) => this.set(name, made[name]))',
  '  if (this.isNew) return write(await completed(this.constructor, plain(this)))',
  '  if (!TOPS.some((name) => this.isModified(name))) return',
  '  const unread = FIELDS.find((name) => !this.isSelected(name))',
  "  if (unread) throw new Error(unread + ' has to be selected before the fields that go with it are saved')",
  '  // The changes are made to what is stored, which may have the old shape alone. Within arrays that is',
  '  // not so: there all new fields of an element have to be set together.',
  '  const paths = this.directModifiedPaths().map((path) => path.split(/\\.\\d+(?:\\.|$)/)[0]).filter(touches)',
  "  const outer = paths.filter((path) => !paths.some((other) => path.startsWith(other + '.')))",
  '  const set = literals(Object.fromEntries(outer.map((path) => [path, at(plain(this), path)])))',
  '  const stages = [{ $match: { _id: this._id } }, ...both(outer, [{ $set: set }])]',
  '  const session = this.$session() ?? void 0',
  '  const made = await this.constructor.collection.aggregate(stages, { session }).next()',
  '  if (made) write(made)',
  '})',
]

const UPDATING = [
  '// Updates that touch none of the fields stay as they are.',
  "schema.pre(['updateOne', 'updateMany', 'findOneAndUpdate'], function () {",
  '  const update = this.getUpdate()',
  '  if (Array.isArray(update)) {',
  "    const other = update.flatMap(Object.keys).find((name) => !['$set', '$addFields', '$unset'].includes(name))",
  "    if (other) throw new Error(other + ' cannot be followed: write all of the fields in one pipeline')",
  "    const written = (part) => (typeof part === 'string' || Array.isArray(part) ? part : Object.keys(part))",
  '    const names = update.flatMap(Object.values).flatMap(written)',
  '    return void this.setUpdate(both(names, update))',
  '  }',
  '  const { $set = {}, $setOnInsert, ...rest } = update',
  '  const first = (this.getOptions().upsert && $setOnInsert) || {}',
  '  const parts = Object.entries({ ...rest, $set, $setOnInsert: first })',
  "  const names = parts.flatMap(([name, part]) => (name.startsWith('$') ? Object.keys(part) : [name]))",
  '  if (!names.some(touches)) return',
  "  const other = Object.keys(rest).find((name) => name.startsWith('$'))",
  "  if (other) throw new Error(other + ' has to be written as an update with a pipeline')",
  '  // A pipeline inserts where there is no _id yet, unless the filter names one.',
  '  const inserts = Object.keys(first).length > 0',
  '  if (inserts && JSON.stringify(this.getFilter()).includes(\'"_id"\'))',
  "    throw new Error('$setOnInsert cannot be followed where the filter has _id')",
  '  const onlyNew = ([name, value]) =>',
  "    [name, { $cond: [{ $eq: [{ $type: '$_id' }, 'missing'] }, value, '$' + name] }]",
  '  const inserted = Object.entries(literals(cast(this.model, first))).map(onlyNew)',
  '  const fields = literals(cast(this.model, { ...rest, ...$set }))',
  '  this.setOptions({ updatePipeline: true })',
  '  this.setUpdate(both(names, [{ $set: { ...Object.fromEntries(inserted), ...fields } }]))',
  '})',
]

const replacing = [
  "schema.pre(['replaceOne', 'findOneAndReplace'], async function () {",
  '  const document = this.getUpdate()',
  '  const made = await completed(this.model, plain(new this.model(document)))',
  '  this.setUpdate({ ...document, ...made })',
  '})',
  "schema.pre('insertMany', async function (first, second) {",
  '  const documents = [second ?? first].flat()',
  '  for (const document of documents)',
  '    Object.assign(document, await completed(this, plain(new this(document))))',
  "  if (typeof first === 'function') first()",
  '})',
]
