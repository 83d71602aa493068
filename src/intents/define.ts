import type { z } from 'zod'
import type { DocumentContext } from './documents/context.ts'
import type { DocumentOutline } from './documents/outline.ts'
import type { Context } from './tables/context.ts'
import type { Outline } from './tables/outline.ts'

/** An intent as a plan asks for it. What it needs from the phases is known once there is a database. */
export type Wish = Asking<'tables', Context, Outline> | Asking<'documents', DocumentContext, DocumentOutline>

type Asking<Model, Told, Asked> = {
  readonly model: Model
  /** Its fields, for readers who only look for names in them. */
  readonly fields: unknown
  readonly outlines: (context: Told) => readonly Asked[]
}

/** An intent of the catalogue: its name in a plan, and how its fields become a wish. */
export type Intent = {
  readonly kind: string
  readonly model: Wish['model']
  /** The shape of its fields. */
  readonly shape: z.ZodType
  readonly wish: z.ZodType<Wish>
}

type Definition<Shape extends z.ZodType, Told, Asked> = {
  readonly kind: string
  readonly shape: Shape
  /** What it needs from each phase: one outline, or one for each table that it changes. */
  readonly outline: (fields: z.output<Shape>, context: Told) => Asked | readonly Asked[]
}

/** An intent of databases of tables. */
export const defineIntent = <Shape extends z.ZodType>({
  kind,
  shape,
  outline,
}: Definition<Shape, Context, Outline>): Intent => ({
  kind,
  model: 'tables',
  shape,
  wish: shape.transform(
    (fields): Wish => ({ model: 'tables', fields, outlines: (context) => [outline(fields, context)].flat() }),
  ),
})

/** An intent of databases of documents. */
export const defineDocumentIntent = <Shape extends z.ZodType>({
  kind,
  shape,
  outline,
}: Definition<Shape, DocumentContext, DocumentOutline>): Intent => ({
  kind,
  model: 'documents',
  shape,
  wish: shape.transform(
    (fields): Wish => ({
      model: 'documents',
      fields,
      outlines: (context) => [outline(fields, context)].flat(),
    }),
  ),
})
