import type { TableRef } from '../../../program/refs.ts'
import type { DocumentTraits } from '../../../program/traits.ts'
import type { Statements } from '../../../program/written.ts'
import type { Validator } from '../../../schema/collection.ts'
import type { DocumentWriters } from '../../interface/document-language.ts'
import { counting, lock, statement } from '../connect/commands.ts'
import type { Act, Ask, Command } from '../connect/statement.ts'
import { doc, without } from '../language/json.ts'
import { awaitQuiescence, clearing, fillFields, undoRelax } from '../walk/backfill.ts'
import { dryRunConversion } from '../walk/dry-run.ts'
import { duplicates } from '../walk/limits.ts'
import { unsetFields } from '../walk/unset.ts'
import { proveCollection, proveDocuments } from '../walk/verify.ts'
import { collectionIs, indexIs, no, validatorIs } from './probes.ts'

type Parts = {
  readonly statements: readonly (Command | Act)[]
  readonly undo: readonly (Command | Act)[]
  readonly probe: Ask
  readonly locks: Statements['locks']
  readonly transaction?: Statements['transaction']
  readonly undoNeeded?: Ask
}

/** Each command takes effect by itself at once. The catalogue shows whether it is done. */
const alone = ({
  statements,
  undo,
  probe,
  locks,
  transaction = 'autocommit',
  undoNeeded,
}: Parts): Statements => ({
  run: 'statements',
  statements: statements.map(statement),
  undo: undo.map(statement),
  probe: statement(probe),
  // A single statement is done when the whole action is.
  ...(statements.length > 0 && transaction === 'autocommit' && { doneEach: [statement(probe)] }),
  transaction,
  locks,
  ...(undoNeeded && { undoNeeded: statement(undoNeeded) }),
})

