import type { Command } from 'commander'
import type { OperationEvent } from '../../operations/place/events.ts'
import { sync } from '../../operations/sync.ts'
import { syncLine } from '../../render/events.ts'
import { eventJson } from '../../render/json/stream.ts'
import { line, outsideOf, type Shell } from '../io.ts'
import { isPlace, placeLine } from '../watch.ts'
import { type Connecting, connecting, placeOf } from './shared.ts'

/** How often a line is printed where nothing can be redrawn, milliseconds. */
const EVERY = 10_000

/** `plan sync`: keeps the new shape in step with the old one by following changes, as long as the plan needs it. */
export const syncCommand = (io: Shell): Command =>
  connecting('sync', 'follow the changes and keep the new shape in step (MongoDB, sync: tail or both)')
    .argument('[plan]', 'name, plan file or compiled folder; needed only when several could be meant')
    .action(async (plan: string | undefined, options: Connecting) => {
      const watch = watcher(io, options.json === true)
      const done = await sync({ ...placeOf(options), plan }, outsideOf(io, watch.report))
      watch.end()
      if (options.json) line(io, { event: 'outcome', ...done })
      else io.say(`${done.plan}: ${done.reason}`)
    })

type Report = Extract<OperationEvent, { event: 'sync' }>

function watcher(io: Shell, json: boolean) {
  let said = Number.NEGATIVE_INFINITY
  let latest: Report | null = null
  let shown: string | null = null
  const show = (one: Report) => {
    const text = JSON.stringify(one)
    if (json && text !== shown) line(io, eventJson(one))
    else if (!json && io.terminal) io.redraw(syncLine(one))
    else if (!json && performance.now() - said >= EVERY) {
      said = performance.now()
      io.say(syncLine(one))
    }
    shown = text
  }
  const report = (event: OperationEvent) => {
    if (isPlace(event)) return io.say(placeLine(event))
    if (event.event === 'note') return json ? line(io, event) : io.say(event.text)
    if (event.event !== 'sync') return
    latest = event
    show(event)
  }
  const end = () => {
    if (json || latest === null) return
    io.redraw('')
    io.say(syncLine(latest))
  }
  return { report, end }
}
