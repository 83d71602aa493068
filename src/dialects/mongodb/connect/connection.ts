import type { MongoClientOptions } from 'mongodb'
import { PlanError } from '../../../errors.ts'
import type { SessionOptions } from '../../interface/session.ts'
import type { Tls } from '../../interface/tls.ts'
import { meaning, parametersOf, stricter } from '../../tls.ts'

/** Most bytes of an application's name. */
const APP_NAME = 128

/** The driver's settings and its URL. `id` marks this session's connections among those of the server. */
export function connection(
  { url, application, tls }: SessionOptions,
  id: string,
): { readonly url: string; readonly options: MongoClientOptions } {
  const { rest, said } = parametersOf(url, ENCRYPTION)
  const wanted = stricter(tls, ofUrl(url, said))
  return {
    // The driver refuses options that contradict the URL.
    url: wanted === null ? url : rest,
    options: {
      appName: signed(application, id),
      // One connection for the work, others for questions meanwhile and for streams.
      maxPoolSize: 8,
      ...(url.includes('connectTimeoutMS=') ? {} : { connectTimeoutMS: 10_000 }),
      ...(url.includes('serverSelectionTimeoutMS=') ? {} : { serverSelectionTimeoutMS: 10_000 }),
      readPreference: 'primary',
      ...(wanted === null ? {} : SECURE[wanted]),
    },
  }
}

const ENCRYPTION = /^(tls|ssl|tlsinsecure|tlsallowinvalidcertificates|tlsallowinvalidhostnames|sslvalidate)$/

const SWITCH: Readonly<Record<string, Tls>> = { true: 'verify-full', false: 'disable' }
const LENIENT: Readonly<Record<string, Tls>> = { true: 'require', false: null }

/** Every option is given: an environment variable of Node could turn off one that is left out. */
const SECURE = {
  'verify-full': { tls: true, tlsAllowInvalidCertificates: false, tlsAllowInvalidHostnames: false },
  require: { tls: true, tlsAllowInvalidCertificates: true },
  disable: { tls: false },
} as const

/** The encryption that the URL asks for. It may ask for less verification of an encrypted connection. */
function ofUrl(url: string, said: ReadonlyMap<string, string>): Tls {
  const all = [...said]
  const on = stricter(
    /^mongodb\+srv:/i.test(url) ? 'verify-full' : null,
    ...all.filter(([name]) => /^(tls|ssl)$/.test(name)).map(([name, value]) => meaning(name, value, SWITCH)),
  )
  const lenient = all
    .filter(([name]) => /^tls./.test(name))
    .some(([name, value]) => meaning(name, value, LENIENT) !== null)
  return on === 'verify-full' && (lenient || said.get('sslvalidate') === 'false') ? 'require' : on
}

function signed(application: string, id: string): string {
  const room = APP_NAME - id.length - 2
  return `${Buffer.from(application)
    .subarray(0, room)
    .toString('utf8')
    .replace(/\ufffd$/, '')} #${id}`
}

/** The database that a URL names. Node's URL class cannot parse an address with several hosts. */
export function databaseIn(url: string): string | null {
  const [, name = ''] = /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^/?]+)/.exec(url) ?? []
  return name === '' ? null : decodeURIComponent(name)
}

export const noDatabase = (): PlanError =>
  new PlanError('PLAN_USAGE', 'the database URL names no database', {
    hint: 'write it behind the hosts: mongodb://user@host:27017/app',
  })
