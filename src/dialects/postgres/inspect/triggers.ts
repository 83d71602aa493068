import { isSyncTrigger, VALUE_PREFIX } from '../../../program/drift.ts'
import type { Dependent, Mention, Table, Trigger } from '../../../schema/snapshot.ts'
import { type Body, namesWithin, readBody, storesRows, takesAll } from '../../relational/bodies.ts'
import { words } from '../language/bodies.ts'
import { columnNames, neededColumns, objectQuery, pathless } from './query.ts'

/** A trigger as in the catalogue. `arguments`: hexadecimal bytes, each argument followed by a NUL. */
export type RawTrigger = Omit<Trigger, 'sets' | 'guarded'> & {
  readonly source: string
  readonly language: string
  readonly arguments: string
}

/**
 * tgtype is a set of bits: 1 row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate, 64 instead of. Up to PostgreSQL
 * 14 the copy of a partitioned table's trigger on a partition is marked internal; those of foreign keys always are.
 */
export const triggers = objectQuery<RawTrigger>(`
  SELECT g.tgrelid::text AS relation, json_build_object(
    'name', g.tgname,
    'definition', pg_get_triggerdef(g.oid),
    'timing', CASE WHEN g.tgtype & 2 > 0 THEN 'before' WHEN g.tgtype & 64 > 0 THEN 'instead of' ELSE 'after' END,
    'events', to_json(array_remove(ARRAY[
      CASE WHEN g.tgtype & 4 > 0 THEN 'insert' END, CASE WHEN g.tgtype & 16 > 0 THEN 'update' END,
      CASE WHEN g.tgtype & 8 > 0 THEN 'delete' END, CASE WHEN g.tgtype & 32 > 0 THEN 'truncate' END], NULL)),
    'level', CASE WHEN g.tgtype & 1 > 0 THEN 'row' ELSE 'statement' END,
    'columns', ${columnNames('g.tgrelid', `g.tgattr::int2[] || ${neededColumns('pg_trigger', 'g.oid', 'g.tgrelid')}`)},
    'updateOf', ${columnNames('g.tgrelid', 'g.tgattr::int2[]')},
    'enabled', g.tgenabled,
    'function', pn.nspname || '.' || p.proname,
    'functionHash', md5(p.prosrc),
    'functionOwner', pg_get_userbyid(p.proowner), 'pathless', ${pathless('p')},
    'source', p.prosrc, 'language', l.lanname, 'arguments', encode(g.tgargs, 'hex')
  )::text AS object
  FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid JOIN pg_namespace pn ON pn.oid = p.pronamespace
  JOIN pg_language l ON l.oid = p.prolang
  WHERE g.tgrelid = ANY ($1::oid[]) AND (NOT g.tgisinternal OR (g.tgparentid <> 0 AND g.tgconstraint = 0))
  ORDER BY g.tgname`)

/** Users' routines (not those of extensions) whose text contains the name of one of the tables. */
export const routines = objectQuery<{ readonly name: string; readonly source: string }>(`
  SELECT c.oid::text AS relation, json_build_object('name',
    CASE p.prokind WHEN 'p' THEN 'procedure ' ELSE 'function ' END || p.oid::regprocedure::text, 'source', p.prosrc)::text AS object
  FROM pg_class c, pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
  WHERE c.oid = ANY ($1::oid[]) AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(temp|toast)'
    AND l.lanname NOT IN ('c', 'internal') AND p.proname !~ '^(zz|zm)_plan_sync_'
    AND strpos(lower(p.prosrc), lower(c.relname)) > 0
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
  ORDER BY p.oid::regprocedure::text`)

/** Users' functions that return rows of the tables. `sealed`: the server stores their parsed query. */
export const rowFunctions = objectQuery<{
  readonly name: string
  readonly source: string
  readonly language: string
  readonly sealed: boolean
}>(`
  SELECT c.oid::text AS relation, json_build_object('name', 'function ' || p.oid::regprocedure::text, 'source', p.prosrc,
    'language', l.lanname, 'sealed', p.prosqlbody IS NOT NULL)::text AS object
  FROM pg_class c JOIN pg_type t ON t.oid = c.reltype JOIN pg_proc p ON p.prorettype IN (t.oid, nullif(t.typarray, 0))
  JOIN pg_language l ON l.oid = p.prolang
  WHERE c.oid = ANY ($1::oid[]) AND l.lanname IN ('sql', 'plpgsql')
  ORDER BY p.oid::regprocedure::text`)

