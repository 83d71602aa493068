import type { DataType } from '../../../schema/snapshot.ts'
import type { Session } from '../../interface/session.ts'

/**
 * Every type that a column can have, except arrays and row types of tables. A domain includes the rules of the domains
 * below it. `ordered`: a plain index can hold it. A type without its own operator class uses that of a binary-compatible
 * type (varchar: text), as GetDefaultOpClass does.
 */
const TYPES = `
  WITH RECURSIVE named AS (
    SELECT t.*, n.nspname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE t.typtype IN ('b', 'd', 'e', 'r', 'm', 'c') AND t.typisdefined AND coalesce(c.relkind, 'c') = 'c'
      AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid) AND n.nspname !~ '^pg_(toast|temp)'
  ), domains AS (
    SELECT oid AS domain, oid AS below FROM named WHERE typtype = 'd'
    UNION ALL
    SELECT d.domain, t.typbasetype FROM domains d JOIN pg_type t ON t.oid = d.below WHERE t.typtype = 'd'
  )
  SELECT n.nspname AS schema, n.typname AS name, CASE WHEN n.typtype = 'd' THEN json_build_object(
      'base', (SELECT format_type(t.oid, NULL) FROM domains d JOIN pg_type t ON t.oid = d.below
        WHERE d.domain = n.oid AND t.typtype <> 'd'),
      'notNull', (SELECT bool_or(t.typnotnull) FROM domains d JOIN pg_type t ON t.oid = d.below WHERE d.domain = n.oid),
      'default', (SELECT bool_or(t.typdefault IS NOT NULL) FROM domains d JOIN pg_type t ON t.oid = d.below
        WHERE d.domain = n.oid AND t.typtype = 'd'),
      'checks', (SELECT coalesce(json_agg(k.conname ORDER BY k.conname), '[]') FROM domains d
        JOIN pg_constraint k ON k.contypid = d.below AND k.contype = 'c' WHERE d.domain = n.oid)
    )::text END AS domain,
    CASE WHEN n.typtype = 'e' THEN (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder)::text FROM pg_enum e
      WHERE e.enumtypid = n.oid) END AS words,
    n.typtype IN ('e', 'r', 'm', 'c') OR EXISTS (
      SELECT FROM pg_opclass o JOIN pg_am a ON a.oid = o.opcmethod
      WHERE a.amname = 'btree' AND o.opcdefault AND (o.opcintype = base.oid OR EXISTS (
        SELECT FROM pg_cast k WHERE k.castsource = base.oid AND k.casttarget = o.opcintype
          AND k.castmethod = 'b' AND k.castcontext = 'i'))) AS ordered
  FROM named n CROSS JOIN LATERAL (
    SELECT coalesce((SELECT t.oid FROM domains d JOIN pg_type t ON t.oid = d.below
      WHERE d.domain = n.oid AND t.typtype <> 'd'), n.oid) AS oid) base
  ORDER BY 1, 2`

/** The types of a database, including the server's own. */
export async function readTypes(session: Session): Promise<DataType[]> {
  const { rows } = await session.query(TYPES)
  return (
    rows as readonly {
      schema: string
      name: string
      domain: string | null
      words: string | null
      ordered: boolean
    }[]
  ).map(({ schema, name, domain, words, ordered }) => ({
    schema,
    name,
    ordered,
    ...(words !== null && { words: JSON.parse(words) as string[] }),
    ...(domain !== null && { domain: JSON.parse(domain) as NonNullable<DataType['domain']> }),
  }))
}
