// Runs command lines of the built `plan`, one after the other, and dies at the first wished-for point without a chance
// to tidy up. Points are counted within the step under way, so a resumed run has the same names for the same places.
//
//   RUNS      JSON: lists of arguments
//   FINE      JSON: the statuses a command may end with; 3 is that of one that a checkpoint stops
//   CRASH_AT  JSON: the points at which to die
//   NTH       JSON: of each run, one after the other, the number of the point among those that COUNTED matches at which to die
//   COUNTED   a pattern
//   HOW       kill: SIGKILL of this process. sever: the run stops for ever where it is and whoever started it ends its
//             session on the server, which is the same to the server, and says so; then everything is run again, until
//             no wished-for point is left
//
// Prints JSON lines: { died, run } with the number of the command, and { passed } with all points of the run that came through.
import { writeSync } from 'node:fs'
import { run } from '../../dist/cli/run.js'

const { RUNS = '[]', FINE = '[0, 3]', CRASH_AT = '[]', NTH = '[]', COUNTED = '.', HOW = 'kill' } = process.env
const { PLAN_DATABASE_URL } = process.env
const fine = JSON.parse(FINE)
const database = new URL(PLAN_DATABASE_URL).pathname.slice(1)
const wanted = new Set(JSON.parse(CRASH_AT))
const nth = JSON.parse(NTH)
const counted = new RegExp(COUNTED, 'i')
const print = (line) => writeSync(1, `${JSON.stringify(line)}\n`)

/** All commands; gives the points that were passed. After a wished-for point it never comes back. */
async function runAll(severed) {
  const passed = []
  let place = ''
  let counts = new Map()
  const enter = (name) => {
    place = name
    counts = new Map()
  }
  let phase = ''
  let last = ''
  let number = 0
  let left = nth.shift() ?? 0
  const follow = (event) => {
    if (event.event === 'phase') phase = event.phase
    if (event.event === 'phase') enter(`${phase} ${event.state}`)
    if (event.event === 'step') enter(`${phase}, ${event.step} ${event.state}`)
    if (event.event === 'progress') enter(`${phase}, ${event.step} after batch ${event.batches}`)
  }
  const io = {
    out: (text) => {
      last = text
      follow(JSON.parse(text))
    },
    say: (text) => void process.stderr.write(`${text}\n`),
    redraw: () => undefined,
    terminal: false,
    width: 100,
    color: false,
    env: process.env,
    cwd: process.cwd(),
    ask: () => Promise.reject(new Error('no terminal')),
    signal: new AbortController().signal,
    // Places are named by the batches that were told of.
    streamed: 0,
    faults: (point) => {
      // Each life has a database of its own, and names that are made of its name.
      // A point's text ends after so many characters, maybe within such a name.
      const same = point
        .replaceAll(database, '~')
        .replace(/_[0-9a-f]{10}(?![0-9a-f])/g, '_#')
        .replace(/_[0-9a-f]{1,9}$/, '_#')
      const name = `${place}: ${same.replace(/\s+/g, ' ')}`
      const count = (counts.get(name) ?? 0) + 1
      counts.set(name, count)
      const label = `${name} (${count})`
      passed.push(label)
      const here = left > 0 && counted.test(label) && --left === 0
      if (!wanted.delete(label) && !here) return
      if (HOW === 'sever') told().then(severed)
      print({ died: label, run: number })
      if (HOW === 'kill') process.kill(process.pid, 'SIGKILL')
      // Nothing more of this run may reach the server.
      return new Promise(() => undefined)
    },
  }
  for (const [index, argv] of JSON.parse(RUNS).entries()) {
    number = index
    enter(argv.join(' '))
    const status = await run([...argv, '--json'], io, '0.0.0')
    if (fine.includes(status)) continue
    process.stderr.write(last)
    process.exit(status)
  }
  return passed
}

const told = () => new Promise((resolve) => process.once('message', resolve))

for (;;) {
  let severed
  const cut = new Promise((resolve) => {
    severed = () => resolve(null)
  })
  const passed = await Promise.race([runAll(severed), cut])
  if (passed === null) continue
  // Longer than a pipe holds: to be waited for.
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify({ passed })}\n`, resolve))
  break
}
process.exit(0)
