import { spawn } from 'node:child_process'
import { kill } from 'node:process'
import { formatDuration } from '../text/duration.ts'

/** Far more than any answer needs. */
const MOST_BYTES = 1_000_000

/** What a command printed, or why that is unknown. */
export type Printed = { readonly printed: string } | { readonly problem: string }

/** Runs a command of the plan in a shell, with limits on time and output. Every process that it started is ended. */
export function shell(run: string, signal: AbortSignal, patience: number): Promise<Printed> {
  return new Promise((resolve) => {
    // A process group of its own: children of the shell hold its output and would outlive the shell.
    const child = spawn('/bin/sh', ['-c', run], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
    const parts: Buffer[] = []
    let bytes = 0
    const clear = () => {
      try {
        if (child.pid !== undefined) kill(-child.pid, 'SIGKILL')
      } catch {
        // All processes of the group have ended already.
      }
    }
    const end = (printed: Printed) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      clear()
      child.stdout.destroy()
      resolve(printed)
    }
    const stop = () => end({ problem: 'was not waited for' })
    const timer = setTimeout(() => end({ problem: `did not end in ${formatDuration(patience)}` }), patience)
    signal.addEventListener('abort', stop, { once: true })
    child.stdout.on('data', (part: Buffer) => {
      bytes += part.length
      if (bytes > MOST_BYTES) end({ problem: 'prints more than 1 MB' })
      else parts.push(part)
    })
    child.once('error', () => end({ problem: 'failed' }))
    child.once('exit', clear)
    child.once('close', (status) =>
      end(
        status === 0
          ? { printed: Buffer.concat(parts).toString('utf8').trim() }
          : { problem: `failed${status === null ? '' : ` with status ${status}`}` },
      ),
    )
    if (signal.aborted) stop()
  })
}
