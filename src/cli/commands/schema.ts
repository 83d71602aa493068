import { Command } from 'commander'
import type { Shell } from '../io.ts'

/** `plan schema`: the JSON Schema of plan files, for editors. */
export const schemaCommand = (io: Shell): Command =>
  new Command('schema')
    .description('print the JSON Schema of plan files')
    .option('--json', 'the same; it is always JSON')
    .action(async () => {
      const { planJsonSchema } = await import('../../intents/plans.ts')
      io.out(`${JSON.stringify(planJsonSchema(), null, 2)}\n`)
    })
