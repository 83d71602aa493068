/** One word of SQL as MySQL and MariaDB read it, with ANSI_QUOTES off. */
export type Token = {
  /**
   * `word`: bare, a keyword or a name. `name`: between backticks. `text`: a string, `"…"` too. `parameter`: `?`.
   * `variable`: `@a`, `@@a`. `other`: anything that can be in no valid statement, such as an unclosed quote.
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
  /** As it is written. */
  readonly text: string
  /** What a name means: without its backticks. Otherwise as written. */
  readonly means: string
  readonly start: number
  readonly end: number
}

/** In the order in which they are tried. Versioned comments run as SQL in the server, and are comments to nobody else. */
const RULES: readonly (readonly [kind: Token['kind'] | 'space', pattern: RegExp])[] = [
  ['space', /\s+/y],
  ['comment', /\/\*[\s\S]*?\*\/|#[^\n]*|--(?:\s[^\n]*|$)/y],
  ['name', /`(?:[^`]|``)+`/y],
  ['text', /'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"\\]|""|\\[\s\S])*"/y],
  ['variable', /@@?(?:`(?:[^`]|``)+`|[\w$.]*)/y],
  // Before words: a name may begin with digits, but not be a number.
  [
    'number',
    /0x[\da-f]+(?![\w$])|0b[01]+(?![\w$])|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w$\u0080-\uffff])/iy,
  ],
  ['word', /[\w$\u0080-\uffff]+/y],
  ['parameter', /\?/y],
  ['symbol', /<=>|->>|->|<<|>>|<>|!=|<=|>=|:=|\|\||&&|[-+*/%&|^~!<>=(),.;:[\]{}]/y],
  ['other', /[\s\S]/y],
]

/** The words of a text, without the blanks between them. Never fails: what cannot be read is `other`. */
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
