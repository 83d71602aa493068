import { z } from 'zod'

/** What `plan export --json` prints. `same`: the file was there already, as it is exported. */
export const exported = {
  tool: z.string(),
  files: z.array(z.strictObject({ path: z.string(), step: z.string(), state: z.enum(['written', 'same']) })),
  left: z.array(z.strictObject({ id: z.string(), why: z.string() })),
  run: z.string(),
  notes: z.array(z.string()),
}
