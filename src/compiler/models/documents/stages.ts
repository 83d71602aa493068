import type { DocumentLanguage } from '../../../dialects/interface/document-language.ts'
import { type DocumentOutline, isLenient } from '../../../intents/documents/outline.ts'
import type { FieldGroup } from '../../../program/document-action.ts'
import type { Validator } from '../../../schema/collection.ts'

/** The validator of a collection at first, and after each stage of the plan. */
export type Stages = {
  readonly before: Validator | null
  /** Allows the new fields. */
  readonly permitted: Validator | null
  /** Requires that both shapes agree. */
  readonly sealed: Validator | null
  /** Only the new shape counts; the old one may still exist. */
  readonly relaxed: Validator | null
  /** No longer knows the old shape. */
  readonly final: Validator | null
}

type Asked = Pick<
  DocumentOutline,
  'groups' | 'permits' | 'releasesFields' | 'renames' | 'replacedBy' | 'required' | 'retires'
>

/** Computes each stage from the one before: from the collection's validator and what all intents need from it. */
export function stagesOf(
  { validators }: DocumentLanguage,
  before: Validator | null,
  { permits, releasesFields, renames, replacedBy, required, retires, groups }: Asked,
): Stages {
  if (replacedBy)
    return { before, permitted: before, sealed: replacedBy, relaxed: replacedBy, final: replacedBy }
  const freed = (of: Validator | null) =>
    releasesFields.reduce((validator, field) => validators.released(validator, field), of)
  const holding = (of: Validator | null, some: readonly FieldGroup[]) =>
    required.reduce(
      (validator, { field, types }) => validators.requiring(validator, field, types),
      validators.sealed(of, some),
    )
  const permitted = validators.permit(freed(before), permits)
  const renamed = renames.map(({ to }) => to)
  const fresh = validators.permit(
    freed(before),
    permits.filter((field) => !renamed.includes(field)),
  )
  // The schema may not know the old name, or the parent of the new one.
  const moved = validators.permit(
    renames.reduce((validator, { from, to }) => validators.renamed(validator, from, to), fresh),
    renamed,
  )
  const gone = retires.filter((field) => !renames.some(({ from }) => from === field))
  // A field that changes its type in place has no old shape to remove, so its rule stays. The exception: the validator
  // that it would replace refuses nothing.
  const staying = groups.filter(({ kind }) => kind === 'convert' && !(before && isLenient(before)))
  const final = holding(
    gone.reduce((validator, field) => validators.without(validator, field), moved),
    staying,
  )
  const relaxed = validators.permit(final, retires)
  const keeps = groups.some((group) => group.kind === 'pair' && group.unparsed === 'keep')
  return {
    before,
    permitted,
    sealed: holding(permitted, groups),
    relaxed,
    // Documents that could not be converted stay as they are.
    final: keeps ? relaxed : final,
  }
}

export const isSame = (a: Validator | null, b: Validator | null): boolean =>
  a === b || (a !== null && b !== null && a.rule === b.rule && a.level === b.level && a.action === b.action)
