import type { Word } from '../../relational/bodies.ts'
import { tokens } from '../language/tokens.ts'

/** The words of the body of a trigger or routine. */
export const bodyWords = (body: string): readonly Word[] =>
  tokens(body).flatMap(({ kind, text, means }): Word[] => {
    if (kind === 'comment') return []
    if (kind === 'text') return [{ kind: 'text', means: text.slice(1, -1) }]
    return [{ kind: kind === 'word' || kind === 'name' ? 'name' : 'other', means }]
  })
