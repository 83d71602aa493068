import type mysql from 'mysql2/promise'
import { PlanError } from '../../errors.ts'
import type { SessionOptions } from '../session.ts'

export type Config = mysql.ConnectionOptions & { readonly host: string; readonly port: number }

/**
 * Idle time after which the operating system asks whether the other end is still there, milliseconds. Its own two hours
 * are longer than most firewalls remember a connection.
 */
const SIGNS_OF_LIFE = 10_000

/** What the driver needs to know. */
export function connection({ url, application, tls }: SessionOptions): Config {
  const { hostname, port, username, password, pathname, mode } = parsed(url)
  const wanted = tls ?? mode
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

/** The servers' own words in a URL for how a connection is encrypted. */
const SSL_MODES: Readonly<Record<string, string>> = {
  REQUIRED: 'require',
  VERIFY_CA: 'verify-full',
  VERIFY_IDENTITY: 'verify-full',
}

/** What a message about an unreadable URL says may hold the password, so ours says nothing of it. */
function parsed(url: string) {
  try {
    const { hostname, port, username, password, pathname, searchParams } = new URL(url)
    return {
      hostname: hostname.replace(/^\[|\]$/g, '') || 'localhost',
      port,
      username: decodeURIComponent(username),
      password: decodeURIComponent(password),
      pathname: decodeURIComponent(pathname.slice(1)),
      mode: SSL_MODES[(searchParams.get('ssl-mode') ?? '').toUpperCase()] ?? null,
    }
  } catch {
    throw new PlanError('PLAN_USAGE', 'the database URL cannot be read', {
      hint: 'write special characters of user and password in percent form: / as %2F, @ as %40, : as %3A',
    })
  }
}
