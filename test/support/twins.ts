import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCES = fileURLToPath(new URL('../../src', import.meta.url))

/** Every word of our sources that looks like a call. */
function called(): string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const text = files.map((file) => readFileSync(join(SOURCES, file), 'utf8')).join('\n')
  return [...new Set([...text.matchAll(/\b([a-z][a-z0-9_]+)\(/g)].map(([, name]) => name ?? ''))]
}

const OPERATORS = [
  '=',
  '<>',
  '<',
  '>',
  '<=',
  '>=',
  '||',
  '~',
  '~*',
  '!~',
  '~~',
  '!~~',
  '+',
  '-',
  '*',
  '/',
  '->',
  '->>',
]
const PAIRS = [
  ['varchar', 'varchar'],
  ['varchar', 'text'],
  ['text', 'varchar'],
  ['name', 'varchar'],
  ['varchar', 'name'],
  ['name', 'name'],
  ['text', 'int'],
  ['int', 'text'],
  ['varchar', 'int'],
  ['int2', 'int2'],
  ['oid', 'int'],
  ['int', 'oid'],
] as const

/**
 * Functions and operators of the names that our statements have, for arguments that fit better than the server's own, as
 * somebody would make them who waits for a superuser. Each counts itself and then fails.
 */
export const hostileTwins = (schema: string): string => `
  CREATE SEQUENCE ${schema}.seen;
  CREATE FUNCTION ${schema}.twin(what text) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog AS $$ BEGIN
    PERFORM nextval('${schema}.seen'); RAISE EXCEPTION 'twin of % as %', what, current_user; END $$;
  DO $$ DECLARE one record; variant text; arguments text; BEGIN
    FOR one IN SELECT DISTINCT p.proname, p.pronargs, pg_get_function_identity_arguments(p.oid) AS own, p.proretset,
        CASE WHEN p.prorettype IN (SELECT oid FROM pg_type WHERE typtype = 'p') THEN 'text' ELSE format_type(p.prorettype, NULL) END AS result,
        (SELECT string_agg(format_type(a, NULL), ', ' ORDER BY n) FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS u (a, n)) AS types
      FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND p.provariadic = 0
        AND p.proname IN (${called()
          .map((name) => `'${name}'`)
          .join(', ')})
    LOOP
      FOREACH variant IN ARRAY ARRAY['text', 'character varying', 'name', 'integer'] LOOP
        arguments := CASE variant WHEN 'integer' THEN replace(coalesce(one.types, ''), 'bigint', 'integer')
          ELSE regexp_replace(coalesce(one.types, ''), '\\m(text|name|"any")\\M', variant, 'g') END;
        BEGIN
          EXECUTE format('CREATE FUNCTION ${schema}.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', one.proname, arguments, one.result,
            format('BEGIN PERFORM ${schema}.twin(%L); RETURN NULL; END', one.proname));
        EXCEPTION WHEN OTHERS THEN NULL; END;
      END LOOP;
    END LOOP;
  END $$;
  ${PAIRS.flatMap(([left, right]) =>
    OPERATORS.map((operator, place) => {
      const result = place < 6 || /^[~!]/.test(operator) ? 'boolean' : 'text'
      const name = `${schema}.op_${place}_${left}_${right}`
      return `CREATE FUNCTION ${name}(${left}, ${right}) RETURNS ${result} LANGUAGE plpgsql AS $$ BEGIN PERFORM ${schema}.twin('${operator}'); RETURN NULL; END $$;
  CREATE OPERATOR ${schema}.${operator} (LEFTARG = ${left}, RIGHTARG = ${right}, FUNCTION = ${name});`
    }),
  ).join('\n')}
  CREATE VIEW ${schema}.pg_class AS SELECT ${schema}.twin('pg_class') AS relname;
  CREATE VIEW ${schema}.pg_stat_activity AS SELECT ${schema}.twin('pg_stat_activity') AS pid;
  CREATE DOMAIN ${schema}.regclass AS text;
  GRANT USAGE ON SEQUENCE ${schema}.seen TO PUBLIC;
`
