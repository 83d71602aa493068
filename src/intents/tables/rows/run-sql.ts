import { z } from 'zod'
import { text, word, words } from '../../../plan/grammar.ts'
import type { AuthorsStatement } from '../../../program/kinds/further-action.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import type { Context } from '../context.ts'
import { NO_TABLE, type Outline, outlineOf } from '../outline.ts'

const long = z.strictObject({
  sql: text,
  done: text
    .optional()
    .describe(
      'A query with one boolean: true when the statement has run. Needed where it cannot share a transaction.',
    ),
  transaction: word(['none']).optional().describe('Run it outside of any transaction.'),
})

const statement = z
  .union([text, long])
  .register(words, { expects: 'one SQL statement, or { sql, done, transaction: none }' })

const undo = z
  .array(z.union([text, z.null()]).register(words, { expects: 'one SQL statement, or null' }))
  .optional()
  .describe(
    'One statement for each of expand, in the same order, that undoes it; null where there is nothing to undo.',
  )

type Statement = z.output<typeof statement>

/** Statements of the author as steps: each is sent as it is, once. */
export const runSql = defineIntent({
  kind: 'run_sql',
  shape: z
    .strictObject({
      expand: z.array(statement).default([]).describe('Statements that run first, in this order.'),
      undo,
      contract: z
        .array(statement)
        .default([])
        .describe('Statements that run in the end, behind the checkpoint. Nothing undoes them.'),
      requires_checkpoint: text
        .optional()
        .describe('What must be deployed before the statements of contract run.'),
    })
    .describe('Run statements of your own as steps of the plan.'),
  outline(wish, context): Outline {
    const { expand, contract } = wish
    const undone = wish.undo ?? []
    if (expand.length + contract.length === 0)
      refuse(
        'PLAN_INVALID',
        'there is no statement to run',
        'write some under expand or contract',
        context.at(),
      )
    if (undone.length !== expand.length)
      refuse(
        'PLAN_INVALID',
        `expand has ${expand.length} statements and undo ${undone.length}`,
        'write one entry under undo for each statement of expand, in the same order, and null where there is nothing to undo',
        context.at(wish.undo === undefined ? 'expand' : 'undo'),
      )
    if (wish.requires_checkpoint !== undefined && contract.length === 0)
      refuse(
        'PLAN_INVALID',
        'requires_checkpoint says what the statements of contract wait for, and there are none',
        'take it out, or write the statements under contract',
        context.at('requires_checkpoint'),
      )
    const waits = wish.requires_checkpoint ?? 'what has to be out before the last statements of the plan run'
    return outlineOf(NO_TABLE, {
      statements: [
        ...expand.map((one, index) => {
          const back = undone[index] ?? null
          return {
            do: 'run_sql' as const,
            ...prepared(context, one, back, ['expand', index], ['undo', index]),
            undo: back,
          }
        }),
        ...contract.map((one, index) => ({
          do: 'finish_sql' as const,
          ...prepared(context, one, null, ['contract', index], []),
        })),
      ],
      deploys: contract.length > 0 ? [{ dualWrite: waits, readsNew: null, onlyNew: waits }] : [],
      warnings: [
        'statements of run_sql run as they are: what they lock, read or write is not known here, and nobody watches what they name for changes by others',
        ...context.language.cautions([...expand, ...contract].map(sqlOf)),
      ],
    })
  },
})

const sqlOf = (one: Statement): string => (typeof one === 'string' ? one : one.sql)

type Path = readonly (string | number)[]

function prepared(
  context: Context,
  one: Statement,
  back: string | null,
  at: Path,
  backAt: Path,
): AuthorsStatement {
  const given = typeof one === 'string' ? { sql: one } : one
  const ways = [
    wayOf(context, given.sql, typeof one === 'string' ? at : [...at, 'sql']),
    ...(back === null ? [] : [wayOf(context, back, backAt)]),
    ...(given.transaction === undefined ? [] : (['autocommit'] as const)),
  ]
  const transaction = (['unbounded', 'autocommit'] as const).find((way) => ways.includes(way)) ?? 'step'
  if (transaction !== 'step' && given.done === undefined)
    refuse(
      'PLAN_INVALID',
      'this statement, or what undoes it, cannot share a transaction with its ledger row, so after a crash nobody would know whether it has run',
      'write it as { sql: …, done: … }, where done is a query with one boolean that is true once it has run, such as select exists (select 1 from … where …)',
      context.at(...at),
    )
  return {
    statement: given.sql,
    transaction,
    path: context.language.statementPath(context.snapshot),
    done: given.done === undefined ? null : queryOf(context, given.done, [...at, 'done']),
  }
}

function wayOf({ language, at }: Context, sql: string, path: Path): AuthorsStatement['transaction'] {
  const found = language.statement(sql)
  return typeof found === 'string' ? found : refuse('PLAN_EXPRESSION', found.refused, found.hint, at(...path))
}

function queryOf({ language, snapshot, at }: Context, sql: string, path: Path): string {
  const found = language.query(sql, snapshot, true)
  if (typeof found === 'string') return found.trim().replace(/;\s*$/, '')
  return refuse(
    'PLAN_EXPRESSION',
    found.refused,
    found.noQuery ? 'done is one SELECT of one boolean, which changes nothing' : found.hint,
    at(...path),
  )
}
