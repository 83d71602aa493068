import type { DocumentLanguage } from '../../../dialects/interface/document-language.ts'
import type { DocumentOutline } from '../../../intents/documents/outline.ts'
import type { Plan } from '../../../plan/plan.ts'
import type { Checkpoint, CodeSample, Program } from '../../../program/program.ts'
import type { Phase } from '../../../program/step.ts'
import { checkpoint } from '../../checkpoints.ts'

/** What has to be deployed, and when. Without triggers the application itself keeps both shapes in step. */
export function checkpointsOf(
  plan: Plan,
  outlines: readonly DocumentOutline[],
  phases: Program['phases'],
  language: DocumentLanguage,
): Checkpoint[] {
  const has = (phase: Phase) => phases.some((one) => one.phase === phase)
  const contract = phases.find(({ phase }) => phase === 'contract')?.steps ?? []
  const made: (Checkpoint | null)[] = [
    both(plan, outlines, phases, language),
    has('contract')
      ? deploy(
          plan,
          'switch-app',
          'contract',
          texts(outlines.flatMap(({ switchApp }) => switchApp)),
          codeOf(outlines, language.code.switched),
        )
      : null,
    // When everything is dropped without being retired first, there is no point within contract at which to stop.
    deploy(
      plan,
      'stop-writes',
      contract.some(isRetirement) ? 'drop' : 'contract',
      texts(outlines.flatMap(({ stopWrites }) => stopWrites)),
      codeOf(outlines, language.code.onlyNew),
    ),
  ]
  return made.filter((one) => one !== null)
}

/**
 * Every writer keeps both shapes. With `plan sync` alone this may come as late as the seal, unless readers must be ready
 * earlier.
 */
function both(
  plan: Plan,
  outlines: readonly DocumentOutline[],
  phases: Program['phases'],
  language: DocumentLanguage,
): Checkpoint | null {
  const followed = plan.sync === 'tail'
  const early = !followed || outlines.some(({ dualWrite }) => dualWrite.some((one) => one.early))
  const order: readonly Phase[] = early ? ['backfill', 'enforce', 'verify'] : ['enforce', 'verify']
  const before = order.find((phase) => phases.some((one) => one.phase === phase))
  return before === undefined
    ? null
    : deploy(
        plan,
        'dual-write',
        before,
        texts(outlines.flatMap(({ dualWrite }) => dualWrite.map(({ text }) => text))),
        codeOf(outlines, language.code.dualWrite),
      )
}

/** One code sample for each collection, for all intents together. */
function codeOf(
  outlines: readonly DocumentOutline[],
  write: DocumentLanguage['code']['dualWrite'],
): readonly CodeSample[] {
  const names = new Set(outlines.map(({ table }) => table.name))
  return [...names].flatMap((name) => {
    const groups = outlines.filter(({ table }) => table.name === name).flatMap((one) => one.groups)
    return groups.length === 0 ? [] : write(name, groups)
  })
}

const texts = (versions: readonly string[]): readonly string[] => [...new Set(versions)]

const deploy = (
  plan: Plan,
  id: string,
  before: Checkpoint['before'],
  versions: readonly string[],
  code: readonly CodeSample[],
): Checkpoint | null =>
  versions.length === 0
    ? null
    : {
        ...checkpoint(plan, id, before, `Deploy ${versions.join('; ')}`),
        ...(code.length > 0 && { code }),
      }

/** Steps before which nobody may stop writing the old shape, and steps that make a rollback easy. */
const isRetirement = ({ parts }: Program['phases'][number]['steps'][number]): boolean =>
  parts.some(
    ({ action }) =>
      action.do === 'hide_index' ||
      (action.do === 'remove_index' && action.early) ||
      (action.do === 'set_validator' && action.purpose === 'relax'),
  )