/** How each action is written for MongoDB. */
export const writers = (_traits: DocumentTraits): DocumentWriters => ({
  dry_run_conversion: dryRunConversion,
  fill_fields: fillFields,
  await_quiescence: awaitQuiescence,
  prove_documents: proveDocuments,
  prove_collection: proveCollection,
  unset_fields: unsetFields,

  mark_stream: ({ table, plan }) =>
    alone({
      statements: [{ act: 'mark stream', plan, collection: table.name }],
      undo: [{ act: 'forget stream', plan, collection: table.name }],
      probe: { ask: 'stream', plan, collection: table.name },
      locks: [],
    }),

  set_validator: ({ table, purpose, to, from, groups = [] }) => ({
    ...alone({
      statements: [validation(table, to)],
      undo: [validation(table, from)],
      probe: validatorIs(table.name, to),
      locks: [lock.moment(table)],
      // When both validators are the same, the undo only restores documents.
      ...(!isUnchanged(from, to) && { undoNeeded: no(validatorIs(table.name, from)) }),
    }),
    ...(purpose === 'permit' && clearing(table.name, groups)),
    ...(purpose === 'relax' && undoRelax(table.name, groups)),
    // If the validator came first it would refuse updates of documents that nobody has mended.
    ...(purpose === 'wish' && to && isStrict(to) && { requires: fitting(table, to) }),
  }),

  build_index: ({ table, name, definition }) => ({
    ...alone({
      statements: [build(table, definition)],
      undo: [drop(table, name)],
      probe: indexIs(table.name, name, specification(definition)),
      // It takes longer the larger the collection is, and nobody waits for it.
      transaction: 'unbounded',
      locks: [lock.build(table)],
      undoNeeded: indexIs(table.name, name, {}),
    }),
    ...(doc(definition)['unique'] === true && { duplicates: duplicates(table.name, definition, []) }),
  }),

  prepare_unique: ({ table, name }) => ({
    ...alone({
      statements: [change(table, name, { prepareUnique: true })],
      undo: [change(table, name, { prepareUnique: false })],
      probe: indexIs(table.name, name, { prepareUnique: true }),
      locks: [lock.moment(table)],
      undoNeeded: indexIs(table.name, name, { prepareUnique: true }),
    }),
  }),

  // The index itself is dropped when its building is undone.
  make_unique: ({ table, name, definition }) => ({
    ...alone({
      statements: [change(table, name, { unique: true })],
      undo: [],
      probe: indexIs(table.name, name, { unique: true }),
      transaction: 'unbounded',
      locks: [{ ...lock.build(table), during: 'scan' }],
    }),
    duplicates: duplicates(table.name, definition, []),
  }),

  hide_index: ({ table, name }) =>
    alone({
      statements: [change(table, name, { hidden: true })],
      undo: [change(table, name, { hidden: false })],
      probe: indexIs(table.name, name, { hidden: true }),
      locks: [lock.moment(table)],
      undoNeeded: indexIs(table.name, name, { hidden: true }),
    }),

  remove_index: ({ table, name, definition }) =>
    alone({
      statements: [drop(table, name)],
      undo: [build(table, definition)],
      probe: no(indexIs(table.name, name, {})),
      locks: [lock.moment(table)],
      undoNeeded: no(indexIs(table.name, name, {})),
    }),

  drop_kept: ({ table, name }) =>
    alone({
      statements: [{ drop: name }],
      undo: [],
      probe: no(collectionIs(name, 'collection')),
      locks: [lock.moment({ ...table, name })],
    }),

  rename_collection: ({ table, to }) =>
    alone({
      statements: [rename(table, to)],
      undo: [rename({ ...table, name: to }, table.name)],
      probe: collectionIs(to, 'collection'),
      locks: [lock.moment(table), lock.moment({ ...table, name: to })],
      undoNeeded: collectionIs(to, 'collection'),
    }),

  create_view: ({ table, name }) =>
    alone({
      statements: [view(table, name)],
      undo: [{ drop: name }],
      probe: collectionIs(name, 'view'),
      locks: [lock.moment({ ...table, name })],
      undoNeeded: collectionIs(name, 'view'),
    }),

  drop_view: ({ table, name }) =>
    alone({
      statements: [{ drop: name }],
      undo: [view(table, name)],
      probe: no(collectionIs(name, 'view')),
      locks: [lock.moment({ ...table, name })],
      undoNeeded: no(collectionIs(name, 'view')),
    }),
})

/** The options of a collection that never had a validator. */
const NONE: Command = { validator: {}, validationLevel: 'strict', validationAction: 'error' }

const validation = ({ name }: TableRef, validator: Validator | null): Command => ({
  collMod: name,
  ...(validator
    ? {
        validator: doc(validator.rule),
        validationLevel: validator.level,
        validationAction: validator.action,
      }
    : NONE),
})

const isUnchanged = (a: Validator | null, b: Validator | null): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

const isStrict = ({ level, action }: Validator): boolean => level === 'strict' && action === 'error'

const fitting = ({ name }: TableRef, { rule }: Validator): NonNullable<Statements['requires']> => ({
  query: counting(name, { $nor: [doc(rule)] }, 'violations'),
  code: 'PLAN_INVARIANT',
  says: `# documents of ${name} do not fit the validator`,
  hint: 'fix them (a plan with add_field or change_field_type may), or write level: moderate; then advance again',
})

/** The specification without what the server adds itself. */
const specification = (definition: string): Command => without(doc(definition), 'ns', 'v')

const build = ({ name }: TableRef, definition: string): Command => ({
  createIndexes: name,
  indexes: [specification(definition)],
})

const drop = ({ name }: TableRef, index: string): Command => ({ dropIndexes: name, index })

const change = ({ name }: TableRef, index: string, to: Command): Command => ({
  collMod: name,
  index: { name: index, ...to },
})

const rename = ({ schema, name }: TableRef, to: string): Command => ({
  renameCollection: `${schema}.${name}`,
  to: `${schema}.${to}`,
})

const view = ({ name: viewOn }: TableRef, name: string): Command => ({ create: name, viewOn, pipeline: [] })
