import { hostname, userInfo } from 'node:os'
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Question as RunQuestion } from '../../execution/context.ts'
import type { Around } from './config.ts'
import type { OperationEvent } from './events.ts'

/** What an operation asks before it does something that cannot be undone, or that loses something. */
export type Question =
  | RunQuestion
  /** The plan's runner seems to be alive; its session would be ended. */
  | { readonly about: 'unlock'; readonly plan: string; readonly holder: string }

/**
 * Everything that an operation reaches outside of its request and its database. All of it may be left out: an operation
 * then reads no variable of the process, reports nothing, and does nothing that needs an approval.
 */
export type Outside = {
  /** Ends every wait. What is under way ends safely, with PLAN_INTERRUPTED. */
  readonly signal?: AbortSignal | undefined
  readonly onEvent?: ((event: OperationEvent) => void) | undefined
  /** Asked before anything irreversible, or anything that would lose data. False, as without it, refuses. */
  readonly approve?: ((question: Question) => Promise<boolean>) | undefined
  /** Where relative paths begin; otherwise the process's working directory. */
  readonly cwd?: string | undefined
  /** The variables that a configuration may refer to, PLAN_ENV and PLAN_DATABASE_URL among them; otherwise none. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** Who acts, for the ledger. It is only a claim; the database user alone is verified. */
  readonly actor?: string | undefined
  /** Waits that many milliseconds or until the signal; otherwise this machine's clock is used. */
  readonly sleep?: ((ms: number, signal?: AbortSignal) => Promise<void>) | undefined
  /** Called at every statement's fault points. */
  readonly faults?: ((point: string) => void | Promise<void>) | undefined
  /** Longest wait for the answer to one statement, milliseconds; otherwise the dialect's own. */
  readonly timeout?: number | undefined
}

/** The same with nothing left out. */
export type Context = Around & {
  readonly signal: AbortSignal
  readonly report: (event: OperationEvent) => void
  readonly approve: (question: Question) => Promise<boolean>
  readonly actor: string
  readonly host: string
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** A monotonic clock, milliseconds. */
  readonly clock: () => number
  readonly faults: Outside['faults']
  readonly timeout: number | undefined
}

export function contextOf(outside: Outside): Context {
  const env = outside.env ?? {}
  return {
    env,
    cwd: outside.cwd ?? resolve('.'),
    signal: outside.signal ?? new AbortController().signal,
    report: outside.onEvent ?? (() => {}),
    approve: outside.approve ?? (async () => false),
    actor: outside.actor ?? env['GITHUB_ACTOR'] ?? env['GITLAB_USER_LOGIN'] ?? userName(env),
    host: hostname(),
    sleep: outside.sleep ?? slept,
    clock: () => performance.now(),
    faults: outside.faults,
    timeout: outside.timeout,
  }
}

/** An abort ends the wait early without an error; the caller checks the signal next. */
const slept = (ms: number, signal?: AbortSignal): Promise<void> =>
  pause(ms, undefined, signal && { signal }).catch(() => {})

/** A user id without a name, as containers often have, is no reason to fail. */
function userName(env: Context['env']): string {
  try {
    return userInfo().username
  } catch {
    return env['USER'] ?? 'a user without a name'
  }
}
