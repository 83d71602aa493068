import type { Phase } from '../program/step.ts'
import { confirming } from '../text/words.ts'

/** The commands as an operator types them, complete. Contract then asks for the plan's name. */
export const commands = {
  advance: (plan: string, phase?: Phase): string => `plan advance ${plan}${phase ? ` --phase ${phase}` : ''}`,
  confirm: confirming,
  rollback: (plan: string): string => `plan rollback ${plan}`,
  verify: (plan: string): string => `plan verify ${plan}`,
  status: (plan: string): string => `plan status ${plan}`,
  sync: (plan: string): string => `plan sync ${plan}`,
  log: (plan: string): string => `plan log ${plan}`,
  dryRun: (plan: string): string => `plan advance ${plan} --dry-run`,
  app: (plan: string): string => `plan explain ${plan} --app`,
  runbook: (plan: string): string => `plan runbook ${plan}`,
}
