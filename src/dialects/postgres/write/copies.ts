import type { TableRef } from '../../../program/refs.ts'
import type { Copy } from '../../../schema/snapshot.ts'
import { dollarQuote, literal, quoteTable } from '../language/quote.ts'

/**
 * The server creates a constraint for each partition that a foreign key refers to, and names them by rules that differ
 * between versions. So they are found by their partition. When a wanted name is taken by now the constraint keeps its
 * name, since nothing depends on it.
 */
export function renameCopies(table: TableRef, key: string, copies: readonly Copy[]): string[] {
  if (copies.length === 0) return []
  const relation = `pg_catalog.to_regclass(${literal(quoteTable(table))})`
  const wanted = copies
    .map(
      ({ schema, table: name, name: copy }) => `(${literal(quoteTable({ schema, name }))}, ${literal(copy)})`,
    )
    .join(', ')
  const found = `WITH RECURSIVE copies AS (SELECT k.oid, k.conname, k.confrelid FROM pg_catalog.pg_constraint k WHERE k.conrelid = ${relation} AND k.conname = ${literal(key)} UNION ALL SELECT k.oid, k.conname, k.confrelid FROM copies JOIN pg_catalog.pg_constraint k ON k.conparentid = copies.oid AND k.conrelid = ${relation}) SELECT copies.conname AS old, wanted.name AS new FROM copies JOIN (VALUES ${wanted}) AS wanted (there, name) ON pg_catalog.to_regclass(wanted.there) = copies.confrelid WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = ${relation} AND k.conname = wanted.name)`
  const rename = literal(`ALTER TABLE ${quoteTable(table).replaceAll('%', '%%')} RENAME CONSTRAINT %I TO %I`)
  return [
    `DO ${dollarQuote(`DECLARE copy record;\nBEGIN\n  FOR copy IN ${found} LOOP\n    EXECUTE pg_catalog.format(${rename}, copy.old, copy.new);\n  END LOOP;\nEND`)}`,
  ]
}
