import { describe, expect, it } from 'vitest'
import type { Engine } from '../../src/dialects/interface/engine.ts'
import type { Program } from '../../src/program/program.ts'
import type { Part } from '../../src/program/step.ts'
import type { Lock, Written } from '../../src/program/written.ts'
import { describeEachDatabase, openOn, type Place, type Subject } from '../support/conformance.ts'
import { kindsOf, Trial } from '../support/conformance-actions.ts'
import { planText } from '../support/lives.ts'
import { compiled } from '../support/programs.ts'

type Change = Subject['programs'][number]

const INVARIANT = 'invariants: [{ name: mine, sql: SELECT one FROM (SELECT 1 AS one) AS t WHERE one > 1 }]'

/** A fresh database that has what the change is about, and the program of the change. */
async function prepared(subject: Subject, { setup, more = '', ...change }: Change) {
  const place = await subject.create()
  const engine = await openOn(place)
  for (const statement of setup) await place.query(statement)
  const schemas = /\bapp\./.test(change.intents) ? ['app'] : []
  const program = compiled(
    planText({ ...change, more: `${INVARIANT}\n${more}` }),
    await engine.inspect({ schemas }),
  )
  return {
    place,
    engine,
    program,
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]()
      await place[Symbol.asyncDispose]()
    },
  } satisfies { place: Place; engine: Engine; program: Program } & AsyncDisposable
}

/** A program, and the kinds of action that there are writers for. */
type Known = { readonly program: Program; readonly writers: readonly string[] }

const knownOf = ({ engine, program }: { engine: Engine; program: Program }): Known => ({
  program,
  writers: kindsOf(engine, program),
})

const partsOf = ({ phases }: Program): Part[] =>
  phases.flatMap(({ steps }) => steps).flatMap(({ parts }) => [...parts])

const textsOf = (written: Written): string[] =>
  written.run === 'statements'
    ? [...written.statements, ...written.undo, ...(written.repair ?? [])]
    : [...written.undo]

const isComplete = ({ on, mode, blocks, during }: Lock): boolean => Boolean(on && mode && blocks && during)

describeEachDatabase('the actions of a program', (subject) => {
  const known = new Map<Change, Known>()
  /** A change is compiled once, for all that is said of its program. */
  const programs = async (): Promise<readonly Known[]> => {
    for (const change of subject.programs)
      if (!known.has(change)) {
        await using on = await prepared(subject, change)
        known.set(change, knownOf(on))
      }
    return [...known.values()]
  }

  describe('are seen by their probes, once they are done, and leave nothing when they are undone', () => {
    it.each(subject.programs.map((change) => [change.name, change] as const))('%s', async (_, change) => {
      await using on = await prepared(subject, change)
      const trial = new Trial(on.engine, on.place, on.program)
      await trial.run()
      expect(trial.traces).toEqual(subject.traces[change.name] ?? [])
    })
  })

  it('are all that this database has writers for', async () => {
    const kinds = new Set<string>()
    const wanted = new Set<string>()
    for (const { program, writers } of await programs()) {
      for (const { action } of partsOf(program)) kinds.add(action.do)
      for (const kind of writers) wanted.add(kind)
    }
    expect([...wanted].filter((kind) => !kinds.has(kind))).toEqual(subject.outdated)
    expect([...kinds].filter((kind) => !wanted.has(kind))).toEqual([])
  })

  it('say which locks they take, and how each table is altered', async () => {
    for (const { program } of await programs())
      for (const { action, written } of partsOf(program)) {
        const alters = textsOf(written).filter((text) => /^ALTER TABLE/.test(text))
        for (const text of alters) expect(text).toMatch(subject.alter)
        const least = alters.length > 0 ? 1 : 0
        expect(written.locks.length, action.do).toBeGreaterThanOrEqual(least)
        expect(written.locks, action.do).toSatisfy((locks) => locks.every(isComplete))
      }
  })

  it('survive a file', async () => {
    for (const { program } of await programs()) expect(JSON.parse(JSON.stringify(program))).toEqual(program)
  })
})
