/** Types in which two values are equal exactly when they are stored alike. */
const PLAIN =
  /^(smallint|integer|bigint|boolean|uuid|date|bytea|(time|timestamp)(\(\d\))? with(out)? time zone)$/
const TEXT = /^(text|character varying(\(\d+\))?)$/

/**
 * Whether two values are stored alike: 1.0 is not 1.00 then, and 'A' not 'a' in a case-insensitive type, and json can be
 * compared. Records compare that way for every type; where a plain comparison says the same it is three times as quick.
 */
export function sameImage(a: string, b: string, type: string): string {
  // timetz has two stored forms of the same moment.
  if (PLAIN.test(type) && !/^time(\(\d\))? with time zone$/.test(type))
    return `${a} IS NOT DISTINCT FROM ${b}`
  if (TEXT.test(type)) return `${a} COLLATE pg_catalog."C" IS NOT DISTINCT FROM ${b} COLLATE pg_catalog."C"`
  return `ROW(${a})::record OPERATOR(pg_catalog.*=) ROW(${b})::record`
}

/** Types whose own equality is among the server's own operators. */
const KNOWN =
  /^(smallint|int|integer|bigint|int[248]|real|double precision|float[48]?|numeric|decimal|boolean|bool|text|character varying|varchar|character|char|bpchar|date|timestamp|timestamptz|time|timetz|interval|uuid|bytea|jsonb|inet|cidr)( *\(| *\[| with| varying|$)/i

/** Whether two values are the same by their type's own word, or by how they print where nothing better is sure. */
export const same = (a: string, b: string, type: string): string =>
  KNOWN.test(type) ? `${a} IS NOT DISTINCT FROM ${b}` : `(${a})::text IS NOT DISTINCT FROM (${b})::text`

/** Of a row type's value IS NULL and IS NOT NULL ask for its fields, so both are false of ('main', NULL); these two never look into it. */
export const isNull = (value: string): string => `${value} IS NOT DISTINCT FROM NULL`
export const isSet = (value: string): string => `${value} IS DISTINCT FROM NULL`
