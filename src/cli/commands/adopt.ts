import type { Command } from 'commander'
import { type AdoptResult, adopt } from '../../operations/adopt.ts'
import { approvals } from '../approve.ts'
import type { Shell } from '../io.ts'
import { type Connecting, connecting, placeOf, quietly, show } from './shared.ts'

/** `plan adopt`: records what was carried out by hand or by another tool. */
export const adoptCommand = (io: Shell): Command =>
  connecting('adopt', 'record steps as done that were carried out by hand or by another tool')
    .argument('[plan]', 'name, plan file or compiled folder')
    .option('--through <step>', 'the last step to record, such as expand.2; otherwise all that are there')
    .action(async (asked: string | undefined, options: Connecting & { through?: string }) => {
      const result = await adopt(
        { ...placeOf(options), plan: asked, through: options.through },
        quietly(io, approvals(io, {})),
      )
      const { steps, state, next } = result
      show(io, options.json, { steps, state, next: next?.id ?? null }, () => text(result))
    })

function text({ plan, steps, state, next }: AdoptResult): string {
  const did =
    state === null
      ? 'the database shows no step that the ledger lacks; nothing was recorded'
      : `recorded as done: ${steps.join(', ')}`
  return `${plan}: ${did}${next ? `; next: ${next.command}` : ''}\n`
}
