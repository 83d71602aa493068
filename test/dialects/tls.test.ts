import { describe, expect, it } from 'vitest'
import type { Tls } from '../../src/dialects/interface/tls.ts'
import { connection as ofMongo } from '../../src/dialects/mongodb/connect/connection.ts'
import { connection as ofMysql } from '../../src/dialects/mysql/connect/connection.ts'
import { connection as ofPostgres } from '../../src/dialects/postgres/connect/connection.ts'
import { openDialect } from '../../src/dialects/registry.ts'
import type { PlanError } from '../../src/errors.ts'
import { describePostgres } from '../support/command.ts'
import { openOn, refusal } from '../support/conformance.ts'
import { createPlace } from '../support/places.ts'

type Case = readonly [
  tls: Tls,
  query: string,
  wanted: 'verified' | 'encrypted' | 'plain' | 'as the driver likes',
]

const of = (query: string, tls: Tls, scheme: string) => ({
  url: `${scheme}://me:p%3Fw@db.example.org/app?a=1${query && `&${query}`}`,
  application: 'plan',
  tls,
})

const kind = (ssl: { rejectUnauthorized?: boolean | undefined } | boolean | undefined) => {
  if (ssl === undefined) return 'as the driver likes'
  if (ssl === false) return 'plain'
  // What is not said in full an environment variable of Node may turn off.
  if (typeof ssl === 'object') return ssl.rejectUnauthorized ? 'verified' : 'encrypted'
  return 'unclear'
}

const refusedFor = (work: () => unknown): PlanError => {
  try {
    work()
  } catch (error) {
    return error as PlanError
  }
  throw new Error('it was not refused')
}

describe('how a connection is encrypted: the stricter of configuration and URL counts', () => {
  const POSTGRES: readonly Case[] = [
    ...[
      'sslmode=disable',
      'ssl=0',
      'ssl=false',
      'sslmode=no-verify',
      'uselibpqcompat=true&sslmode=require',
    ].map((query): Case => ['verify-full', query, 'verified']),
    ['verify-full', '', 'verified'],
    ['require', 'sslmode=disable', 'encrypted'],
    ['require', 'sslmode=verify-full', 'verified'],
    ['disable', 'sslmode=require', 'verified'],
    ['disable', '', 'plain'],
    [null, 'ssl=false', 'plain'],
    [null, 'ssl=true', 'verified'],
    [null, 'SSLMODE=Require', 'verified'],
    [null, 'sslmode=no-verify', 'encrypted'],
    [null, 'uselibpqcompat=true&sslmode=require', 'encrypted'],
    [null, '', 'as the driver likes'],
  ]

  it.for(POSTGRES)('PostgreSQL: %s and ?%s', ([tls, query, wanted]) => {
    const { ssl, connectionString } = ofPostgres(of(query, tls, 'postgres'))
    expect(kind(ssl)).toBe(wanted)
    // The driver lets the URL overrule what it is told beside it.
    expect(connectionString).toBe('postgres://me:p%3Fw@db.example.org/app?a=1')
  })

  const MYSQL: readonly Case[] = [
    ...[
      'ssl-mode=DISABLED',
      'ssl=false',
      'ssl=0',
      'sslMode=disabled',
      'ssl={"rejectUnauthorized":false}',
    ].map((query): Case => ['verify-full', query, 'verified']),
    ['require', 'ssl-mode=VERIFY_IDENTITY', 'verified'],
    ['require', 'tls=skip-verify', 'encrypted'],
    [null, 'ssl=true', 'verified'],
    [null, 'ssl=%7B%22rejectUnauthorized%22%3Atrue%7D', 'verified'],
    [null, 'ssl_mode=required', 'encrypted'],
    [null, '', 'as the driver likes'],
  ]

  it.for(MYSQL)('MySQL and MariaDB: %s and ?%s', ([tls, query, wanted]) => {
    const { ssl } = ofMysql(of(query, tls, 'mysql'))
    expect(kind(ssl as { rejectUnauthorized?: boolean })).toBe(wanted)
  })

  const MONGODB: readonly Case[] = [
    ...['tls=false', 'ssl=false', 'tls=true&tlsInsecure=true', 'tlsAllowInvalidCertificates=true'].map(
      (query): Case => ['verify-full', query, 'verified'],
    ),
    ['verify-full', 'tls=true&tlsAllowInvalidHostnames=true', 'verified'],
    ['require', 'tls=false', 'encrypted'],
    ['require', 'tls=true', 'verified'],
    [null, 'tls=true&tlsAllowInvalidCertificates=true', 'encrypted'],
    [null, 'tls=true', 'verified'],
    [null, 'tls=false', 'plain'],
    [null, '', 'as the driver likes'],
  ]

  it.for(MONGODB)('MongoDB: %s and ?%s', ([tls, query, wanted]) => {
    const { url, options } = ofMongo(of(query, tls, 'mongodb'), '1')
    const { tls: on, tlsAllowInvalidCertificates: lenient } = options
    expect(on ? (lenient === false ? 'verified' : 'encrypted') : kind(on)).toBe(wanted)
    expect(url).toBe('mongodb://me:p%3Fw@db.example.org/app?a=1')
  })

  it('MongoDB by its service record is encrypted unless something is said', () => {
    const { options } = ofMongo(of('tls=false', null, 'mongodb+srv'), '1')
    expect(options).toMatchObject({ tls: true, tlsAllowInvalidCertificates: false })
  })

  it('what cannot be understood is refused by name', () => {
    const all = [
      [() => ofPostgres(of('sslmode=canary', 'verify-full', 'postgres')), 'sslmode=canary'],
      [() => ofPostgres(of('ssl=maybe', null, 'postgres')), 'ssl=maybe'],
      [() => ofPostgres(of('sslrootcert=/no/where', null, 'postgres')), 'sslrootcert'],
      [() => ofMysql(of('ssl=Amazon%20RDS', null, 'mysql')), 'ssl=Amazon RDS'],
      [() => ofMysql(of('ssl-ca=/etc/ca.pem', null, 'mysql')), 'ssl-ca=/etc/ca.pem'],
      [() => ofMongo(of('tls=maybe', 'verify-full', 'mongodb'), '1'), 'tls=maybe'],
    ] as const
    for (const [work, says] of all)
      expect(refusedFor(work)).toMatchObject({ code: 'PLAN_CONFIG', message: expect.stringContaining(says) })
  })
})

describePostgres('a server without encryption', (server) => {
  it('is not talked to where tls asks for it, whatever the URL says', async () => {
    await using here = await createPlace(server)
    const asking = (query: string, tls: Tls) =>
      openDialect({ url: `${here.url}?${query}`, application: 'plan', tls, schema: null })
    for (const query of ['sslmode=disable', 'ssl=0', 'ssl=false', 'sslmode=no-verify'])
      for (const tls of ['verify-full', 'require'] as const)
        expect(await refusal(asking(query, tls))).toMatchObject({ code: 'PLAN_CONNECT' })
    await using _ = await openOn({ url: `${here.url}?ssl=false` })
  })
})
