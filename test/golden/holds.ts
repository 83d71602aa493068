import { readdirSync } from 'node:fs'
import { expect } from 'vitest'
import type { Program } from '../../src/program/program.ts'
import { statementsOf } from '../../src/program/written.ts'
import { scriptFiles } from '../../src/render/scripts.ts'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import { compiled } from '../support/programs.ts'
import { difference, rebuilt } from './difference.ts'

/** Where a reviewed text lies: whole for the first server of a family, for the others as what differs from the first. */
export type Golden = {
  readonly server: string
  readonly plan: string
  readonly ends: 'sql' | 'js'
  readonly text: string
  /** Of the same plan, on the first server; null for that one. */
  readonly first: { readonly server: string; readonly text: string } | null
}

/** The text is, byte for byte, the one that was reviewed. */
export async function isAsReviewed({ server, plan, ends, text, first }: Golden): Promise<void> {
  if (first === null) return expect(text).toMatchFileSnapshot(`${server}/${plan}.${ends}`)
  const different = difference(first.text, text, first.server)
  expect(rebuilt(first.text, different)).toBe(text)
  await expect(different).toMatchFileSnapshot(`${server}/${plan}.diff`)
}

/** The plans that a text is kept of on a server. */
export const plansKept = (server: string): string[] =>
  readdirSync(new URL(server, import.meta.url)).map((file) => file.replace(/\.\w+$/, ''))

/** All files of a plan's program, one under the other. */
export const reviewed = (text: string, on: Snapshot): string =>
  Object.entries(scriptFiles(compiled(text, on)))
    .map(([file, statements]) => `======== ${file}\n${statements}`)
    .join('\n')

/** The same input gives the same bytes, also after a round trip through JSON. */
export function survives(text: string, on: Snapshot): void {
  const program = compiled(text, on)
  expect(JSON.stringify(compiled(text, JSON.parse(JSON.stringify(on))))).toBe(JSON.stringify(program))
  expect(JSON.parse(JSON.stringify(program))).toEqual(program)
}

/** Kinds of actions that need no undo of their own, or lock nothing. */
type Except = { readonly undo: readonly string[]; readonly lock: readonly string[] }

/** What is missing of why, undo and lock, by step and action. */
export function incomplete({ phases }: Program, except: Except): string[] {
  const steps = phases.flatMap((phase) => phase.steps)
  const parts = steps.flatMap((step) => step.parts.map((part) => ({ ...part, step })))
  return [
    ...steps.filter(({ reason }) => reason === '').map(({ id }) => `${id}: why`),
    ...parts
      .filter(({ written }) => statementsOf(written).length > 0)
      .flatMap(({ step, action, written }) => [
        ...(step.reversible && written.undo.length === 0 && !except.undo.includes(action.do)
          ? [`${step.id} ${action.do}: undo`]
          : []),
        ...(written.locks.length === 0 && !except.lock.includes(action.do)
          ? [`${step.id} ${action.do}: lock`]
          : []),
      ]),
  ]
}
