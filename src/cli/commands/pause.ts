import type { Command } from 'commander'
import { controlsJson } from '../../render/json.ts'
import { pause, resume } from '../../runner/control.ts'
import type { Io } from '../io.ts'
import { deskOf } from '../session.ts'
import { type Connecting, connecting, show } from './shared.ts'

/** `plan pause`: no more batches begin, wherever the runner is. */
export const pauseCommand = (io: Io): Command =>
  connecting('pause', 'let a backfill stand still after its batch, from any host')
    .argument('[plan]', 'name, plan file or compiled folder')
    .option('--note <text>', 'the reason, which plan status shows')
    .action(async (plan: string | undefined, options: Connecting & { note?: string }) => {
      await using desk = await deskOf(io, options, 'pause', plan)
      const controls = await pause(desk, options.note ?? null)
      show(
        io,
        options.json,
        { format_version: '1.0', plan: desk.plan, ...controlsJson(controls) },
        () => `${desk.plan} is paused; plan resume ${desk.plan} lets it go on\n`,
      )
    })

/** `plan resume`: batches begin again. */
export const resumeCommand = (io: Io): Command =>
  connecting('resume', 'let a paused plan go on')
    .argument('[plan]', 'name, plan file or compiled folder')
    .action(async (plan: string | undefined, options: Connecting) => {
      await using desk = await deskOf(io, options, 'resume', plan)
      const controls = await resume(desk)
      show(
        io,
        options.json,
        { format_version: '1.0', plan: desk.plan, ...controlsJson(controls) },
        () => `${desk.plan} is not paused; a runner that waits goes on, else: plan advance ${desk.plan}\n`,
      )
    })
