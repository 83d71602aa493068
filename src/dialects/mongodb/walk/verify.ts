import type { DocumentAction, DocumentRule } from '../../../program/document-action.ts'
import type { Written } from '../../../program/written.ts'
import { aggregate, lock, statement } from '../connect/commands.ts'
import { cond, type Expr, exactTypes, isNull, isOneOf, literal, not } from '../language/aggregate.ts'
import { inDocument, matching } from '../language/agreement.ts'
import { type Doc, doc } from '../language/json.ts'
import { every, parentOf, read } from '../language/paths.ts'
import { indexIs, validatorIs } from '../write/probes.ts'

type Prove = Extract<DocumentAction, { do: 'prove_documents' }>

/**
 * All rules of a collection in one scan. `count`: checked, v0, v1, …; `sample`: keys of documents that break the
 * rule.
 */
export function proveDocuments({ table, rules }: Prove): Written {
  const { name } = table
  return {
    run: 'prove rows',
    undo: [],
    locks: [lock.none(table, 'scan')],
    count: aggregate(name, counted(rules)),
    rules: rules.map(({ rule }) => ({
      sample: aggregate(name, [
        { $match: breaking(rule) },
        { $sort: { _id: 1 } },
        { $limit: { $param: 1 } },
        { $project: { _id: 0, key: '$_id' } },
      ]),
    })),
  }
}

/** A validator can only be a match, never part of an expression. The scan then feeds several matches at once. */
function counted(rules: Prove['rules']): Doc[] {
  if (rules.every(({ rule }) => rule.rule !== 'valid'))
    return [
      {
        $group: {
          _id: null,
          checked: { $sum: 1 },
          ...Object.fromEntries(
            rules.map(({ rule }, index) => [`v${index}`, { $sum: cond(holds(rule), 0, 1) }]),
          ),
        },
      },
      { $project: { _id: 0 } },
    ]
  const names = ['checked', ...rules.map((_, index) => `v${index}`)]
  return [
    {
      $facet: {
        checked: [{ $count: 'n' }],
        ...Object.fromEntries(
          rules.map(({ rule }, index) => [`v${index}`, [{ $match: breaking(rule) }, { $count: 'n' }]]),
        ),
      },
    },
    {
      $project: Object.fromEntries(
        names.map((name) => [name, { $ifNull: [{ $arrayElemAt: [`$${name}.n`, 0] }, literal(0)] }]),
      ),
    },
  ]
}

const breaking = (rule: DocumentRule): Doc =>
  rule.rule === 'valid' ? { $nor: [doc(rule.validator)] } : matching(not(holds(rule)))

/** What every document must be like, as an expression. */
export function holds(rule: DocumentRule): Expr {
  if (rule.rule === 'agree') return inDocument.agrees(rule.group)
  if (rule.rule === 'converted') return inDocument.converted(rule.group)
  if (rule.rule === 'valid') throw new Error('a validator is no expression')
  const parent = parentOf(rule.field)
  const at = read(parent, rule.field)
  return every(parent, rule.types.length > 0 ? isOneOf(at, exactTypes(rule.types)) : not(isNull(at)))
}

/** One row for each thing that must hold: `what`, `holds`. */
export function proveCollection({
  table,
  checks,
}: Extract<DocumentAction, { do: 'prove_collection' }>): Written {
  const { validator, indexes } = checks
  return {
    run: 'prove catalogue',
    undo: [],
    locks: [lock.none(table, 'moment')],
    check: statement({
      ask: 'checks',
      checks: [
        ...(validator
          ? [
              {
                what: `the validator of ${table.name} is the plan’s`,
                holds: validatorIs(table.name, validator),
              },
            ]
          : []),
        ...indexes.map(({ name, definition }) => ({
          what: `index ${name} is there`,
          holds: indexIs(table.name, name, doc(definition)),
        })),
      ],
    }),
  }
}
