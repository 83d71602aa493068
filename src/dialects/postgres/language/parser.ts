import { loadModule, parseSync, SqlError, scanSync } from 'libpg-query'

/** A node of PostgreSQL's own parse tree (libpg-query): objects with one key that names the node's type. */
export type Tree = { readonly [key: string]: unknown } | readonly unknown[] | string | number | boolean | null

/** Await this once before any other function here: the parser is WebAssembly. */
export const loadParser = loadModule

/** The statements of a text, or the parser's error and its character (from 0). */
export function statements(
  text: string,
): { readonly trees: readonly Tree[] } | { readonly error: string; readonly offset: number } {
  try {
    const { stmts } = parseSync(text) as { stmts?: { stmt: Tree }[] }
    return { trees: (stmts ?? []).map(({ stmt }) => stmt) }
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    return { error: error.message, offset: error.sqlDetails?.cursorPosition ?? 0 }
  }
}

/** One token; offsets count bytes of UTF-8. */
export type Token = {
  readonly start: number
  readonly end: number
  readonly text: string
  readonly comment: boolean
  readonly string: boolean
}

export const tokens = (text: string): readonly Token[] =>
  // For an empty text the scanner returns something that is not JSON.
  text.trim() === ''
    ? []
    : scanSync(text).tokens.map(({ start, end, text: word, tokenName }) => ({
        start,
        end,
        text: word,
        comment: tokenName === 'SQL_COMMENT' || tokenName === 'C_COMMENT',
        string: tokenName.endsWith('CONST'),
      }))

/** The name that an identifier token means. */
export const nameOf = (token: Token): string =>
  token.text.startsWith('"') ? token.text.slice(1, -1).replaceAll('""', '"') : token.text.toLowerCase()

/** Every node of a tree with its key and path, parents first. */
export function* nodes(
  tree: Tree,
  path: readonly string[] = [],
): Generator<{
  readonly type: string
  readonly node: Record<string, unknown>
  readonly path: readonly string[]
}> {
  if (tree === null || typeof tree !== 'object') return
  for (const [key, value] of Object.entries(tree)) {
    const here = [...path, key]
    if (value !== null && typeof value === 'object' && !Array.isArray(value))
      yield { type: key, node: value as Record<string, unknown>, path: here }
    yield* nodes(value as Tree, here)
  }
}

/**
 * The tree without places, so that two texts of the same meaning give the same string. PostgreSQL's names for places:
 * `location`, `name_location`, `stmt_len`, `list_start`, `rexpr_list_end` and the like (primnodes.h, parsenodes.h).
 */
export const shapeOf = (tree: Tree): string =>
  JSON.stringify(tree, (key, value: unknown) =>
    typeof value === 'number' && /(^|_)(location|start|end|len)$/.test(key) ? undefined : value,
  )
