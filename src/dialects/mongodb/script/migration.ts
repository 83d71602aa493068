import type { ByPages } from '../../../program/walk.ts'
import type { Statements, Written } from '../../../program/written.ts'
import type { DocumentScript, Guard } from '../../interface/migration.ts'
import { ADMIN } from '../connect/sending.ts'
import type { Ask } from '../connect/statement.ts'
import { javascript, quoted } from '../language/javascript.ts'
import { isDoc, isInt, type Json } from '../language/json.ts'
import { isTyped, paramOf, verbatim } from '../language/typed.ts'
import { around } from './around.ts'

/** A value for the driver. `$param` is the page of ids that the code around it has. */
const literal = (value: Json): string => javascript(value, 0, special)

function special(value: Json): string | null {
  if (typeof value === 'number') return number(value)
  if (!isDoc(value)) return null
  const plain = verbatim(value)
  if (plain) return javascript(plain, 0, (one) => (one === plain ? null : special(one)))
  if (paramOf(value) !== null) return 'ids'
  return isTyped(value) ? `bson(${javascript(value)})` : null
}

/** The driver takes whole numbers that are no ints for doubles. */
function number(value: number): string | null {
  if (Object.is(value, -0)) return '-0'
  if (!Number.isInteger(value) || isInt(value) || Math.abs(value) >= 2 ** 63) return null
  return `bson({ $numberLong: '${BigInt(value)}' })`
}

/** One command that changes something. `briefly`: others wait behind it, so it must not wait long itself. */
function change(statement: string, how: 'change' | 'briefly' = 'change'): string {
  const [name = ''] = Object.keys(JSON.parse(statement))
  return `await ${how}(${ADMIN.has(name) ? 'db.admin()' : 'db'}, ${literal(JSON.parse(statement))})`
}

const howOf = ({ transaction }: Pick<Statements, 'transaction'>) =>
  transaction === 'autocommit' ? 'briefly' : 'change'

/** A question about the catalogue as an expression. */
function asked(ask: Ask): string {
  switch (ask.ask) {
    case 'not':
      return `!(${asked(ask.of)})`
    case 'index':
      return `await hasIndex(db, ${quoted(ask.collection)}, ${quoted(ask.name)}, ${literal(ask.is)})`
    case 'validator':
      return `await hasValidator(db, ${quoted(ask.collection)}, ${literal(ask.is)})`
    case 'collection':
      return `await isThere(db, ${quoted(ask.name)}, ${quoted(ask.type)})`
    default:
      throw new Error(`a file cannot ask for ${ask.ask}`)
  }
}

const question = (query: string): string => asked(JSON.parse(query) as Ask)

const when = (condition: string, lines: readonly string[]): string =>
  `if (${condition}) {\n${indented(lines.join('\n'))}\n}`

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ')

const refusal = (says: string): string => `throw new Error(${quoted(says)})`

/** A query, all of whose answer is read at once. */
function finding(query: string): string {
  const { cursor: _, ...rest } = JSON.parse(query) as { readonly [name: string]: Json }
  return literal(rest)
}

/** Refuses where the query finds something. */
const none = (query: string, says: string): string => `await none(db, ${quoted(says)}, ${finding(query)})`

/** Refuses where one of these columns of a query is not zero. */
const zero = (query: string, says: string, ...columns: readonly string[]): string =>
  `await zero(db, ${quoted(says)}, [${columns.map(quoted).join(', ')}], ${finding(query)})`

/** These lines for each page of the collection through which a walk goes; none where there are no lines. */
const paged = (walk: { readonly along: ByPages }, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`await pages(db, ${collectionOf(walk)}, ${page(lines)})`]

const page = (lines: readonly string[]): string => `async (ids) => {\n${indented(lines.join('\n'))}\n}`

const collectionOf = ({ along }: { readonly along: ByPages }): string =>
  quoted(String((JSON.parse(along.end) as { aggregate: unknown }).aggregate))

const changes = (statements: readonly string[]): string[] => statements.map((one) => change(one))

function guarding(guard: Guard): string[] {
  const { says } = guard
  if (guard.asks === 'filled') return [none(guard.query, says)]
  if (guard.asks === 'zero') return [zero(guard.query, says, ...guard.columns)]
  if (guard.asks === 'holds') {
    const { checks } = JSON.parse(guard.query) as Extract<Ask, { ask: 'checks' }>
    return checks.map(({ what, holds }) => `if (!(${asked(holds)})) ${refusal(`${says} (${what})`)}`)
  }
  if (guard.asks === 'confirmed')
    return [
      inLedger(
        guard,
        `({ checkpoints }, now) => checkpoints.some(({ id, at }) => id === ${quoted(guard.checkpoint)} && now - Date.parse(at) >= ${guard.soak})`,
      ),
    ]
  return [
    inLedger(
      guard,
      `({ retiredAt }, now) => retiredAt !== null && now - Date.parse(retiredAt) >= ${guard.hold}`,
    ),
  ]
}

type InLedger = { readonly says: string } & Parameters<Documents['swept']>[0]

/** `test`: a function of the plan as the ledger has it, and of the server's clock. */
function inLedger({ ledger, plan, tables, says }: Omit<InLedger, 'step'>, test: string): string {
  const where = literal({ ledger, plan, collections: tables.map(({ name }) => name) })
  return `await asks(db, ${where}, ${quoted(says)}, ${test})`
}

function doing(written: Statements): string {
  const { statements, probe, requires } = written
  return when(`!(${question(probe)})`, [
    ...(requires ? [zero(requires.query, requires.says.replace('#', 'some'), 'violations')] : []),
    ...statements.map((one) => change(one, howOf(written))),
  ])
}

type Documents = DocumentScript['documents']

/** Walks first: what they restore is refused by no validator that the statements bring back. */
function undone(written: Written): string[] {
  const { undo, undoWalk } = written
  const walked = undoWalk === undefined || 'mark' in undoWalk ? [] : paged(undoWalk, changes(undoWalk.undo))
  if (written.run !== 'statements') return [...walked, ...changes(undo)]
  const lines = [...walked, ...undo.map((one) => change(one, howOf(written)))]
  if (lines.length === 0 || written.undoNeeded === undefined) return lines
  return [when(question(written.undoNeeded), lines)]
}

/** A statement is JavaScript: what a function with `db` does, awaited. */
export const migration: DocumentScript = {
  up: ({ guards, parts }) => [...guards.flatMap(guarding), ...parts.map(doing)],
  nothing: '',
  session: false,
  refuse: (_, says) => [refusal(says)],
  around,
  documents: {
    until: (done, statements) => [when(`!(${question(done)})`, statements)],
    fill: (walk) => paged(walk, changes(walk.batch)),
    swept: ({ step, says, ...where }) => [
      inLedger({ ...where, says }, `({ steps }) => steps[${quoted(step)}]?.state === 'done'`),
    ],
    sweep: (walk, quiet, says) => [
      `await sweep(db, ${collectionOf(walk)}, ${quiet}, ${quoted(says)}, ${finding(walk.differs)}, ${page(changes(walk.batch))})`,
      none(walk.stuck, says),
    ],
    attempt: (walk, says) => [
      ...paged(walk, [
        zero(walk.count, says, 'unparsed', 'taken'),
        ...(walk.large === undefined ? [] : [none(walk.large, says)]),
      ]),
      ...walk.unique.map((query) => none(query, says)),
      ...paged(walk, changes(walk.note)),
    ],
    undo: undone,
  },
}
