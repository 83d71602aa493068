import type { Engine } from '../dialects/interface/engine.ts'
import { isTrue, type Row } from '../dialects/interface/session.ts'
import { PlanError } from '../errors.ts'
import type { InvariantRecord } from '../ledger/records.ts'
import { proofsOf } from '../program/facts.ts'
import type { Part, Step } from '../program/step.ts'

export type Finding = Omit<InvariantRecord, 'checkedAt'>

/** Keys of broken rows that a finding holds. */
const SAMPLE = 5

/** Checks what a verify step claims, on all rows, now. It only reads, in one snapshot. */
export const prove = ({ session }: Pick<Engine, 'session'>, step: Step): Promise<Finding[]> =>
  session.transaction({ readOnly: true }, async () => {
    const all: Finding[] = []
    for (const part of step.parts) all.push(...(await provePart(session, part)))
    return all
  })

async function provePart(session: Engine['session'], { action, written }: Part): Promise<Finding[]> {
  const ask = async (query: string, values: readonly unknown[] = []) =>
    (await session.query(query, values, { long: true })).rows
  const names = proofsOf(action)
  const [name = ''] = names
  if (written.run === 'prove rows') {
    const [counts = {}] = await ask(written.count)
    const checked = Number(counts['checked'] ?? 0)
    const findings: Finding[] = []
    for (const [index, { sample: query }] of written.rules.entries()) {
      const violations = Number(counts[`v${index}`] ?? 0)
      const sample = violations > 0 ? (await ask(query, [SAMPLE])).map(keyText) : []
      findings.push({ name: names[index] ?? '', holds: violations === 0, violations, checked, sample })
    }
    return findings
  }
  if (written.run === 'prove query') {
    const counted = await ask(written.count).catch((error) => Promise.reject(unanswered(name, error)))
    const violations = Number(counted[0]?.['violations'])
    // Only the first column, because the author's query returns the key there.
    const first = (row: Row) => String(Object.values(row)[0])
    const sample = violations > 0 ? (await ask(written.sample)).map(first) : []
    return [{ name, holds: violations === 0, violations, checked: null, sample }]
  }
  if (written.run !== 'prove catalogue') return []
  const broken = (await ask(written.check))
    .filter((row) => !isTrue(row['holds']))
    .map((row) => String(row['what']))
  return [
    {
      name,
      holds: broken.length === 0,
      violations: broken.length,
      checked: null,
      sample: broken,
    },
  ]
}

/** The author's own query may name something that does not exist. That is an error in the plan, not in the tool. */
const unanswered = (name: string, error: unknown): unknown =>
  error instanceof PlanError && error.code === 'PLAN_DATABASE'
    ? new PlanError('PLAN_INVARIANT', `${name} cannot be checked: ${error.message}`, {
        hint: 'make its query work on this database, or roll back and fix it in the plan',
        cause: error.cause,
      })
    : error

const keyText = (row: Row): string => Object.values(row).map(String).join(', ')
