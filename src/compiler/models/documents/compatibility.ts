import { type Finding, PlanError } from '../../../errors.ts'
import type { Wish } from '../../../intents/define.ts'
import type { DocumentOutline } from '../../../intents/documents/outline.ts'
import { overlaps } from '../../../intents/documents/parts/fields.ts'
import type { Plan, PlanSource } from '../../../plan/plan.ts'
import type { DocumentTraits } from '../../../program/traits.ts'
import { othersIn, unveilable } from '../../compatibility.ts'
import type { Asked } from '../../gather.ts'

type Say = (code: Finding['code'], message: string, hint: string, path: readonly PropertyKey[]) => Finding

const sayAt =
  (source: PlanSource): Say =>
  (code, message, hint, path) => ({ code, message, hint, at: source.at(path) })

/** Findings for keys that only plans for tables can have. */
export function unsupportedKeys(plan: Plan<Wish>, source: PlanSource, traits: DocumentTraits): Finding[] {
  const say = sayAt(source)
  const { maxLag, maxHistory, maxBlocked } = plan.backfill.limits
  const probes = Object.entries(plan.checkpoints).flatMap(([id, checkpoint]) =>
    checkpoint.probes.flatMap((probe, index) => {
      const path = ['checkpoints', id, 'probes', index]
      const hint = 'ask the application itself: probes http and command'
      if ('sql' in probe) return say('PLAN_UNSUPPORTED', 'this database knows no SQL', hint, path)
      return 'unused' in probe
        ? say('PLAN_NOT_BUILT', 'the probe unused is not built yet for this database', hint, path)
        : []
    }),
  )
  return [
    ...(plan.invisible ? [unveilable(source)] : []),
    ...othersIn(plan, source, 'documents', 'is for SQL databases, and this one is a database of documents'),
    ...probes,
    ...plan.invariants.map((_, index) =>
      say(
        'PLAN_UNSUPPORTED',
        'this database knows no SQL',
        'hold the collection to a schema instead (set_validator), or check it by a probe (command)',
        ['invariants', index, 'sql'],
      ),
    ),
    ...(plan.contract.readonly
      ? [
          say(
            'PLAN_UNSUPPORTED',
            'contract.readonly is for SQL databases: this one has no triggers',
            'leave it out: the validator refuses the old shape where it can',
            ['contract', 'readonly'],
          ),
        ]
      : []),
    ...(plan.sync === 'triggers'
      ? [
          say(
            'PLAN_UNSUPPORTED',
            'this database has no triggers',
            'write sync: application, and deploy a version that writes both shapes; or sync: tail',
            ['sync'],
          ),
        ]
      : []),
    ...(maxLag !== null && !traits.measuresPressure
      ? [
          say(
            'PLAN_UNSUPPORTED',
            'how far members of the set are behind cannot be asked here',
            'leave max_lag out: each page is confirmed by a majority of the members before the next one, and duty leaves the server room',
            ['backfill', 'throttle', 'max_lag'],
          ),
        ]
      : []),
    ...(maxHistory !== null
      ? [
          say(
            'PLAN_UNSUPPORTED',
            'this database keeps no old row versions to count',
            'leave max_history out',
            ['backfill', 'throttle', 'max_history'],
          ),
        ]
      : []),
    ...(maxBlocked !== null
      ? [
          say(
            'PLAN_UNSUPPORTED',
            'this database does not say who waits for whom',
            'leave max_blocked out: a page holds no document longer than its own update takes; max_running counts what waits, too',
            ['backfill', 'throttle', 'max_blocked'],
          ),
        ]
      : []),
  ]
}

/** Whether there is something for `sync: tail` to follow, and a server that allows it. */
export function isFollowing(
  plan: Plan,
  source: PlanSource,
  outlines: readonly DocumentOutline[],
  traits: DocumentTraits,
): Finding[] {
  if (plan.sync !== 'tail' && plan.sync !== 'both') return []
  const say = sayAt(source)
  if (!traits.changeStreams)
    return [
      say(
        'PLAN_UNSUPPORTED',
        traits.topology === 'standalone'
          ? 'this is a single server, whose changes cannot be followed'
          : 'this server does not let its changes be followed',
        'write sync: application, and deploy a version that writes both shapes before the backfill',
        ['sync'],
      ),
    ]
  if (!outlines.some(({ groups }) => groups.some(({ kind }) => kind === 'pair')))
    return [
      say(
        'PLAN_INVALID',
        `sync: ${plan.sync} follows the changes of an old shape, and this plan has none`,
        'leave sync out',
        ['sync'],
      ),
    ]
  return plan.onConflict === 'new'
    ? [
        say(
          'PLAN_INVALID',
          'plan sync goes one way, from the old shape to the new one, so the new one cannot count',
          'leave on_conflict out, or write sync: application',
          ['on_conflict'],
        ),
      ]
    : []
}

/** Two intents of a plan cannot add, change or remove the same field, nor fields of one index. */
export function overlapping(asked: readonly Asked<DocumentOutline>[]): Finding[] {
  return asked.flatMap(({ outline, at }, index): Finding[] => {
    const before = asked
      .slice(0, index)
      .map((one) => one.outline)
      .filter(({ table }) => table.name === outline.table.name)
    const field = outline.touches.find((one) =>
      before.some(({ touches }) => touches.some((other) => overlaps(one, other))),
    )
    const names = [...outline.dropsIndexes, ...outline.builds].map(({ name }) => name)
    const shared = names.find((name) =>
      before.some(({ dropsIndexes, builds }) =>
        [...dropsIndexes, ...builds].some((other) => other.name === name),
      ),
    )
    const twice = field ?? (shared === undefined ? undefined : `index ${shared}`)
    return twice === undefined
      ? []
      : [
          {
            code: 'PLAN_INVALID',
            message: `${outline.table.name}: ${twice} is changed by two intents of this plan`,
            hint: 'one thing can have one change at a time; make a second plan for the other one',
            at,
          },
        ]
  })
}

/** Refuses other changes of a collection for which the plan sets a validator or a new name. */
export function requireAlone(all: readonly DocumentOutline[], source: PlanSource): void {
  const [first] = all
  const whole = all.find(({ replacedBy, renamed }) => replacedBy !== null || renamed !== null)
  if (all.length < 2 || !whole || !first) return
  throw new PlanError(
    'PLAN_UNSUPPORTED',
    `${first.table.name} gets ${whole.renamed === null ? 'a validator of the plan’s own' : 'another name'} and other changes in one plan`,
    { hint: 'make two plans, one after the other', at: source.at(['intents', 0]) },
  )
}
