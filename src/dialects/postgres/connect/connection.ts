import { readFileSync } from 'node:fs'
import type { ClientConfig } from 'pg'
import type { SessionOptions } from '../../interface/session.ts'
import type { Tls } from '../../interface/tls.ts'
import { meaning, noFile, parametersOf, stricter } from '../../tls.ts'

/**
 * Idle time after which the operating system checks whether the other end still exists, milliseconds. Its default of two
 * hours is longer than most firewalls remember a connection.
 */
const SIGNS_OF_LIFE = 10_000

/**
 * The driver's settings. The driver lets the URL override its options, so everything that the URL says of encryption is
 * read here.
 */
export function connection({ url, application, tls }: SessionOptions): ClientConfig {
  const { rest, said } = parametersOf(url, ENCRYPTION)
  const wanted = stricter(tls, ofUrl(said))
  return {
    connectionString: rest,
    application_name: application.slice(0, 63),
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: SIGNS_OF_LIFE,
    ...(wanted === 'disable' && { ssl: false }),
    // Every option is given: an environment variable of Node could turn off one that is left out.
    ...((wanted === 'verify-full' || wanted === 'require') && {
      ssl: { rejectUnauthorized: wanted === 'verify-full', ...files(said) },
    }),
  }
}

const ENCRYPTION = /^(ssl|sslmode|uselibpqcompat|sslcert|sslkey|sslrootcert)$/

const SWITCH: Readonly<Record<string, Tls>> = {
  true: 'verify-full',
  1: 'verify-full',
  false: 'disable',
  0: 'disable',
  'no-verify': 'require',
}

/** The driver's meaning of each mode. */
const MODES: Readonly<Record<string, Tls>> = {
  disable: 'disable',
  allow: 'verify-full',
  prefer: 'verify-full',
  require: 'verify-full',
  'verify-ca': 'verify-full',
  'verify-full': 'verify-full',
  'no-verify': 'require',
}

/** The meaning in libpq: without a certificate to compare with, nothing is verified. */
const AS_LIBPQ: Readonly<Record<string, Tls>> = {
  ...MODES,
  allow: 'require',
  prefer: 'require',
  require: 'require',
}

function ofUrl(said: ReadonlyMap<string, string>): Tls {
  const libpq = said.get('uselibpqcompat') === 'true' && !said.has('sslrootcert')
  const [ssl, mode] = [said.get('ssl'), said.get('sslmode')]
  return stricter(
    ssl === undefined ? null : meaning('ssl', ssl, SWITCH),
    mode === undefined ? null : meaning('sslmode', mode, libpq ? AS_LIBPQ : MODES),
    said.has('sslrootcert') ? 'verify-full' : null,
  )
}

const FILES = { ca: 'sslrootcert', cert: 'sslcert', key: 'sslkey' } as const

/** Certificates that the URL names. `system` means those that Node trusts by default. */
function files(said: ReadonlyMap<string, string>): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(FILES).flatMap(([option, name]) => {
      const path = said.get(name)
      return path === undefined || path === 'system' ? [] : [[option, read(name, path)]]
    }),
  )
}

function read(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw noFile(name)
  }
}
