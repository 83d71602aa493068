import { execFile } from 'node:child_process'
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { unprivileged } from './binaries.ts'

/** A certificate for `localhost` that nobody else has signed, so it is its own authority. */
export type Certificate = AsyncDisposable & { readonly cert: string; readonly key: string }

/** By the machine's openssl. Throws where there is none. Disposing removes the files. */
export async function selfSigned(): Promise<Certificate> {
  const dir = await mkdtemp(join(tmpdir(), 'certificate-'))
  const [cert, key] = [join(dir, 'server.crt'), join(dir, 'server.key')]
  const dispose = () => rm(dir, { recursive: true, force: true })
  try {
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
      ...['-keyout', key, '-out', cert],
    ])
    // A server refuses a key that others may read, and runs as an account of its own.
    await chmod(key, 0o600)
    const { uid, gid } = await unprivileged()
    if (uid !== undefined && gid !== undefined) for (const one of [dir, cert, key]) await chown(one, uid, gid)
    return { cert, key, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}
