import { execFile } from 'node:child_process'
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type RunAs, unprivileged } from './binaries.ts'

const run = promisify(execFile)

/** A file system of its own that can be full. Disposing of it unmounts it, so nothing may be open there. */
export type SmallDisk = AsyncDisposable & {
  readonly path: string
  /** Takes all the room that is left. */
  fill(): Promise<void>
  /** Gives it back. */
  free(): Promise<void>
}

const megabytes = (size: number) => ['-t', 'tmpfs', '-o', `size=${size}m,mode=755`, 'none']

/** Null where such a disk can be had, else why not. */
export async function noSmallDisk(): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'only root may mount a file system'
  try {
    await using _ = await smallDisk(1)
    return null
  } catch {
    return 'no file system can be mounted here'
  }
}

/** With room for so many megabytes, owned by this account. */
async function smallDisk(size: number, { uid, gid }: RunAs = {}): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), 'disk-'))
  try {
    await run('mount', [...megabytes(size), path])
  } catch (error) {
    await rm(path, { recursive: true })
    throw error
  }
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid)
  const ballast = join(path, 'ballast')
  return {
    path,
    // The last write is cut short where the room ends.
    fill: () => writeFile(ballast, Buffer.alloc(size * 1024 * 1024)).catch(() => undefined),
    free: () => rm(ballast),
    [Symbol.asyncDispose]: async () => {
      // A server that has just ended may not have closed everything yet.
      await run('umount', ['-l', path])
      await rm(path, { recursive: true })
    },
  }
}

/** One for the server's account. */
export const serverDisk = async (size: number): Promise<SmallDisk> => smallDisk(size, await unprivileged())

/** A folder on it that the server's account owns. */
export async function folder({ path }: SmallDisk, name: string): Promise<string> {
  const { uid, gid } = await unprivileged()
  const made = join(path, name)
  await mkdir(made)
  if (uid !== undefined && gid !== undefined) await chown(made, uid, gid)
  return made
}