/** Objects that take rows of the table and rely on exactly today's columns. */
export const readFixedRows = (
  raw: readonly RawTrigger[],
  functions: readonly (typeof rowFunctions)['object'][],
): string[] => [
  ...theirs(raw)
    .filter((trigger) => trigger.language === 'plpgsql' && storesRows(words(trigger.source)))
    .map((trigger) => `trigger ${trigger.name} (function ${trigger.function}())`),
  ...functions.flatMap((one) => {
    if (!one) return []
    const body = words(one.source)
    // A variable of the row's type grows with the table. Only a query inside has a fixed list of columns.
    const queries = one.language === 'sql' || body.some(({ means }) => /^query$/i.test(means))
    return one.sealed || (queries && !takesAll(body)) ? [one.name] : []
  }),
]

/**
 * Functions of the server and its extensions that set the column named by their argument: to the time now, or from other
 * columns.
 */
const SETS: Readonly<Record<string, 'moment' | 'text'>> = {
  moddatetime: 'moment',
  tsvector_update_trigger: 'text',
  tsvector_update_trigger_column: 'text',
}

const argumentsOf = (trigger: RawTrigger): string[] =>
  Buffer.from(trigger.arguments, 'hex').toString().split('\0').slice(0, -1)

function body(trigger: RawTrigger): Body {
  const given = argumentsOf(trigger)
  const known = SETS[trigger.source]
  const read = readBody(trigger.language === 'plpgsql' ? words(trigger.source) : [])
  const guarded = read.guarded || trigger.definition.includes('plan.backfill')
  const bound = /\bWHEN \(/.test(trigger.definition)
  const own = trigger.language === 'c' || trigger.language === 'internal' ? known : undefined
  const sets = own ? given.slice(0, 1).map((column) => ({ column, always: own === 'moment' })) : read.sets
  return {
    sets: sets.map(({ column, always }) => ({ column, always: always && !bound && !guarded })),
    guarded,
    names: [...read.names, ...given],
  }
}

/** The trigger without the data that was only needed to find out what it does. */
export function readTrigger(trigger: RawTrigger): Trigger {
  const { source: _, language: __, arguments: ___, ...rest } = trigger
  const { sets, guarded } = body(trigger)
  return { ...rest, ...(sets.length > 0 && { sets }), ...(guarded && { guarded }) }
}

const theirs = (all: readonly RawTrigger[]): readonly RawTrigger[] =>
  all.filter(({ name }) => !isSyncTrigger(name))

/**
 * Triggers whose function names columns after NEW or OLD, or gets their names as arguments: they fail once the columns
 * are dropped.
 */
export const triggerDependents = (all: readonly RawTrigger[], columns: Table['columns']): Dependent[] =>
  theirs(all)
    .map((trigger): Dependent => {
      const { names } = body(trigger)
      const needed = columns.filter(({ name }) => names.includes(name)).map(({ name }) => name)
      return { kind: 'trigger', name: `trigger ${trigger.name}`, columns: needed }
    })
    .filter((dependent) => dependent.columns.length > 0)

/** Routines whose text names the table and columns, and trigger functions of the table that name columns in another way. */
export function readMentions(
  table: { readonly name: string; readonly columns: Table['columns'] },
  raw: readonly RawTrigger[],
  found: readonly { readonly name: string; readonly source: string }[],
): Mention[] {
  const within = (source: string) => namesWithin(words(source), words)
  const columnsIn = (names: ReadonlySet<string>) =>
    table.columns.map(({ name }) => name).filter((name) => names.has(name.toLowerCase()))
  const ofTriggers = theirs(raw).map((trigger): Mention => {
    const sure = body(trigger).names
    const columns = columnsIn(within(trigger.source)).filter((column) => !sure.includes(column))
    return { name: `function ${trigger.function}() of trigger ${trigger.name}`, columns }
  })
  const ofRoutines = found
    .filter(({ name }) => !raw.some((trigger) => name === `function ${trigger.function}()`))
    .filter(({ name }) => !name.includes(`.${VALUE_PREFIX}`) && !name.includes(`."${VALUE_PREFIX}`))
    .map(({ name, source }): Mention => {
      const names = within(source)
      return { name, columns: names.has(table.name.toLowerCase()) ? columnsIn(names) : [] }
    })
  return [...ofTriggers, ...ofRoutines].filter(({ columns }) => columns.length > 0)
}
