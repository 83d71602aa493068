import { endOfOldNames, stepsOf, strippedKeys, syncsOf } from '../../program/actions.ts'
import { isFill } from '../../program/facts.ts'
import type { Program } from '../../program/program.ts'
import { type Shape, shapesOf } from '../../program/shapes.ts'
import { PHASES, type Phase } from '../../program/step.ts'
import { isDocuments, wordsOf } from '../../program/words.ts'
import { clean, listed } from '../../text/words.ts'
import { leaveAlone } from './orms.ts'

/** What old and new code of the application may do while the plan runs; `plan explain --app --json` prints it as it is. */
export type AppStory = ReturnType<typeof appOf>

/** The same program always gives the same text. */
export function appOf(program: Program) {
  const shapes = shapesOf(program)
  const documents = isDocuments(program)
  const thing = documents ? 'field' : 'column'
  return {
    says:
      shapes.length === 0
        ? `No ${thing} comes, goes or changes its type. Old and new code do the same before, during and after the plan; only the rules that its steps add hold for both from then on.`
        : `Old code is what runs now; new code knows only the new shape. Both have to name each ${thing} that they need: with ${documents ? 'whole documents' : '* in a query'} a version gets what it does not know, or misses what it expects.`,
    tables: shapes.map((shape) => ({
      table: documents ? shape.table.name : `${shape.table.schema}.${shape.table.name}`,
      phases: program.phases.map(({ phase }) => ({ phase, ...codeIn(phase, shape, program) })),
      doomed: doomedOf(shape, program),
      advice: adviceOn(doomedOf(shape, program), documents),
      leave_alone: leaveAlone(shape.table.name, doomedOf(shape, program), documents),
    })),
  }
}

const doomedOf = ({ old, removed }: Shape, { retires }: Program): string[] => {
  const retired = new Set(retires.flatMap(({ columns }) => columns))
  return [...old, ...removed].filter((name) => retired.has(name)).map(clean)
}

const adviceOn = (doomed: readonly string[], documents: boolean): string =>
  doomed.length === 0
    ? ''
    : `One release before contract, tell the ORM to leave ${listed(doomed)} alone: ${
        documents
          ? 'what writes whole documents back would bring it back'
          : 'it names every column that it knows in SELECT and INSERT, so each process would fail once the column is gone'
      }.`

type Code = { readonly old_code: string; readonly new_code: string }

const codeIn = (phase: Phase, shape: Shape, program: Program): Code => {
  const all = [pairIn, reformedIn, convertedIn, addedIn, removedIn]
    .map((say) => say(phase, shape, program))
    .filter((code) => code !== null)
  const joined = (which: keyof Code) => [...new Set(all.map((code) => code[which]))].join('; ')
  return { old_code: joined('old_code'), new_code: joined('new_code') }
}

type Say = (phase: Phase, shape: Shape, program: Program) => Code | null

const names = (some: readonly string[]): string => listed(some.map(clean))

const ORDER: readonly string[] = PHASES

/** A checkpoint is confirmed before anything of the phase runs. */
const passed = ({ checkpoints }: Program, id: string, phase: Phase): boolean =>
  checkpoints.some(
    (one) => one.id === id && ORDER.includes(one.before) && ORDER.indexOf(one.before) <= ORDER.indexOf(phase),
  )

const waits = ({ checkpoints }: Program, id: string): boolean => checkpoints.some((one) => one.id === id)

const GONE = (old: string, program: Program): string => {
  const end = endOfOldNames(program)?.id ?? 'contract'
  return strippedKeys(program).length > 0
    ? `must be gone: from ${end} on nothing keeps ${old} up, and then it is taken away`
    : `must be gone: what names ${old} fails from ${end} on`
}

