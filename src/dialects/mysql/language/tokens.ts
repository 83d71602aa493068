/** One word of SQL as MySQL and MariaDB read it with ANSI_QUOTES off. */
export type Token = {
  /**
   * `word`: bare, a keyword or a name. `name`: in backticks. `text`: a string, also `"…"`. `parameter`: `?`. `variable`:
   * `@a`, `@@a`. `other`: anything that no valid statement contains, such as an unclosed quote.
   */
  readonly kind:
    | 'word'
    | 'name'
    | 'text'
    | 'number'
    | 'symbol'
    | 'comment'
    | 'parameter'
    | 'variable'
    | 'other'
  /** The word as written. */
  readonly text: string
  /** A name without its backticks; anything else as written. */
  readonly means: string
  readonly start: number
  readonly end: number
}

/** Tried in this order. The server executes versioned comments as SQL; for everybody else they are comments. */
const RULES: readonly (readonly [kind: Token['kind'] | 'space', pattern: RegExp])[] = [
  ['space', /\s+/y],
  ['comment', /\/\*[\s\S]*?\*\/|#[^\n]*|--(?:\s[^\n]*|$)/y],
  ['name', /`(?:[^`]|``)+`/y],
  ['text', /'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"\\]|""|\\[\s\S])*"/y],
  ['variable', /@@?(?:`(?:[^`]|``)+`|[\w$.]*)/y],
  // Before words: a name may begin with digits but not be a number.
  [
    'number',
    /0x[\da-f]+(?![\w$])|0b[01]+(?![\w$])|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w$\u0080-\uffff])/iy,
  ],
  ['word', /[\w$\u0080-\uffff]+/y],
  ['parameter', /\?/y],
  ['symbol', /<=>|->>|->|<<|>>|<>|!=|<=|>=|:=|\|\||&&|[-+*/%&|^~!<>=(),.;:[\]{}]/y],
  ['other', /[\s\S]/y],
]

/** The words of a text, without blanks. Never fails: what cannot be read is `other`. */
export function tokens(sql: string): Token[] {
  const found: Token[] = []
  let at = 0
  while (at < sql.length) {
    for (const [kind, pattern] of RULES) {
      pattern.lastIndex = at
      const text = pattern.exec(sql)?.[0]
      if (text === undefined) continue
      const means = kind === 'name' ? text.slice(1, -1).replaceAll('``', '`') : text
      if (kind !== 'space') found.push({ kind, text, means, start: at, end: at + text.length })
      at += text.length
      break
    }
  }
  return found
}
