/** Characters that would move a cursor, colour a terminal, end a line or turn the text around. */
const CONTROL = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu

/** A character escaped as in JSON, so that text inside a JSON file stays valid JSON. */
const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** The text with its control characters escaped, except line ends and tabs. */
export const visible = (text: string): string =>
  text.replace(CONTROL, (character) => (/[\n\t]/.test(character) ? character : escaped(character)))

/** Text on one line, its control characters escaped: names come from databases and may hold anything. */
export const clean = (text: string): string => text.replace(/\s+/g, ' ').replace(CONTROL, escaped).trim()

/** Like `clean`, but keeps line breaks; for statements. */
export const cleanLines = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => line.replaceAll('\t', '  ').replace(CONTROL, escaped))
    .join('\n')

/** `12,400,000`. The same on every machine, whatever its locale. */
export const thousands = (number: number): string =>
  String(Math.round(number)).replace(/\B(?=(\d{3})+$)/g, ',')

/** `1 row`, `12,400 rows`. */
export const counted = (number: number, noun: string, plural = `${noun}s`): string =>
  `${thousands(number)} ${number === 1 ? noun : plural}`

/** The first ones, and how many more there are: `id 1 | id 7 | 12 more`. */
export function firstOf(all: readonly string[], most: number): string {
  const more = all.length > most ? [`${thousands(all.length - most)} more`] : []
  return [...all.slice(0, most), ...more].join(' | ')
}

const SIZES = [
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
] as const

/** Bytes for people, in powers of ten: `2.4 GB`. */
export function bytesText(bytes: number): string {
  const [unit, size] = SIZES.find(([, least]) => bytes >= least) ?? ['bytes', 1]
  const amount = bytes / size
  return `${size > 1 && amount < 10 ? amount.toFixed(1) : thousands(amount)} ${unit}`
}

/** A time from the ledger, for people: `2026-03-01 07:12:03Z`. */
export const timeText = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')}Z`

/** The time `milliseconds` after an ISO time, for people. */
export const timeAfter = (iso: string, milliseconds: number): string =>
  timeText(new Date(Date.parse(iso) + milliseconds).toISOString())

/** `a`, `a and b`, `a, b and c`. */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`

/** The command that confirms a checkpoint in the name of the user who is logged in. */
export const confirming = (plan: string, checkpoint: string, evidence: boolean): string =>
  `plan confirm ${checkpoint} --plan ${plan} --by "$USER"${evidence ? ' --evidence "$EVIDENCE"' : ''}`
