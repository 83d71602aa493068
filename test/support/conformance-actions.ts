import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import type { Engine } from '../../src/dialects/interface/engine.ts'
import { isTrue } from '../../src/dialects/interface/session.ts'
import type { Action } from '../../src/program/action.ts'
import { undoing } from '../../src/program/actions.ts'
import type { Program } from '../../src/program/program.ts'
import type { Part, Step } from '../../src/program/step.ts'
import type { Traits } from '../../src/program/traits.ts'
import { queriesOf, statementsOf, type Written } from '../../src/program/written.ts'
import { type Place, sqlLanguage } from './conformance.ts'
import { walk } from './conformance-walk.ts'

/** What undoing takes along that an earlier action made: only all of them together leave no trace. */
const TAKES_ALONG: ReadonlySet<string> = new Set(['add_unique', 'finish_not_null'])

/**
 * What is undone only after what comes behind it, or before it: an index that came with a foreign key would come again under its
 * name, and a seal knows its column by the name that it had.
 */
const GOES_LAST: ReadonlySet<string> = new Set(['drop_constraint', 'delete_unique', 'remove_seal'])

/** Carries a program through action by action, and back and forth at each, looking at the catalogue all the time. */
export class Trial {
  /** The actions whose undoing left the table other than it was. */
  readonly traces: string[] = []
  readonly #engine: Engine
  readonly #place: Place
  readonly #program: Program

  constructor(engine: Engine, place: Place, program: Program) {
    this.#engine = engine
    this.#place = place
    this.#program = program
  }

  async run(): Promise<void> {
    for (const { steps } of this.#program.phases) {
      await this.#group(steps.filter(({ reversible }) => reversible))
      for (const { reversible, parts } of steps) if (!reversible) await this.#last(parts)
    }
  }

  /** What comes before the point of no return can be undone, the rest is only done. */
  async #last(parts: readonly Part[]): Promise<void> {
    const gone = parts.findIndex(({ written }) => written.undo.length === 0)
    await this.#group([{ parts: parts.slice(0, gone) }])
    for (const part of parts.slice(gone)) await this.#once(part)
  }

  /** Actions that are undone together as well, newest first. */
  async #group(steps: readonly Pick<Step, 'parts'>[]): Promise<void> {
    const parts = steps.flatMap((step) => step.parts)
    const undone = steps.toReversed().flatMap(undoing)
    const before = await this.#seen()
    const dump = await this.#place.dump()
    for (const [index, part] of parts.entries()) {
      await this.#once(part)
      if (!TAKES_ALONG.has(part.action.do)) continue
      const all = parts.slice(0, index + 1)
      await this.#back(undone.filter((one) => all.includes(one)))
      expect(await this.#seen(), `${part.action.do} and all before it undone`).toEqual(before)
      for (const one of all) await this.#forth(one)
    }
    await this.#back(undone)
    expect(await this.#place.dump()).toEqual(dump)
    for (const part of parts) await this.#forth(part)
  }

  async #once({ action, written }: Part): Promise<void> {
    const says = action.do
    const before = await this.#seen()
    if (statementsOf(written).length > 0) await this.#is(written, says, false)
    await this.#fits(written)
    await this.#forth({ action, written })
    if (statementsOf(written).length === 0) return
    await this.#is(written, says, true)
    if (written.undo.length === 0 || GOES_LAST.has(says)) return
    await this.#run(written, written.undo)
    await this.#is(written, `${says} undone`, false)
    if (TAKES_ALONG.has(says)) return
    if (!isDeepStrictEqual(await this.#seen(), before)) this.traces.push(says)
    await this.#forth({ action, written })
    await this.#is(written, `${says} again`, true)
  }

  async #forth({ action, written }: Part): Promise<void> {
    // What a function of a module computes only a runner can write.
    const called = written.run === 'fill' && written.along.by === 'key' && 'computing' in written
    if ((action.do === 'fill' || action.do === 'copy_to_archive') && !called)
      await walk(this.#engine.session, written, 3)
    if (action.do.startsWith('prove_')) await this.#proves(written)
    if (written.run === 'statements')
      await this.#run(written, [...(written.repair ?? []), ...written.statements])
  }

  async #back(parts: readonly Part[]): Promise<void> {
    for (const { action, written } of parts) {
      if (
        written.run !== 'statements' ||
        written.undoNeeded === undefined ||
        (await this.#true(written.undoNeeded))
      )
        await this.#run(written, written.undo)
      if (written.undo.length > 0) await this.#is(written, `${action.do} undone`, false)
    }
  }

  async #is(written: Written, says: string, whether: boolean): Promise<void> {
    if (written.run !== 'statements') return
    const { probe, undoNeeded } = written
    expect(await this.#true(probe), `${says}: ${probe}`).toBe(whether)
    if (undoNeeded !== undefined) expect(await this.#true(undoNeeded), `${says}: ${undoNeeded}`).toBe(whether)
  }

  async #true(query: string): Promise<boolean> {
    const { rows } = await this.#engine.session.query(query)
    expect(rows.length).toBe(1)
    return isTrue(rows[0]?.['done'])
  }

  async #fits(written: Written): Promise<void> {
    if (written.run !== 'statements' || written.requires === undefined) return
    const { requires } = written
    const { rows } = await this.#engine.session.query(requires.query)
    expect(Number(rows[0]?.['violations']), requires.query).toBe(0)
  }

  /** Every rule holds: what is counted there are violations, but for the rows looked at. */
  async #proves(written: Written): Promise<void> {
    for (const [name, query] of queriesOf(written)) {
      const { rows } = await this.#engine.session.query(query, query.includes('$1') ? [5] : [])
      if (name === 'check') for (const row of rows) expect(row).toSatisfy((one) => isTrue(one.holds))
      else if (name.startsWith('sample')) expect(rows).toEqual([])
      else {
        const [{ checked: _, ...counts } = {}] = rows
        for (const count of Object.values(counts)) expect(Number(count), query).toBe(0)
      }
    }
  }

  async #run(written: Written, statements: readonly string[]): Promise<void> {
    const { session } = this.#engine
    if (statements.length === 0) return
    const { transaction, settings } =
      written.run === 'statements' ? written : ({ transaction: 'unbounded', settings: undefined } as const)
    if (transaction === 'step')
      return session.transaction({ lockTimeout: 5000 }, async () => {
        for (const statement of statements) await session.query(statement)
      })
    if (settings) await session.query(settings.before)
    try {
      const lockTimeout = transaction === 'unbounded' ? 0 : 5000
      for (const statement of statements) await session.autonomous(statement, { lockTimeout })
    } finally {
      if (settings) await session.query(settings.after)
    }
  }

  /** The tables as they are, without what is counted or guessed. */
  async #seen(): Promise<unknown> {
    const tables = this.#program.watch.map(({ table }) => table)
    const snapshot = await this.#engine.inspect({ tables })
    return snapshot.tables.map(({ rows: _, bytes: __, rowVersions: ___, ...table }) => table)
  }
}

/** Kinds of actions that this server's programs can have: the others have no writer. */
export const kindsOf = (engine: Engine, program: Program): Action['do'][] =>
  Object.keys(sqlLanguage(engine).writers(program.engine.traits as Traits)) as Action['do'][]
