import type { DocumentTraits } from '../../program/traits.ts'
import type { Snapshot } from '../../schema/snapshot.ts'

/** Two digits each: 5.0.0. Before that pipelines and validators lack what programs are made of. */
export const OLDEST = 50_000

/** What was seen decides, and not the number: other programs speak as MongoDB and call themselves by its versions. */
export const traits = ({ topology = 'standalone', can = [] }: Snapshot['server']): DocumentTraits => ({
  topology,
  changeStreams: can.includes('change streams'),
  stagedUnique: can.includes('staged unique'),
  hiddenIndexes: can.includes('hidden indexes') || (can.includes('hidden plain indexes') && 'plain'),
  measuresPressure: can.includes('member lag'),
})
