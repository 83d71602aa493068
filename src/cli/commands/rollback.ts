import type { Command } from 'commander'
import type { Question } from '../../execution/context.ts'
import type { Phase } from '../../program/step.ts'
import { rollback, undoableProgress } from '../../runner/rollback.ts'
import { counted } from '../../text/words.ts'
import type { Io } from '../io.ts'
import { open, requireLocal, rowOf, surroundings, wantedFor, whichPlan } from '../session.ts'
import { watcher } from '../watch.ts'
import { type Connecting, confirmed, connecting, phaseOption } from './shared.ts'

type Options = Connecting & { readonly to?: Phase; readonly yes?: true; readonly appIsBack?: true }

/** `plan rollback`: goes back to before a phase, or to before the plan. */
export const rollbackCommand = (io: Io): Command =>
  connecting('rollback', 'undo a plan, everything or back to before a phase')
    .argument('[plan]', 'name, plan file or compiled folder')
    .addOption(phaseOption('--to <phase>', 'undo back to before this phase'))
    .option('--app-is-back', 'do not ask whether the application runs on the old shape again')
    .option('--yes', 'do not ask, also when values would be lost')
    .action(async (plan: string | undefined, options: Options) => {
      await using opened = await open(io, options, 'rollback', plan)
      const { name, file } = await whichPlan(io, opened, plan)
      // The pinned program is undone, whatever the files contain now.
      const pinned = (await undoableProgress(opened.store, name))?.plan
      if (!pinned) {
        await opened.store.requireSeen()
        const outcome = { undone: [], complete: true }
        if (options.json) io.out(`${JSON.stringify({ event: 'outcome', plan: name, ...outcome })}\n`)
        else io.say(`${name}: there is nothing to roll back`)
        return
      }
      requireLocal(pinned, file)
      const row = rowOf(opened.engine)
      const watch = watcher(io, options.json === true, row)
      const around = surroundings(io, opened, watch.report, async (question) => {
        if (question.about === 'going back')
          return confirmed(io, options.yes === true || options.appIsBack === true, goingBack(question), name)
        if (question.about !== 'rollback') return false
        if (question.held) return options.yes === true
        const lost = question.losses.map(
          ({ rows, what, table }) => `  ${counted(rows, row)} of ${table}: ${what}`,
        )
        return confirmed(io, options.yes === true, `going back loses:\n${lost.join('\n')}`, name)
      })
      const run = { program: pinned.program, source: pinned.source }
      const outcome = await rollback(wantedFor(io, opened, run, around), options.to ?? null).finally(
        watch.end,
      )
      if (options.json) io.out(`${JSON.stringify({ event: 'outcome', plan: name, ...outcome })}\n`)
      else
        io.say(
          outcome.complete
            ? `${name} is rolled back: the schema is as the plan found it`
            : `${name} is back to before ${options.to}`,
        )
    })

const goingBack = ({ confirmed: why, takes }: Extract<Question, { about: 'going back' }>): string =>
  [
    `${why.join(', ')}. Going back takes away what the application that is out there may need:`,
    ...takes.map((one) => `  ${one}`),
    'Go on only when the version before runs everywhere again.',
  ].join('\n')
