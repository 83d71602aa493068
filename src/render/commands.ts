import type { Phase } from '../program/step.ts'

/** The commands as an operator types them. Contract is requested by name, so it also needs `--yes`. */
export const commands = {
  advance: (plan: string, phase?: Phase): string =>
    `plan advance ${plan}${phase ? ` --phase ${phase}` : ''}${phase === 'contract' ? ' --yes' : ''}`,
  confirm: (plan: string, checkpoint: string, evidence: boolean): string =>
    `plan confirm ${checkpoint} --plan ${plan} --by NAME${evidence ? ' --evidence URL' : ''}`,
  rollback: (plan: string): string => `plan rollback ${plan}`,
  verify: (plan: string): string => `plan verify ${plan}`,
  status: (plan: string): string => `plan status ${plan}`,
  sync: (plan: string): string => `plan sync ${plan}`,
  log: (plan: string): string => `plan log ${plan}`,
  dryRun: (plan: string): string => `plan advance ${plan} --dry-run`,
  app: (plan: string): string => `plan explain ${plan} --app`,
  runbook: (plan: string): string => `plan runbook ${plan}`,
}
