import type { MongoClientOptions } from 'mongodb'
import { PlanError } from '../../errors.ts'
import type { SessionOptions } from '../session.ts'

/** An application's name may have so many bytes. */
const APP_NAME = 128

/** What the driver needs to know. `id` marks the connections of this session among those of the server. */
export function connection({ url, application, tls }: SessionOptions, id: string): MongoClientOptions {
  const secure =
    tls === 'verify-full'
      ? { tls: true }
      : tls === 'require'
        ? { tls: true, tlsAllowInvalidCertificates: true }
        : tls === 'disable'
          ? { tls: false }
          : {}
  return {
    appName: signed(application, id),
    // One for what is done, others for what is asked meanwhile and for streams.
    maxPoolSize: 8,
    ...(url.includes('connectTimeoutMS=') ? {} : { connectTimeoutMS: 10_000 }),
    ...(url.includes('serverSelectionTimeoutMS=') ? {} : { serverSelectionTimeoutMS: 10_000 }),
    readPreference: 'primary',
    ...secure,
  }
}

function signed(application: string, id: string): string {
  const room = APP_NAME - id.length - 2
  return `${Buffer.from(application)
    .subarray(0, room)
    .toString('utf8')
    .replace(/\ufffd$/, '')} #${id}`
}

/** The database that a URL names; by hand, since an address of several hosts is no URL to Node. */
export function databaseIn(url: string): string | null {
  const [, name = ''] = /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^/?]+)/.exec(url) ?? []
  return name === '' ? null : decodeURIComponent(name)
}

export const noDatabase = (): PlanError =>
  new PlanError('PLAN_USAGE', 'the database URL names no database', {
    hint: 'write it behind the hosts: mongodb://user@host:27017/app',
  })
