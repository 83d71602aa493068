import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Period, Tally, Told } from './tally.ts'
import type { Version } from './way.ts'

/** A running version of the application. */
export type Client = {
  /** From now on it counts for this. */
  period(period: Period): void
  /** Ends in order; gives what it counted. */
  stop(): Promise<Tally>
  kill(): void
}

const CONNECTIONS = 2

/** Starts a version of the application. */
export async function startClient(engine: string, url: string, version: Version): Promise<Client> {
  const child = fork(fileURLToPath(new URL('application.ts', import.meta.url)), [
    engine,
    url,
    JSON.stringify(version),
    String(CONNECTIONS),
  ])
  const ended = heard(child, 'ended')
  // Nobody may be waiting for it yet.
  ended.catch(() => undefined)
  await heard(child, 'started')
  return {
    period: (period) => void child.send(period),
    async stop() {
      child.send('stop')
      return (await ended).tally
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

function heard<T extends Told['told']>(child: ChildProcess, told: T): Promise<Extract<Told, { told: T }>> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: Told) => {
      if (message.told === told) resolve(message as Extract<Told, { told: T }>)
    })
    child.once('exit', () => reject(new Error('the application ended by itself')))
  })
}
