import type { Finding } from '../errors.ts'
import type { Wish } from '../intents/define.ts'
import { kindsOf } from '../intents/index.ts'
import type { Plan, PlanSource } from '../plan/plan.ts'

/** Findings for intents that databases of this model do not have. */
export const othersIn = (plan: Plan<Wish>, source: PlanSource, own: Wish['model'], says: string): Finding[] =>
  plan.intents
    .filter(({ model }) => model !== own)
    .map(({ kind, path }) => ({
      code: 'PLAN_INVALID',
      message: `${kind} ${says}`,
      hint: `it has: ${kindsOf(own).join(', ')}`,
      at: source.at(path),
    }))

/** The finding for a database in which every column is visible. */
export const unveilable = (source: PlanSource): Finding => ({
  code: 'PLAN_UNSUPPORTED',
  message: 'invisible is for MySQL and MariaDB: this database has no invisible columns',
  hint: 'leave it out',
  at: source.at(['invisible']),
})
