import type { Word } from '../../relational/bodies.ts'
import { nameOf, tokens } from './parser.ts'

/**
 * The words of a function's body. A body that the scanner cannot read, such as another language, counts as a list of bare
 * names.
 */
export function words(body: string): readonly Word[] {
  try {
    return tokens(body).flatMap((token): Word[] => {
      if (token.comment) return []
      if (token.string)
        return [{ kind: /^[\d.]/.test(token.text) ? 'other' : 'text', means: inside(token.text) }]
      return [
        /^["\p{L}_]/u.test(token.text)
          ? { kind: 'name', means: nameOf(token) }
          : { kind: 'other', means: token.text },
      ]
    })
  } catch {
    return [...body.matchAll(/[\p{L}_][\p{L}\p{N}_$]*/gu)].map(([means]) => ({ kind: 'name', means }))
  }
}

/** A text without its quotes, of either kind. */
const inside = (text: string): string =>
  /^\$/.test(text) ? text.replace(/^\$[^$]*\$|\$[^$]*\$$/g, '') : text.replace(/^[a-z]*&?'|'$/gi, '')
