import { type Token, tokens } from './tokens.ts'

/** Functions that work with or without parentheses. */
const BARE = [
  'current_date',
  'current_role',
  'current_time',
  'current_timestamp',
  'current_user',
  'localtime',
  'localtimestamp',
  'utc_date',
  'utc_time',
  'utc_timestamp',
]

/**
 * Functions that may give different results for the same arguments: clocks, random values, sequences, locks, session
 * state. Of both servers, in small letters, sorted. Functions that are constant within a statement are included, because
 * a trigger that calls them again gets another result.
 */
export const VOLATILE: readonly string[] = [
  ...BARE,
  'benchmark',
  'connection_id',
  'curdate',
  'curtime',
  'database',
  'encrypt',
  'found_rows',
  'get_lock',
  'is_free_lock',
  'is_used_lock',
  'last_insert_id',
  'lastval',
  'load_file',
  'master_gtid_wait',
  'master_pos_wait',
  'nextval',
  'now',
  'ps_current_thread_id',
  'rand',
  'random_bytes',
  'release_all_locks',
  'release_lock',
  'row_count',
  'schema',
  'session_user',
  'setval',
  'sleep',
  'source_pos_wait',
  'sys_guid',
  'sysdate',
  'system_user',
  'user',
  'uuid',
  'uuid_short',
  'uuid_v4',
  'uuid_v7',
  'wait_for_executed_gtid_set',
].sort()

const [volatile, bare] = [new Set(VOLATILE), new Set(BARE)]

/**
 * Whether an expression calls one of these functions, or reads a variable or a sequence. It goes by name: a user's
 * function with such a name counts, one with another name does not. What cannot be read counts as volatile.
 */
export function isVolatile(sql: string): boolean {
  const words = tokens(sql).filter(({ kind }) => kind !== 'comment')
  return words.some((token, i) => isChange(token, words[i - 1], words[i + 1], words[i + 2]))
}

function isChange(token: Token, before?: Token, after?: Token, behind?: Token): boolean {
  const name = token.means.toLowerCase()
  if (token.kind === 'variable' || token.kind === 'other') return true
  if (token.kind === 'name') return after?.text === '(' && volatile.has(name)
  if (token.kind !== 'word') return false
  if (after?.text === '(' && volatile.has(name)) return true
  // With an argument it is only a conversion of that.
  if (name === 'unix_timestamp') return after?.text === '(' && behind?.text === ')'
  // MariaDB: NEXT VALUE FOR s, PREVIOUS VALUE FOR s.
  if (/^(next|previous)$/.test(name) && after?.text.toLowerCase() === 'value') return true
  return bare.has(name) && before?.text !== '.'
}