const pairIn: Say = (phase, shape, program) => {
  if (shape.old.length === 0) return null
  const [old, fresh] = [names(shape.old), names(shape.new)]
  const synced = syncsOf(program).length > 0
  if (phase === 'contract')
    return {
      old_code: GONE(old, program),
      new_code: waits(program, 'stop-writes')
        ? `reads ${fresh}, and writes both until stop-writes is confirmed; then names ${fresh} alone`
        : `reads and writes ${fresh} alone, and does not name ${old}`,
    }
  const both = `reads and writes ${old}`
  if (!synced)
    return passed(program, 'dual-write', phase)
      ? {
          old_code: `must be gone: what it writes to ${old} alone would be missing in ${fresh}`,
          new_code: `reads ${old} and writes both in one statement; reads ${fresh} once switch-app may be confirmed`,
        }
      : { old_code: both, new_code: `not yet: nothing fills ${fresh} for it` }
  if (phase === 'expand')
    return {
      old_code: both,
      new_code: `not yet: ${fresh} is there once expand is done, and then takes writes`,
    }
  if (phase === 'backfill')
    return {
      old_code: `${both}; the triggers carry it over`,
      new_code: `may write ${fresh}, which the triggers carry to ${old}; reads ${old} where ${fresh} is not filled yet`,
    }
  return {
    old_code: `${both}; the triggers carry it over`,
    new_code: `reads and writes ${fresh}; the rules of ${fresh} hold for it`,
  }
}

/** The new form is kept under a helper's name, which no version of the application has to know. */
const reformedIn: Say = (phase, { reformed }) => {
  const [first] = reformed
  if (first === undefined) return null
  const columns = names(reformed.map(({ column }) => column))
  return phase === 'contract'
    ? {
        old_code: `must be gone before ${first.from}, which gives ${columns} the new form`,
        new_code: `reads and writes ${columns} in the old form before ${first.from}, and in the new one after it`,
      }
    : {
        old_code: `reads and writes ${columns} in the old form`,
        new_code: `works with ${columns} in both forms, and finds the old one`,
      }
}

const convertedIn: Say = (phase, { converted }, program) => {
  if (converted.length === 0) return null
  const fields = names(converted)
  if (phase === 'contract')
    return {
      old_code: `must be gone: ${fields} has the new type alone`,
      new_code: `reads and writes ${fields} in the new type`,
    }
  return passed(program, 'dual-write', phase)
    ? {
        old_code: `must be gone: it cannot read ${fields} in the new type`,
        new_code: `reads ${fields} in both types, and writes the new one`,
      }
    : {
        old_code: `reads and writes ${fields} in the old type`,
        new_code: `reads ${fields} in both types, and writes the old one`,
      }
}

const addedIn: Say = (phase, { added }, program) => {
  if (added.length === 0) return null
  const fresh = names(added)
  const fills = stepsOf(program).some(isFill)
  const { row } = wordsOf(program)
  if (phase === 'expand')
    return {
      old_code: `does not know ${fresh}, and need not`,
      new_code: `not yet: ${fresh} is there once expand is done`,
    }
  if (phase === 'contract')
    return {
      old_code: `must be gone where ${fresh} is required: nothing gives its ${row}s a value any more`,
      new_code: `reads ${fresh}, and gives it with every new ${row}`,
    }
  return {
    old_code: `does not know ${fresh}, and need not`,
    new_code:
      phase === 'backfill' && fills
        ? `may write ${fresh}; ${row}s that are not filled yet have nothing in it`
        : `reads and writes ${fresh}`,
  }
}

const removedIn: Say = (phase, { removed }, program) => {
  if (removed.length === 0) return null
  const doomed = names(removed)
  return phase === 'contract'
    ? { old_code: GONE(doomed, program), new_code: `does not name ${doomed}` }
    : {
        old_code: `reads and writes ${doomed}`,
        new_code:
          phase === 'expand' && !isDocuments(program)
            ? `not yet: it may leave ${doomed} out once expand is done`
            : `need not name ${doomed} any more`,
      }
}
