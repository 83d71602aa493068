import { visible } from '../text/words.ts'
import type { Io } from './io.ts'

/** Our own colours. */
const COLOR = new RegExp(`(${'\u001b'}\\[\\d{1,2}m)`)

/** Text as it may reach a terminal: whatever names, comments and answers hold, they move no cursor and turn no text around. */
const shown = (text: string, color: boolean): string =>
  color
    ? text
        .split(COLOR)
        .map((part, index) => (index % 2 === 1 ? part : visible(part)))
        .join('')
    : visible(text)

/** The same surroundings, to which nothing can be said that a terminal would obey. */
export const sink = (io: Io): Io => ({
  ...io,
  out: (text) => io.out(shown(text, io.color)),
  say: (text) => io.say(shown(text, io.color)),
  redraw: (text) => io.redraw(shown(text, io.color).replaceAll('\n', ' ')),
  ask: (question) => io.ask(shown(question, io.color)),
})
