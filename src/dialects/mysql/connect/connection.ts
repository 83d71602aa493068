import type mysql from 'mysql2/promise'
import { PlanError } from '../../../errors.ts'
import type { SessionOptions } from '../../interface/session.ts'
import type { Tls } from '../../interface/tls.ts'
import { meaning, parametersOf, stricter } from '../../tls.ts'

export type Config = mysql.ConnectionOptions & { readonly host: string; readonly port: number }

/**
 * Idle time after which the operating system checks whether the other end still exists, milliseconds. Its default of two
 * hours is longer than most firewalls remember a connection.
 */
const SIGNS_OF_LIFE = 10_000

/** The driver's settings. */
export function connection({ url, application, tls }: SessionOptions): Config {
  const { rest, said } = parametersOf(url, ENCRYPTION)
  const { hostname, port, username, password, pathname } = parsed(rest)
  const wanted = stricter(tls, ...[...said].map(([name, value]) => meaning(name, value, wordsOf(name))))
  // Every option is given: an environment variable of Node could turn off one that is left out.
  const ssl =
    wanted === 'verify-full'
      ? { ssl: { rejectUnauthorized: true, verifyIdentity: true } }
      : wanted === 'require'
        ? { ssl: { rejectUnauthorized: false } }
        : {}
  return {
    host: hostname,
    port: Number(port || 3306),
    user: username,
    password,
    database: pathname,
    charset: 'utf8mb4',
    // performance_schema.session_connect_attrs shows this for our sessions.
    connectAttributes: { program_name: application.slice(0, 63) },
    connectTimeout: 10_000,
    enableKeepAlive: true,
    keepAliveInitialDelay: SIGNS_OF_LIFE,
    multipleStatements: false,
    // Exactly as the server prints them, because keys go through the ledger as text.
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    ...ssl,
  }
}

/** URL parameters that tools use for encryption. */
const ENCRYPTION =
  /^(ssl|tls|usessl|requiressl|ssl[-_]?mode|ssl[-_]?verify[-_]?.*|verifyservercertificate|ssl[-_]?(ca|cert|key|profile|accept|insecure).*)$/

/** The servers' own names of encryption modes, and those of other tools. */
const MODES: Readonly<Record<string, Tls>> = {
  disabled: 'disable',
  disable: 'disable',
  preferred: null,
  prefer: null,
  required: 'require',
  require: 'require',
  verify_ca: 'verify-full',
  'verify-ca': 'verify-full',
  verify_identity: 'verify-full',
  'verify-full': 'verify-full',
}
const SWITCH: Readonly<Record<string, Tls>> = {
  true: 'verify-full',
  1: 'verify-full',
  false: 'disable',
  0: 'disable',
  'skip-verify': 'require',
  preferred: null,
  '{"rejectunauthorized":true}': 'verify-full',
  '{"rejectunauthorized":false}': 'require',
}
/** Certificate files: Node has its own settings for the certificates it trusts. */
const ELSEWHERE: Readonly<Record<string, Tls>> = { '': null }

const wordsOf = (name: string): Readonly<Record<string, Tls>> => {
  if (/mode$/.test(name)) return MODES
  return /^(ssl|tls|usessl|requiressl|verifyservercertificate)$/.test(name) ? SWITCH : ELSEWHERE
}

/** The URL parser's message may contain the password, so our error does not repeat it. */
function parsed(url: string) {
  try {
    const { hostname, port, username, password, pathname } = new URL(url)
    return {
      hostname: hostname.replace(/^\[|\]$/g, '') || 'localhost',
      port,
      username: decodeURIComponent(username),
      password: decodeURIComponent(password),
      pathname: decodeURIComponent(pathname.slice(1)),
    }
  } catch {
    throw new PlanError('PLAN_USAGE', 'the database URL cannot be read', {
      hint: 'write special characters of user and password in percent form: / as %2F, @ as %40, : as %3A',
    })
  }
}
