/** What a plan's text is on one server, said as what differs from its text on another one. Pure. */

/** Lines shown before and behind each difference. */
const AROUND = 1

const FINGERPRINT = /(?<=, fingerprint )[0-9a-f]+/g

/** A run of lines that are the same, or that stand in one of the texts only. */
type Line = { readonly mark: ' ' | '-' | '+'; readonly text: string }

/**
 * `text` as its fingerprint and the lines that differ from `base`: `-` only there, `+` only here, each run of them below
 * the heading it belongs to, and how many lines below. `rebuilt` makes the text of it again.
 */
export function difference(base: string, text: string, baseName: string): string {
  const fingerprint = fingerprintOf(text)
  const lines = compared(refingerprinted(base, fingerprint).split('\n'), text.split('\n'))
  const hunks = hunksOf(lines)
  const head =
    hunks.length === 0 ? `The same as on ${baseName}` : `As on ${baseName}, but for the lines below`
  return `${[`${head}; fingerprint ${fingerprint}`, ...hunks].join('\n')}\n`
}

/** The text of which `difference` was made. */
export function rebuilt(base: string, different: string): string {
  const [head = '', ...hunks] = different.slice(0, -1).split(/\n(?=@@ )/)
  const before = refingerprinted(base, head.replace(/.*fingerprint /, '')).split('\n')
  const after: string[] = []
  let next = 0
  for (const hunk of hunks) {
    const [place = '', ...lines] = hunk.split('\n')
    const [, heading = '', below = ''] = /^@@ (.*), line (\d+)$/.exec(place) ?? []
    const from = (heading === START ? 0 : before.indexOf(heading)) + Number(below)
    after.push(...before.slice(next, from), ...lines.filter(is(' ', '+')).map(withoutMark))
    next = from + lines.filter(is(' ', '-')).length
  }
  return [...after, ...before.slice(next)].join('\n')
}

const fingerprintOf = (text: string): string => text.match(FINGERPRINT)?.[0] ?? ''
const refingerprinted = (text: string, fingerprint: string): string => text.replace(FINGERPRINT, fingerprint)
const is =
  (...marks: string[]) =>
  (line: string): boolean =>
    marks.includes(line.charAt(0))
const withoutMark = (line: string): string => line.slice(1)

/** A file, a step, or a step's undo: each of them stands once in a text. */
const START = 'start'
const HEADING = /^(======== |(--|\/\/) (undo of )?\w+\.\d+: )/

function hunksOf(lines: readonly Line[]): string[] {
  const hunks: string[] = []
  let [heading, below] = [START, 0]
  let open = false
  lines.forEach((line, at) => {
    const near = lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(({ mark }) => mark !== ' ')
    if (near && !open) hunks.push(`@@ ${heading}, line ${below}`)
    if (near) hunks.push(`${line.mark}${line.text}`)
    open = near
    if (line.mark === '+') return
    if (HEADING.test(line.text)) [heading, below] = [line.text, 0]
    below++
  })
  return hunks
}

/** Both texts in one, with as many lines the same as there can be. */
function compared(before: readonly string[], after: readonly string[]): Line[] {
  const same = sharedFrom(before, after)
  const rest = sharedFrom(before.slice(same).reverse(), after.slice(same).reverse())
  const [a, b] = [before.slice(same, before.length - rest), after.slice(same, after.length - rest)]
  const kept = (lines: readonly string[]): Line[] => lines.map((text) => ({ mark: ' ', text }))
  return [...kept(before.slice(0, same)), ...changes(a, b), ...kept(before.slice(before.length - rest))]
}

function sharedFrom(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((line, index) => line !== b[index])
  return at === -1 ? a.length : at
}

function changes(a: readonly string[], b: readonly string[]): Line[] {
  const same = sameAfter(a, b)
  const lines: Line[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const kept = i < a.length && a[i] === b[j]
    const gone = !kept && same(i + 1, j) >= same(i, j + 1)
    if (kept) lines.push({ mark: ' ', text: a[i] ?? '' })
    else if (gone) lines.push({ mark: '-', text: a[i] ?? '' })
    else lines.push({ mark: '+', text: b[j] ?? '' })
    if (kept || gone) i++
    if (!gone) j++
  }
  return lines
}

/** How many lines can be the same from a place in each text on; -1 behind the end of one. */
function sameAfter(a: readonly string[], b: readonly string[]): (i: number, j: number) => number {
  const width = b.length + 1
  const counts = new Uint16Array((a.length + 1) * width)
  const count = (i: number, j: number): number =>
    i > a.length || j > b.length ? -1 : (counts[i * width + j] ?? 0)
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      counts[i * width + j] =
        a[i] === b[j] ? count(i + 1, j + 1) + 1 : Math.max(count(i + 1, j), count(i, j + 1))
  return count
}
