import type { Command } from 'commander'
import { type SyncReport, sync } from '../../runner/sync.ts'
import { formatDuration } from '../../text/duration.ts'
import type { Io } from '../io.ts'
import { open, requireLocalOf, whichPlan } from '../session.ts'
import { type Connecting, connecting } from './shared.ts'

/** How often a line is printed where nothing can be redrawn, milliseconds. */
const EVERY = 10_000

/** `plan sync`: keeps the new shape in step with the old one by following changes, as long as the plan needs it. */
export const syncCommand = (io: Io): Command =>
  connecting('sync', 'follow the changes and keep the new shape in step (MongoDB, sync: tail or both)')
    .argument('[plan]', 'name, plan file or compiled folder; needed only when several could be meant')
    .action(async (wanted: string | undefined, options: Connecting) => {
      await using opened = await open(io, options, `sync ${wanted ?? ''}`.trim(), wanted)
      const which = await whichPlan(io, opened, wanted)
      await requireLocalOf(opened, which)
      const { name } = which
      const watch = watcher(io, options.json === true)
      const why = await sync({
        engine: opened.engine,
        store: opened.store,
        plan: name,
        signal: io.signal,
        report: watch.report,
        note: (text) => (options.json ? line(io, { event: 'note', text }) : io.say(text)),
      })
      watch.end()
      if (options.json) line(io, { event: 'outcome', plan: name, reason: why })
      else io.say(`${name}: ${why}`)
    })

const line = (io: Io, event: object): void => io.out(`${JSON.stringify(event)}\n`)

function watcher(io: Io, json: boolean) {
  let said = Number.NEGATIVE_INFINITY
  let latest: SyncReport | null = null
  let shown: string | null = null
  const show = (one: SyncReport) => {
    const text = JSON.stringify(one)
    if (json && text !== shown) line(io, { event: 'sync', ...one })
    else if (!json && io.terminal) io.redraw(sentence(one))
    else if (!json && performance.now() - said >= EVERY) {
      said = performance.now()
      io.say(sentence(one))
    }
    shown = text
  }
  return {
    report: (one: SyncReport) => {
      latest = one
      show(one)
    },
    end: () => {
      if (json || latest === null) return
      io.redraw('')
      io.say(sentence(latest))
    },
  }
}

const sentence = ({ table, events, repairs, gaps, lag }: SyncReport): string =>
  [
    `${table}: ${events.toLocaleString('en')} changes seen, ${repairs.toLocaleString('en')} documents repaired`,
    lag === null ? 'no change just now' : `${formatDuration(Math.round(lag))} behind`,
    ...(gaps > 0 ? [`${gaps} gaps closed`] : []),
  ].join(', ')
