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
}

/** What an operation reaches, for a command. Without `approve` it does nothing that must be approved. */
export const outsideOf = (
  { signal, cwd, env, sleep, faults, timeout }: Io,
  onEvent: NonNullable<Outside['onEvent']>,
  approve?: Outside['approve'],
): Outside => ({ signal, cwd, env, sleep, faults, timeout, onEvent, approve })
