import { visible } from '../text/words.ts'
import type { Io, Shell } from './io.ts'

/** The colours that we print ourselves. */
const COLOR = new RegExp(`(${'\u001b'}\\[\\d{1,2}m)`)

/** Text that is safe for a terminal: names, comments and answers cannot move the cursor or turn text around. */
const shown = (text: string, color: boolean): string =>
  color
    ? text
        .split(COLOR)
        .map((part, index) => (index % 2 === 1 ? part : visible(part)))
        .join('')
    : visible(text)

/** The same surroundings, whose output a terminal cannot take for commands. */
export const sink = (io: Io): Shell => ({
  ...io,
  said: { plan: null, document: null },
  out: (text) => io.out(shown(text, io.color)),
  say: (text) => io.say(shown(text, io.color)),
  redraw: (text) => io.redraw(shown(text, io.color).replaceAll('\n', ' ')),
  ask: (question) => io.ask(shown(question, io.color)),
})
