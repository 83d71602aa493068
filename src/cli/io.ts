import type { Outside } from '../operations/place/outside.ts'

/** Everything that a command may reach outside itself. */
export type Io = {
  /** Prints data (standard output). */
  readonly out: (text: string) => void
  /** Prints progress and messages (standard error). */
  readonly say: (text: string) => void
  /** Replaces the last line on a terminal; does nothing elsewhere. */
  readonly redraw: (text: string) => void
  readonly terminal: boolean
  readonly width: number
  readonly color: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Asks a person on the terminal. */
  readonly ask: (question: string) => Promise<string>
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal
  /** Called at every statement's fault points; only tests pass one. */
  readonly faults?: (point: string) => void | Promise<void>
  /** Longest wait for the answer to one statement, milliseconds; without it the dialect's default applies. */
  readonly timeout?: number
  /** Waits that many milliseconds or until the signal; without it this machine's clock is used. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
  /** How often a stream of lines tells progress, milliseconds; without it once a second. */
  readonly streamed?: number
}

/** The same for one command, with what its JSON says. */
export type Shell = Io & {
  /** The plan that it is about, as soon as that is known, and the document that it ends with. */
  readonly said: { plan: string | null; document: object | null }
}

/** What an operation reaches, for a command. Without `approve` it does nothing that must be approved. */
export const outsideOf = (
  { said, signal, cwd, env, sleep, faults, timeout }: Shell,
  onEvent: NonNullable<Outside['onEvent']>,
  approve?: Outside['approve'],
): Outside => ({
  ...{ signal, cwd, env, sleep, faults, timeout, approve },
  onEvent: (event) => {
    if (event.event === 'chosen') said.plan = event.plan
    else onEvent(event)
  },
})

/** What stands at the head of every document, and of every line of a stream. */
export const headed = ({ said }: Shell, body: object): object => ({
  format_version: '1.0',
  time: new Date().toISOString(),
  plan: said.plan,
  ...body,
})

/** One line of a stream. */
export const line = (io: Shell, body: object): void => io.out(`${JSON.stringify(headed(io, body))}\n`)
