/** Types whose values are equal exactly when they are stored alike. */
const PLAIN =
  /^(smallint|integer|bigint|boolean|uuid|date|bytea|(time|timestamp)(\(\d\))? with(out)? time zone)$/
const TEXT = /^(text|character varying(\(\d+\))?)$/

/**
 * Whether two values are stored alike: 1.0 differs from 1.00, 'A' from 'a' even in a case-insensitive type, and json can
 * be compared. Comparing as records works for every type. A plain comparison is three times as fast, and is used where it
 * gives the same result.
 */
export function sameImage(a: string, b: string, type: string): string {
  // timetz stores the same moment in two forms.
  if (PLAIN.test(type) && !/^time(\(\d\))? with time zone$/.test(type))
    return `${a} IS NOT DISTINCT FROM ${b}`
  if (TEXT.test(type)) return `${a} COLLATE pg_catalog."C" IS NOT DISTINCT FROM ${b} COLLATE pg_catalog."C"`
  return `ROW(${a})::record OPERATOR(pg_catalog.*=) ROW(${b})::record`
}

/** Types whose equality operator is one of the server's own. */
const KNOWN =
  /^(smallint|int|integer|bigint|int[248]|real|double precision|float[48]?|numeric|decimal|boolean|bool|text|character varying|varchar|character|char|bpchar|date|timestamp|timestamptz|time|timetz|interval|uuid|bytea|jsonb|inet|cidr)( *\(| *\[| with| varying|$)/i

/** Whether two values are equal by their type's operator; by their printed text where no safe operator is known. */
export const same = (a: string, b: string, type: string): string =>
  KNOWN.test(type) ? `${a} IS NOT DISTINCT FROM ${b}` : `(${a})::text IS NOT DISTINCT FROM (${b})::text`

/**
 * IS NULL and IS NOT NULL look into the fields of a row type, so both are false of ('main', NULL). This condition does
 * not.
 */
export const isNull = (value: string): string => `${value} IS NOT DISTINCT FROM NULL`
export const isSet = (value: string): string => `${value} IS DISTINCT FROM NULL`
