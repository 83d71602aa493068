import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Tls } from '../../src/dialects/interface/tls.ts'
import { openDialect } from '../../src/dialects/registry.ts'
import { type Certificate, selfSigned } from '../support/certificate.ts'
import { bench, done, refused } from '../support/command.ts'
import { refusal } from '../support/conformance.ts'
import { describePrivateMysql } from '../support/private-mysql.ts'
import { type LocalServer, startServer } from '../support/server.ts'

const wanted = (database: string): boolean =>
  (process.env['TEST_DATABASES'] ?? database).split(',').includes(database)

const certificate = await selfSigned().catch(String)
afterAll(async () => {
  if (typeof certificate !== 'string') await certificate[Symbol.asyncDispose]()
})

/** By the name that stands in the certificate. */
const named = (url: string): string => url.replace('127.0.0.1', 'localhost')

const DISTRUSTED = {
  code: 'PLAN_CONNECT',
  message: expect.stringMatching(/^cannot connect to .*: its certificate is not trusted/),
  hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
}

const open = (url: string, tls: Tls) => openDialect({ url, application: 'plan', tls, schema: null })

/** What the server says of the connection that such a URL gives. */
async function asked(url: string, tls: Tls, query: string): Promise<unknown> {
  const { session } = await open(url, tls)
  try {
    return Object.values((await session.query(query)).rows[0] ?? {}).at(-1)
  } finally {
    await session.close()
  }
}

function suites({ cert, key }: Certificate): void {
  describe.skipIf(!wanted('postgres'))('a PostgreSQL with a certificate that nobody knows', () => {
    let server: LocalServer
    beforeAll(async () => {
      server = await startServer({ settings: { ssl: 'on', ssl_cert_file: cert, ssl_key_file: key } })
    })
    afterAll(() => server?.[Symbol.asyncDispose]())
    const ENCRYPTED = 'SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()'

    it('is refused under verify-full, whatever the URL says against it', async () => {
      for (const query of [
        '',
        'sslmode=disable',
        'sslmode=no-verify',
        'uselibpqcompat=true&sslmode=require',
        'ssl=0',
      ])
        expect(await refusal(open(`${named(server.url())}?${query}`, 'verify-full')), query).toMatchObject(
          DISTRUSTED,
        )
    })

    it('is talked to in cipher where its certificate is given, or where none is asked for', async () => {
      const given = `sslrootcert=${encodeURIComponent(cert)}`
      for (const query of [given, `${given}&sslmode=disable`, `${given}&sslmode=no-verify`])
        expect(await asked(`${named(server.url())}?${query}`, 'verify-full', ENCRYPTED), query).toBe(true)
      expect(await asked(`${server.url()}?sslmode=disable`, 'require', ENCRYPTED)).toBe(true)
      expect(await asked(`${server.url()}?sslmode=disable`, null, ENCRYPTED)).toBe(false)
    })

    it('has to be the one that its certificate names', async () => {
      const given = `sslrootcert=${encodeURIComponent(cert)}`
      expect(await asked(server.url(), 'require', ENCRYPTED)).toBe(true)
      expect(await refusal(open(`${server.url()}?${given}`, 'verify-full'))).toMatchObject(DISTRUSTED)
    })

    it('is refused by a command whose environment says verify-full', async () => {
      await using here = await bench({ url: server.url() }, [])
      const url = `${named(here.database.url)}?sslmode=disable`
      const config = (tls: string) =>
        here.write(
          'plan.config.yaml',
          `environments: { near: { databases: { main: { url: '${url}', tls: ${tls} } } } }\n`,
        )
      const status = () => here.planWith({ env: { PLAN_DATABASE_URL: '' } }, 'status', '--env', 'near')
      await config('verify-full')
      refused(await status(), 8, 'PLAN_CONNECT')
      await config('require')
      done(await status())
    })
  })
}

if (typeof certificate === 'string')
  describe.skip(`certificates (${certificate.slice(0, 80)})`, () => it('are compared'))
else {
  suites(certificate)
  for (const kind of (['mysql', 'mariadb'] as const).filter(wanted))
    await describePrivateMysql(
      'a certificate that nobody knows',
      { kind, settings: { ssl_cert: certificate.cert, ssl_key: certificate.key } },
      (server) => {
        const CIPHER = "SHOW STATUS LIKE 'Ssl_cipher'"

        it('is refused under verify-full, whatever the URL says against it', async () => {
          for (const query of ['', 'ssl-mode=DISABLED', 'ssl=false', 'tls=skip-verify'])
            expect(await refusal(open(`${named(server.url)}?${query}`, 'verify-full')), query).toMatchObject(
              DISTRUSTED,
            )
          expect(await asked(`${server.url}?ssl-mode=DISABLED`, 'require', CIPHER)).not.toBe('')
          expect(await asked(`${server.url}?ssl-mode=DISABLED`, null, CIPHER)).toBe('')
        })

        it('is taken where Node is told of it', async () => {
          await using here = await bench({ url: server.url }, [])
          const status = (env: Record<string, string>) =>
            here.startWith(
              { env: { PLAN_DATABASE_URL: `${named(here.database.url)}?ssl-mode=VERIFY_IDENTITY`, ...env } },
              'status',
            ).ended
          refused(await status({}), 8, 'PLAN_CONNECT')
          done(await status({ NODE_EXTRA_CA_CERTS: certificate.cert }))
        })
      },
    )
}
