import { type LookupAddress, lookup } from 'node:dns'
import { type ClientRequest, type IncomingMessage, get as plainGet } from 'node:http'
import { get as secureGet } from 'node:https'
import { addressFlaw, isLocalLink } from '../plan/web-address.ts'
import { formatDuration } from '../text/duration.ts'

/** Far more than any version or status needs. */
const MOST_BYTES = 1_000_000

const MOST_REDIRECTS = 5

type Asked = {
  readonly url: string
  readonly allowLocalLink: boolean
  readonly signal: AbortSignal
  /** The time limit for the whole request, milliseconds. */
  readonly patience: number
}

/** The body of the answer, or why there is none. */
export type Answer = { readonly body: string } | { readonly problem: string }

/** Asks a web address. Time, size and redirects are limited, whatever the server does. */
export function ask({ url, allowLocalLink, signal, patience }: Asked): Promise<Answer> {
  return new Promise((resolve) => {
    let current: ClientRequest | null = null
    const end = (answer: Answer) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      current?.destroy()
      resolve(answer)
    }
    const stop = () => end({ problem: 'was not waited for' })
    // One limit for connection, head and body together: a server that sends a byte now and then would otherwise never
    // end.
    const timer = setTimeout(
      () => end({ problem: `did not answer in ${formatDuration(patience)}` }),
      patience,
    )
    signal.addEventListener('abort', stop, { once: true })
    const go = (to: string, left: number) => {
      const flaw = addressFlaw(to, allowLocalLink)
      if (flaw) end({ problem: `leads to an address that is not asked: ${flaw.says}` })
      else send(to, left)
    }
    const send = (to: string, left: number) => {
      const get = to.startsWith('https:') ? secureGet : plainGet
      const request = get(to, { agent: false, lookup: allowLocalLink ? lookup : guarded })
      current = request
      // An earlier request that is abandoned may still report an error, which no longer matters.
      request.on(
        'error',
        (error) => current === request && end({ problem: `did not answer${reason(error)}` }),
      )
      request.once('response', (response) => {
        const next = redirect(response, to)
        const problem = next === null ? null : refusedStep(to, next, left)
        if (next === null) read(response, end)
        else if (problem !== null) end({ problem })
        else {
          go(next, left - 1)
          request.destroy()
        }
      })
    }
    if (signal.aborted) stop()
    else go(url, MOST_REDIRECTS)
  })
}

const reason = ({ code = '' }: NodeJS.ErrnoException): string =>
  /^[A-Z][A-Z0-9_]+$/.test(code) ? ` (${code})` : ''

/** The address of a redirect; null when it is none. */
function redirect({ statusCode = 0, headers: { location } }: IncomingMessage, from: string): string | null {
  if (![301, 302, 303, 307, 308].includes(statusCode) || location === undefined) return null
  return URL.canParse(location, from) ? new URL(location, from).href : location
}

function refusedStep(from: string, to: string, left: number): string | null {
  if (left === 0) return `redirects more than ${MOST_REDIRECTS} times`
  return from.startsWith('https:') && !to.startsWith('https:')
    ? 'redirects to an address without encryption'
    : null
}

function read(response: IncomingMessage, end: (answer: Answer) => void): void {
  const { statusCode = 0 } = response
  if (statusCode < 200 || statusCode > 299) {
    end({ problem: `answered ${statusCode}` })
    return
  }
  const parts: Buffer[] = []
  let bytes = 0
  response
    .on('data', (part: Buffer) => {
      bytes += part.length
      if (bytes > MOST_BYTES) end({ problem: 'answers with more than 1 MB' })
      else parts.push(part)
    })
    .once('end', () => end({ body: Buffer.concat(parts).toString('utf8') }))
    .on('error', () => end({ problem: 'did not answer to the end' }))
}

/** The connection itself looks up and checks the name, so the name cannot mean another address later. */
const guarded: typeof lookup = ((
  host: string,
  options: { all?: boolean },
  done: (error: Error | null, found?: string | LookupAddress[], family?: number) => void,
) =>
  lookup(host, { ...options, all: true }, (error, found) => {
    const [first] = found ?? []
    if (error || !first) return done(error ?? new Error('no address'))
    if (found.some(({ address }) => isLocalLink(address)))
      return done(Object.assign(new Error('local link'), { code: 'LOCAL_LINK' }))
    if (options.all) done(null, found)
    else done(null, first.address, first.family)
  })) as typeof lookup
