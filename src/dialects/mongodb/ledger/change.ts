import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { PlanError } from '../../../errors.ts'
import { eventHash } from '../../../ledger/chain.ts'
import type { EventRecord } from '../../../ledger/records.ts'
import { fenced, type Writer } from '../../../ledger/write.ts'
import { codeOf, collided, sessionLost } from '../connect/errors.ts'
import { eventKey, type Places, type PlanDocument, type Seen, see, stored } from './read.ts'

/** A change of the plan's document. `at`: the time by the server's clock. */
export type Change = (plan: PlanDocument, at: string) => void

/**
 * Tries when others write to the same plan at once, such as other workers or a person who confirms. With each try one of
 * them succeeds.
 */
const TRIES = 200

/** Longest pause between two tries, milliseconds. */
const PAUSE = 20

export function requireOurs(found: Seen | null, { plan, run, epoch, seen }: Writer): Seen {
  const ours = found !== null && found.plan.run === run && (epoch === null || found.plan.epoch === epoch)
  const moved =
    seen !== undefined && (found?.plan.phase !== seen.phase || found.plan.retiredAt !== seen.retiredAt)
  if (ours && !moved) return found
  throw fenced(plan)
}

/** One write of a document that nobody has changed since it was read. Otherwise it is read again. */
export async function apply(
  places: Places,
  name: string,
  accept: (seen: Seen | null) => Seen,
  changes: readonly Change[],
): Promise<PlanDocument> {
  const version = randomUUID()
  for (let tries = 1; ; tries++) {
    const { plan, now } = accept(await see(places, name))
    await deliver(places, plan.outbox)
    const next: PlanDocument = { ...structuredClone(plan), outbox: [], version }
    for (const change of changes) change(next, now.toISOString())
    const written = await exchange(places, plan.version, next).catch(async (error: unknown) => {
      // A write that was not confirmed in time may still have happened.
      if (collided(error) && (await see(places, name))?.plan.version === version) return true
      throw error
    })
    if (written) {
      // Events that cannot be delivered now are delivered by the next write.
      await deliver(places, next.outbox).catch((error: unknown) => {
        if (sessionLost(error)) throw error
      })
      return next
    }
    if (tries === TRIES) throw busy(name)
    await sleep(Math.min(PAUSE, tries))
  }
}

const busy = (plan: string): PlanError =>
  new PlanError('PLAN_TEMPORARY', `too many write to the ledger of ${plan} at once`, {
    hint: 'run the same command again',
  })

async function exchange({ session, ledger }: Places, before: string, next: PlanDocument): Promise<boolean> {
  const { value } = await session.command({
    findAndModify: `${ledger}_plans`,
    query: { _id: next._id, version: before },
    update: { $set: stored(next) },
    fields: { _id: 1 },
  })
  return value !== null && value !== undefined
}

/** Writes events into the trail. Existing ones stay. */
async function deliver({ session, ledger }: Places, events: readonly EventRecord[]): Promise<void> {
  for (const event of events)
    await session
      .command({
        insert: `${ledger}_events`,
        documents: [
          { _id: eventKey(event), plan: event.plan, number: event.number, event: JSON.stringify(event) },
        ],
      })
      .catch((error: unknown) => {
        if (codeOf(error) !== DUPLICATE) throw error
      })
}

const DUPLICATE = 11000

export function append(plan: PlanDocument, said: Pick<EventRecord, 'actor' | 'kind' | 'data' | 'at'>): void {
  const number = plan.last.number + 1
  const { _id, run, epoch } = plan
  const event: EventRecord = { ...said, plan: _id, run, epoch, number, previous: plan.last.hash, hash: '' }
  // In the form in which it will be read.
  const whole = JSON.parse(JSON.stringify(event)) as EventRecord
  const hash = eventHash(whole)
  plan.outbox.push({ ...whole, hash })
  plan.last = { number, hash }
}
