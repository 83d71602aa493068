import { z } from 'zod'

/** A value that YAML can write as one scalar. */
export type Scalar = string | number | boolean | null

/** What to put into a column. Portable forms are written by each dialect; `sql` is opaque to everything else. */
export type Value =
  | { readonly column: string }
  | { readonly literal: Scalar }
  | { readonly sql: string }
  | { readonly split: { readonly column: string; readonly separator: string; readonly part: 'first' | 'rest' | 'last' | number } }
  | { readonly concat: { readonly columns: readonly string[]; readonly separator: string } }
  | { readonly map: { readonly column: string; readonly cases: Readonly<Record<string, Scalar>>; readonly else: 'keep' | 'error' | 'null' | { readonly literal: Scalar } } }
  | { readonly cast: { readonly column: string; readonly to: string } }
  | { readonly lower: { readonly column: string } }
  | { readonly upper: { readonly column: string } }
  | { readonly trim: { readonly column: string } }
  | { readonly now: true }
  | { readonly uuid: true }

export const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])
