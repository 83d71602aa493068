/** Everything a command may reach outside of itself. */
export type Io = {
  /** Data. */
  readonly out: (text: string) => void
  /** Progress and messages. */
  readonly say: (text: string) => void
  /** Replaces the last line on a terminal; elsewhere nothing. */
  readonly redraw: (text: string) => void
  readonly terminal: boolean
  readonly width: number
  readonly color: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Asks a person on the terminal. */
  readonly ask: (question: string) => Promise<string>
  /** The first Ctrl-C. */
  readonly signal: AbortSignal
  /** Called by every statement's fault points; only tests give one. */
  readonly faults?: (point: string) => void | Promise<void>
  /** Longest wait for an answer to one statement, milliseconds; without it as long as the dialect finds right. */
  readonly timeout?: number
  /** Waits so many milliseconds, or until the signal; without it by the clock of this machine. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
}
