import type { Command } from 'commander'
import { pause } from '../../../operations/steering/pause.ts'
import { resume } from '../../../operations/steering/resume.ts'
import { controlsJson } from '../../../render/json/documents.ts'
import type { Shell } from '../../io.ts'
import { type Connecting, connecting, placeOf, quietly, show } from '../shared.ts'

/** `plan pause`: no more batches begin, wherever the runner is. */
export const pauseCommand = (io: Shell): Command =>
  connecting('pause', 'let a backfill stand still after its batch, from any host')
    .argument('[plan]', 'name, plan file or compiled folder')
    .option('--note <text>', 'the reason, which plan status shows')
    .action(async (asked: string | undefined, options: Connecting & { note?: string }) => {
      const request = { ...placeOf(options), plan: asked, note: options.note }
      const { plan, controls } = await pause(request, quietly(io))
      show(
        io,
        options.json,
        controlsJson(controls),
        () => `${plan} is paused; plan resume ${plan} lets it go on\n`,
      )
    })

/** `plan resume`: batches begin again. */
export const resumeCommand = (io: Shell): Command =>
  connecting('resume', 'let a paused plan go on')
    .argument('[plan]', 'name, plan file or compiled folder')
    .action(async (asked: string | undefined, options: Connecting) => {
      const { plan, controls } = await resume({ ...placeOf(options), plan: asked }, quietly(io))
      show(
        io,
        options.json,
        controlsJson(controls),
        () => `${plan} is not paused; a runner that waits goes on, else: plan advance ${plan}\n`,
      )
    })
