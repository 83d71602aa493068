import { afterAll, beforeAll, describe } from 'vitest'
import { debianRoot } from './debian-root.ts'
import type { Kind } from './mysql-program.ts'
import { type LocalMysql, startMysql } from './mysql-server.ts'

const NAMES = { mysql: 'MySQL', mariadb: 'MariaDB' } as const

/** A suite on a server of its own, with these settings. Skipped, and the reason named, where there can be none. */
export async function describePrivateMysql(
  name: string,
  { kind, settings = {} }: { readonly kind: Kind; readonly settings?: Readonly<Record<string, string>> },
  suite: (server: { readonly url: string; readonly dialect: Kind }) => void,
): Promise<void> {
  const reason = await debianRoot(kind).then(() => null, String)
  const title = `${name} on a ${NAMES[kind]} of its own`
  if (reason !== null) {
    describe.skip(`${title} (${reason})`, () => suite({ url: '', dialect: kind }))
    return
  }
  describe(title, () => {
    let server: LocalMysql | undefined
    beforeAll(async () => {
      server = await startMysql({ kind, settings })
    })
    afterAll(async () => {
      await server?.[Symbol.asyncDispose]()
    })
    suite({
      get url() {
        return server?.url() ?? ''
      },
      dialect: kind,
    })
  })
}
