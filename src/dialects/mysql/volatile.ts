import { type Token, tokens } from './tokens.ts'

/** Called with or without parentheses. */
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
 * Functions that do not give the same for the same arguments: clocks, chance, sequences, locks, and what knows of the
 * session. Of both servers and in small letters, sorted. Those that the servers take to be constant within a statement
 * count too, because a trigger that calls them anew gets another result.
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
 * Whether an expression calls one of these functions, or reads a variable or a sequence. By name, so a function of
 * somebody's own that has such a name counts, and one of another name does not. What cannot be read counts as volatile.
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
  // Of an argument it is only another way to write it.
  if (name === 'unix_timestamp') return after?.text === '(' && behind?.text === ')'
  // MariaDB: NEXT VALUE FOR s, PREVIOUS VALUE FOR s.
  if (/^(next|previous)$/.test(name) && after?.text.toLowerCase() === 'value') return true
  return bare.has(name) && before?.text !== '.'
}
