import { PlanError } from '../errors.ts'
import type { Tls } from './interface/tls.ts'

const ORDER: readonly Tls[] = [null, 'disable', 'require', 'verify-full']

/** The strictest of what the configuration and the URL ask for: neither can weaken the other. */
export function stricter(...asked: readonly Tls[]): Tls {
  const unknown = asked.find((one) => !ORDER.includes(one))
  if (unknown === undefined) return ORDER.findLast((one) => asked.includes(one)) ?? null
  throw new PlanError('PLAN_CONFIG', `tls cannot be ${unknown}`, {
    hint: 'write verify-full, require or disable, or leave it out',
  })
}

type Parameters = {
  /** The URL without these parameters. */
  readonly rest: string
  /** Their values, by name in lower case. The last one counts. */
  readonly said: ReadonlyMap<string, string>
}

/** Takes the parameters with matching names out of a URL. Node's URL class cannot parse an address with several hosts. */
export function parametersOf(url: string, names: RegExp): Parameters {
  const at = url.indexOf('?')
  if (at < 0) return { rest: url, said: new Map() }
  const parts = url.slice(at + 1).split('&')
  const isOurs = (part: string) => names.test(nameOf(part))
  const said = parts.filter(isOurs).map((part): [string, string] => [nameOf(part), saidIn(part)])
  const kept = parts.filter((part) => !isOurs(part))
  return { rest: url.slice(0, at) + (kept.length > 0 ? `?${kept.join('&')}` : ''), said: new Map(said) }
}

const nameOf = (part: string): string => text(part.split('=')[0] ?? '').toLowerCase()
const saidIn = (part: string): string => text(part.slice(part.indexOf('=') + 1))

function text(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '))
  } catch {
    return part
  }
}

/** The encryption that one of these parameters asks for. */
export function meaning(name: string, value: string, words: Readonly<Record<string, Tls>>): Tls {
  const word = value.toLowerCase()
  if (Object.hasOwn(words, word)) return words[word] ?? null
  throw new PlanError(
    'PLAN_CONFIG',
    `the database URL says ${name}=${value.slice(0, 40)}, which is not known here`,
    {
      hint: `write ${name} as ${Object.keys(words).join(', ')}, or leave it out and set tls in plan.config.yaml`,
    },
  )
}

/** Refuses certificates and keys given as text in the URL: they have to be files. */
export const noFile = (name: string): PlanError =>
  new PlanError('PLAN_CONFIG', `the file that the database URL names as ${name} cannot be read`, {
    hint: 'check the path: it counts from where the command is started',
  })
