import type { Language, Texts } from '../../../dialects/interface/language.ts'
import type { Finding } from '../../../errors.ts'
import type { Outline } from '../../../intents/tables/outline.ts'
import type { Plan, PlanSource, Probe } from '../../../plan/plan.ts'
import type { Checkpoint } from '../../../program/program.ts'
import type { Snapshot } from '../../../schema/snapshot.ts'
import { readOrRefuse } from '../../gather.ts'

/** The author's own SQL: queries of invariants and probes, and values. */

/** The queries of invariants as they will run. One that cannot run stays as written, to be refused at its place later. */
export const queriesOf = ({ invariants }: Plan, snapshot: Snapshot, language: Language): Plan['invariants'] =>
  invariants.map((one) => {
    const resolved = readOrRefuse(() => language.query(one.sql, snapshot, false))
    return typeof resolved === 'string' ? { ...one, sql: resolved } : one
  })

/** Findings for invariants whose queries cannot run. */
export const unprovable = (
  { invariants }: Plan,
  source: PlanSource,
  { query }: Language,
  snapshot: Snapshot,
): Finding[] =>
  invariants.flatMap(({ sql }, index): Finding[] => {
    const refusal = readOrRefuse(() => query(sql, snapshot, false))
    return typeof refusal === 'string'
      ? []
      : [
          {
            code: 'PLAN_EXPRESSION',
            message: refusal.refused,
            hint: refusal.hint,
            at: source.at(['invariants', index, 'sql']),
          },
        ]
  })

/** The same checkpoint with its queries as they are sent. */
export const sendable = (one: Checkpoint, { answer, query }: Language, snapshot: Snapshot): Checkpoint => ({
  ...one,
  probes: (one.probes as readonly Probe[]).map((probe) => {
    if (!('sql' in probe)) return probe
    const resolved = query(probe.sql.query, snapshot, true)
    return { sql: { ...probe.sql, runs: answer(typeof resolved === 'string' ? resolved : probe.sql.query) } }
  }),
})

/** Findings for probes whose queries cannot run. */
export const unreadable = (
  plan: Plan,
  source: PlanSource,
  { query }: Language,
  snapshot: Snapshot,
): Finding[] =>
  Object.entries(plan.checkpoints).flatMap(([id, { probes }]) =>
    probes.flatMap((probe, index): Finding[] => {
      const refusal = 'sql' in probe ? readOrRefuse(() => query(probe.sql.query, snapshot, true)) : ''
      return typeof refusal === 'object'
        ? [
            {
              code: 'PLAN_EXPRESSION',
              message: `${id}: ${refusal.refused}`,
              // An invariant has to return keys, a probe does not.
              hint: refusal.noQuery
                ? 'a probe is one SELECT of one value, which changes nothing'
                : refusal.hint,
              at: source.at(['checkpoints', id, 'probes', index, 'sql', 'query']),
            },
          ]
        : []
    }),
  )

/** All text that the author wrote in the database's own language. */
export const textsOf = (plan: Plan, outlines: readonly Outline[]): Texts => ({
  values: outlines
    .flatMap(({ sync, fills }) => [
      ...sync.flatMap((group) => [...group.up, ...(group.kind === 'pair' ? group.down : [])]),
      ...fills.flatMap(({ set }) => set),
    ])
    .map(({ value }) => value.sql)
    .concat(outlines.flatMap(({ fills }) => fills.flatMap(({ once }) => once?.where ?? []))),
  queries: [
    ...plan.invariants.map(({ sql }) => sql),
    ...Object.values(plan.checkpoints).flatMap(({ probes }) =>
      probes.flatMap((probe) => ('sql' in probe ? [probe.sql.query] : [])),
    ),
  ],
})
