import { type Language, NO_QUERY } from '../../interface/language.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { HARMFUL } from './keywords.ts'
import { type Token, tokens } from './tokens.ts'

/** An author's own query: one SELECT that changes and locks nothing. */
export function query(sql: string): Refusal | null {
  const all = tokens(sql)
  // The server executes the content of such a comment.
  if (all.some(({ kind, text }) => kind === 'comment' && /^\/\*M?!/.test(text)))
    return { refused: 'a query of a plan cannot hold a versioned comment', ...NO_QUERY }
  const words = all.filter(({ kind }) => kind !== 'comment')
  const last = words.at(-1)?.text === ';' ? words.length - 1 : words.length
  const body = words.slice(0, last)
  if (body.some(({ text }) => text === ';')) return { refused: 'not a single SELECT', ...NO_QUERY }
  const begin = body.find(({ text }) => text !== '(')
  if (begin?.kind !== 'word' || !/^(select|with)$/i.test(begin.text))
    return { refused: 'not a single SELECT', ...NO_QUERY }
  for (const [i, token] of body.entries()) {
    const refused = forbidden(token, body[i - 1], body[i + 1])
    if (refused) return { refused, ...NO_QUERY }
  }
  return balanced(body) ? null : { refused: 'its parentheses do not match', ...NO_QUERY }
}

const ONLY_READ = 'a query of a plan can only read'

/**
 * Words that begin statements which write, lock or call. They are reserved: bare they are never a name, and some are
 * functions before a parenthesis.
 */
const ACTS =
  /^((into|update|delete|call|procedure)\b|(insert|replace) (?!\()|(nextval|setval) \(|for share$|lock in$|next value$)/

function forbidden(token: Token, before: Token | undefined, after: Token | undefined): string | null {
  const [word, next] = [token.text.toLowerCase(), after?.text.toLowerCase() ?? '']
  if (token.kind === 'parameter') return 'a query of a plan cannot hold parameters such as ?'
  if (/^['"`]$/.test(word)) return 'a quote is never closed'
  if (word === '/' && next === '*' && token.end === after?.start) return 'a comment is never closed'
  if (token.kind === 'other') return `cannot read ${word}`
  const bare = token.kind === 'word' && before?.text !== '.'
  if (word === ':=' || (bare && ACTS.test(`${word} ${next}`))) return ONLY_READ
  const harmful = next === '(' && HARMFUL.has(token.means.toLowerCase())
  return harmful ? `${ONLY_READ}, and ${token.means} does more` : null
}

function balanced(words: readonly Token[]): boolean {
  let depth = 0
  for (const { text } of words) {
    if (text === '(') depth++
    if (text === ')' && --depth < 0) return false
  }
  return depth === 0
}

const HINT =
  'write one statement for each entry, without BEGIN and COMMIT: the tool sends each in its own call'

/** Statements that share a transaction with others. */
const SHARES = /^(insert|update|delete|replace|select|with|do|values|table)$/

/** Statements that end a transaction before they begin, or may do so. */
const COMMITS =
  /^(create|alter|drop|rename|truncate|grant|revoke|analyze|optimize|repair|check|call|import|install|uninstall|flush)$/

/** The bodies of these hold statements of their own. */
const HAS_BODY = /^(procedure|function|trigger|event)$/i

/** How one statement of the author can run. */
export const statement: Language['statement'] = (sql) => {
  const all = tokens(sql)
  if (all.some(({ kind, text }) => kind === 'comment' && /^\/\*M?!/.test(text)))
    return {
      refused: 'a statement of a plan cannot hold a versioned comment',
      hint: 'write out what this server runs',
    }
  const words = all.filter(({ kind }) => kind !== 'comment')
  const [first] = words
  if (first === undefined) return { refused: 'no statement', hint: HINT }
  const odd = words.find(
    ({ kind, text }) => kind === 'parameter' || kind === 'other' || (kind === 'word' && /^\$\d+$/.test(text)),
  )
  if (odd)
    return {
      refused: `cannot read ${odd.text} at character ${odd.start + 1}`,
      hint: 'a statement holds no parameters, and each quote in it is closed',
    }
  const end = words.findIndex(({ text }) => text === ';')
  const body =
    /^(create|alter)$/i.test(first.text) &&
    words.some(({ kind, text }) => kind === 'word' && HAS_BODY.test(text))
  if (end >= 0 && end < words.length - 1 && !body) return { refused: 'more than one statement', hint: HINT }
  const begin = first.text === '(' ? 'select' : first.text.toLowerCase()
  if (SHARES.test(begin)) return 'step'
  return COMMITS.test(begin)
    ? 'autocommit'
    : {
        refused: `a statement that begins with ${first.text} is not for a plan: it begins or ends a transaction, changes the session, or its effect is unknown here`,
        hint: HINT,
      }
}

export const cautions: Language['cautions'] = (statements) =>
  statements.some((sql) => /^\s*alter\s+table\b/i.test(sql) && !/\balgorithm\b/i.test(sql))
    ? [
        'an ALTER TABLE of the plan names no ALGORITHM: where the server cannot do it at once it copies the table and blocks writers meanwhile; write ALGORITHM=INSTANT, or ALGORITHM=INPLACE, LOCK=NONE, and it is refused instead',
      ]
    : []
