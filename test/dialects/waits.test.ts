import { describe, expect, it } from 'vitest'
import { connection as ofMongo } from '../../src/dialects/mongodb/connect/connection.ts'
import { LEASE } from '../../src/dialects/mongodb/ledger/lease.ts'
import { connection as ofMysql } from '../../src/dialects/mysql/connect/connection.ts'
import { PATIENCE } from '../../src/dialects/mysql/observe/replicas.ts'
import { FRESH } from '../../src/dialects/mysql/observe/usage.ts'
import { connection as ofPostgres } from '../../src/dialects/postgres/connect/connection.ts'

const at = (url: string) => ({ url, application: 'plan', tls: null })

/** Tests elsewhere wait for less, or move the clock. */
describe('where nobody says how long to wait', () => {
  it('a server has ten seconds to take a connection', () => {
    expect(ofPostgres(at('postgres://h/app')).connectionTimeoutMillis).toBe(10_000)
    expect(ofMysql(at('mysql://h/app')).connectTimeout).toBe(10_000)
    expect(ofMongo(at('mongodb://h/app'), '1').options).toMatchObject({
      connectTimeoutMS: 10_000,
      serverSelectionTimeoutMS: 10_000,
    })
  })

  it('the URL of a MongoDB may say another time', () => {
    const { options } = ofMongo(at('mongodb://h/app?serverSelectionTimeoutMS=200&connectTimeoutMS=300'), '1')
    expect(options).not.toHaveProperty('serverSelectionTimeoutMS')
    expect(options).not.toHaveProperty('connectTimeoutMS')
  })

  it('a replica has two seconds to say how far it is behind', () => {
    expect(PATIENCE).toBe(2_000)
  })

  it('a lock of a MongoDB whose holder is not seen is valid for ten seconds', () => {
    expect(LEASE).toBe(10_000)
  })

  it('a server that has counted no statement for five seconds counts none', () => {
    expect(FRESH).toBe(5)
  })
})
