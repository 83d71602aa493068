import { expect } from 'vitest'
import { type Bench, done, type Ended } from './command.ts'

type Said = {
  readonly code: string
  readonly keys: string[]
  readonly query: string
  readonly sqlstate?: string
}

/**
 * The rows of which a refusal speaks, in three places that say the same: the failed command's JSON, the last event of the
 * trail, and the status, which prints the query too.
 */
export async function atFault(here: Pick<Bench, 'plan'>, { out }: Ended): Promise<Said> {
  const said = (JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as { error: Said }).error
  const { events } = JSON.parse(done(await here.plan('log', '--json')).out)
  const [plan] = JSON.parse(done(await here.plan('status', '--json')).out).plans
  const { code, keys, query, sqlstate = null } = said
  for (const refusal of [events.at(-1).data, plan.refusal])
    expect(refusal).toMatchObject({ code, keys, query, sqlstate })
  expect(done(await here.plan('status', plan.name)).out).toContain(`\n    rows  ${query}\n`)
  return said
}
