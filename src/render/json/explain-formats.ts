import { z } from 'zod'
import { PHASES } from '../../program/step.ts'

/** What `plan explain --json` prints: a program, what it means for the application, or an error code. */

const count = z.number().int().min(0)
const phase = z.enum([...PHASES])

const lockStory = z.strictObject({
  on: z.string(),
  mode: z.string(),
  blocks: z.string(),
  during: z.string(),
  text: z.string(),
})

/** A program in words, step by step. */
export const story = {
  fingerprint: z.string(),
  description: z.string().nullable(),
  row: z.enum(['row', 'document']),
  tables: z.array(z.strictObject({ table: z.string(), rows: count.nullable(), bytes: z.number() })),
  removes: z.array(z.string()),
  point_of_no_return: z.string().nullable(),
  warnings: z.array(z.string()),
  phases: z.array(
    z.strictObject({
      phase,
      purpose: z.string(),
      checkpoints: z.array(
        z.strictObject({ id: z.string(), before: z.string(), describe: z.string(), soak_seconds: count }),
      ),
      steps: z.array(
        z.strictObject({
          id: z.string(),
          kind: z.string(),
          title: z.string(),
          reason: z.string(),
          locks: z.array(lockStory),
          scans: z.boolean(),
          rewrites: z.boolean(),
          rows: z.enum(['untouched', 'read', 'written', 'rewritten']),
          expected: z.string(),
          reversible: z.boolean(),
          undo: z.string(),
          loses: z.array(z.string()),
          instead: z.array(z.string()),
        }),
      ),
    }),
  ),
}

/** What old and new code may do. */
export const application = {
  says: z.string(),
  tables: z.array(
    z.strictObject({
      table: z.string(),
      phases: z.array(z.strictObject({ phase, old_code: z.string(), new_code: z.string() })),
      doomed: z.array(z.string()),
      advice: z.string(),
      leave_alone: z.array(z.strictObject({ tool: z.string(), code: z.array(z.string()) })),
    }),
  ),
}

export const errorCode = {
  code: z.string(),
  exit: count,
  title: z.string(),
  cause: z.string(),
  did: z.string(),
  fix: z.string(),
}
