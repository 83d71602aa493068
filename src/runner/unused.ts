import type { Engine } from '../dialects/interface/engine.ts'
import type { Program } from '../program/program.ts'
import { textsOf } from '../program/written.ts'
import { formatDuration } from '../text/duration.ts'

/** Why the tool cannot say that nobody used the old shape in the last `since` milliseconds; null when nobody did. */
export async function unused(engine: Engine, program: Program, since: number): Promise<string | null> {
  const { usage } = engine
  if (usage === null) return 'this server cannot be asked which statements ran'
  const own = program.phases.flatMap(({ steps }) =>
    steps.flatMap(({ parts }) => parts.flatMap(({ written }) => textsOf(written))),
  )
  for (const { table, columns } of program.retires) {
    const { verdict, evidence } = await usage({ table, columns, since, own })
    const shape = columns.map((column) => `${table.name}.${column}`).join(', ')
    const why = evidence.join('; ')
    if (verdict === 'used') return `${shape} was used within ${formatDuration(since)}: ${why}`
    if (verdict === 'unknown')
      return `nobody can say whether ${shape} is unused: ${why}; change that on the server, or take this probe out of the plan`
  }
  return null
}
