import type { DocumentTraits } from '../../program/traits.ts'
import type { Snapshot } from '../../schema/snapshot.ts'

/** Two digits each: 5.0.0. Older pipelines and validators lack what programs need. */
export const OLDEST = 50_000

/** Abilities are observed, not derived from the version: other products use MongoDB's protocol and version numbers. */
export const traits = ({ topology = 'standalone', can = [] }: Snapshot['server']): DocumentTraits => ({
  topology,
  changeStreams: can.includes('change streams'),
  stagedUnique: can.includes('staged unique'),
  hiddenIndexes: can.includes('hidden indexes') || (can.includes('hidden plain indexes') && 'plain'),
  measuresPressure: can.includes('member lag'),
})
