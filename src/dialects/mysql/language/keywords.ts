/**
 * Aggregates of both servers. A person might write one by mistake, and the server would refuse it when the first row is
 * written.
 */
export const AGGREGATES: ReadonlySet<string> = new Set([
  'any_value',
  'avg',
  'bit_and',
  'bit_or',
  'bit_xor',
  'count',
  'group_concat',
  'json_arrayagg',
  'json_objectagg',
  'max',
  'median',
  'min',
  'percentile_cont',
  'percentile_disc',
  'st_collect',
  'std',
  'stddev',
  'stddev_pop',
  'stddev_samp',
  'sum',
  'var_pop',
  'var_samp',
  'variance',
])

/** Functions that act, wait, or read outside the row: never in a statement of ours. */
export const HARMFUL: ReadonlySet<string> = new Set([
  'benchmark',
  'found_rows',
  'get_lock',
  'is_free_lock',
  'is_used_lock',
  'last_insert_id',
  'load_file',
  'master_gtid_wait',
  'master_pos_wait',
  'release_all_locks',
  'release_lock',
  'row_count',
  'setval',
  'sleep',
  'source_pos_wait',
  'wait_for_executed_gtid_set',
])

/** Words that begin a query, or are one, where a value is expected. */
export const QUERY_WORDS: ReadonlySet<string> = new Set([
  'exists',
  'json_table',
  'select',
  'table',
  'values',
  'with',
])

/** Constants without parentheses. With parentheses they are functions. */
export const CONSTANTS: ReadonlySet<string> = new Set([
  'null',
  'true',
  'false',
  'current_date',
  'current_time',
  'current_timestamp',
  'current_user',
  'localtime',
  'localtimestamp',
  'utc_date',
  'utc_time',
  'utc_timestamp',
])

/** Before an operand. */
export const PREFIXES: ReadonlySet<string> = new Set(['-', '+', '~', '!', 'not', 'binary'])

/** Between two operands. */
export const INFIXES: ReadonlySet<string> = new Set([
  ...['=', '<=>', '<>', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>', '&&'],
  ...['and', 'or', 'xor', 'div', 'mod', 'in', 'like', 'rlike', 'regexp', 'between', 'escape'],
])

/** After INTERVAL n, and as the first argument of a few functions. */
export const UNITS: ReadonlySet<string> = new Set([
  ...['microsecond', 'second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'],
  ...['second_microsecond', 'minute_microsecond', 'minute_second', 'hour_microsecond', 'hour_second'],
  ...['hour_minute', 'day_microsecond', 'day_second', 'day_minute', 'day_hour', 'year_month'],
])

/** Replacements for functions that people know from PostgreSQL. */
export const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['btrim', 'TRIM'],
  ['clock_timestamp', 'CURRENT_TIMESTAMP(6)'],
  ['date_trunc', 'DATE_FORMAT'],
  ['gen_random_uuid', 'UUID()'],
  ['initcap', 'CONCAT, UPPER and LOWER'],
  ['jsonb_build_object', 'JSON_OBJECT'],
  ['random', 'RAND()'],
  ['regexp_match', 'REGEXP_SUBSTR'],
  ['split_part', 'SUBSTRING_INDEX'],
  ['starts_with', 'LEFT'],
  ['strpos', 'LOCATE'],
  ['to_char', 'DATE_FORMAT'],
  ['to_date', 'STR_TO_DATE'],
  ['to_timestamp', 'FROM_UNIXTIME'],
])
