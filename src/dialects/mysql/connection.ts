import type mysql from 'mysql2/promise'
import { PlanError } from '../../errors.ts'
import type { SessionOptions } from '../interface/session.ts'
import type { Tls } from '../interface/tls.ts'
import { meaning, parametersOf, stricter } from '../tls.ts'

export type Config = mysql.ConnectionOptions & { readonly host: string; readonly port: number }

/**
 * Idle time after which the operating system asks whether the other end is still there, milliseconds. Its own two hours
 * are longer than most firewalls remember a connection.
 */
const SIGNS_OF_LIFE = 10_000

/** What the driver needs to know. */
export function connection({ url, application, tls }: SessionOptions): Config {
  const { rest, said } = parametersOf(url, ENCRYPTION)
  const { hostname, port, username, password, pathname } = parsed(rest)
  const wanted = stricter(tls, ...[...said].map(([name, value]) => meaning(name, value, wordsOf(name))))
  // Said in full: what is left out an environment variable of Node may turn off.
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
    // Shown by performance_schema.session_connect_attrs beside our sessions.
    connectAttributes: { program_name: application.slice(0, 63) },
    connectTimeout: 10_000,
    enableKeepAlive: true,
    keepAliveInitialDelay: SIGNS_OF_LIFE,
    multipleStatements: false,
    // Exactly as the server prints them: keys go through the ledger as text.
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    ...ssl,
  }
}

/** Names that tools give to this in a URL. */
const ENCRYPTION =
  /^(ssl|tls|usessl|requiressl|ssl[-_]?mode|ssl[-_]?verify[-_]?.*|verifyservercertificate|ssl[-_]?(ca|cert|key|profile|accept|insecure).*)$/

/** The servers' own words for how a connection is encrypted, and those of other tools. */
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
/** Files and the like: the certificates that Node trusts are named to Node. */
const ELSEWHERE: Readonly<Record<string, Tls>> = { '': null }

const wordsOf = (name: string): Readonly<Record<string, Tls>> => {
  if (/mode$/.test(name)) return MODES
  return /^(ssl|tls|usessl|requiressl|verifyservercertificate)$/.test(name) ? SWITCH : ELSEWHERE
}

/** What a message about an unreadable URL says may hold the password, so ours says nothing of it. */
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
