import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { PlanError } from '../../errors.ts'
import { visible } from '../../text/words.ts'

/** Larger than any file of ours. A device or a pipe may never end. */
const MOST_BYTES = 100_000_000

/** The text of an ordinary file; null for anything else, and for a file that cannot be read. */
export function textOf(file: string): string | null {
  try {
    const found = statSync(file)
    return found.isFile() && found.size <= MOST_BYTES ? readFileSync(file, 'utf8') : null
  } catch {
    return null
  }
}

/** Writes one file into an existing folder, and nowhere else. */
export function writeText(file: string, shown: string, text: string): void {
  ordinaryFolder(dirname(file), shown)
  saying(shown, () => {
    const found = lstatSync(file, { throwIfNoEntry: false })
    if (found?.isSymbolicLink()) throw unwritable(shown, 'it is a link to somewhere else')
    if (found && !found.isFile()) throw unwritable(shown, 'it is no ordinary file')
    const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW, O_NONBLOCK } = constants
    const descriptor = openSync(file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK, 0o666)
    try {
      if (!fstatSync(descriptor).isFile()) throw unwritable(shown, 'it is no ordinary file')
      writeFileSync(descriptor, visible(text))
    } finally {
      closeSync(descriptor)
    }
  })
}

/** Writes these files into a folder, which is created if needed. */
export function writeFolder(folder: string, shown: string, files: Readonly<Record<string, string>>): void {
  saying(shown, () => {
    let above = folder
    while (lstatSync(above, { throwIfNoEntry: false }) === undefined && above !== dirname(above))
      above = dirname(above)
    ordinaryFolder(above, shown)
    if (above === folder && lstatSync(folder).isSymbolicLink())
      throw unwritable(shown, 'it is a link to somewhere else')
    mkdirSync(folder, { recursive: true })
  })
  for (const [name, text] of Object.entries(files)) writeText(join(folder, name), join(shown, name), text)
}

/** File systems that hold no real files: proc, sysfs, devpts, cgroup, cgroup2, debugfs. Source: linux/magic.h. */
const NO_FILES: readonly number[] = [0x9fa0, 0x62656572, 0x1cd1, 0x27e0eb, 0x63677270, 0x64626720]

function ordinaryFolder(folder: string, shown: string): void {
  saying(shown, () => {
    const real = realpathSync(folder)
    if (!statSync(real).isDirectory()) throw unwritable(shown, 'there is a file where a folder would be')
    if (NO_FILES.includes(statfsSync(real).type) || /^\/dev(\/(?!shm(\/|$))|$)/.test(real))
      throw unwritable(shown, 'it lies where the system keeps no files')
  })
}

/** Turns an error of the operating system into one of ours. */
function saying(shown: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    throw error instanceof PlanError ? error : unwritable(shown, reason(error))
  }
}

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['EACCES', 'this user may not write there'],
  ['EPERM', 'this user may not write there'],
  ['EROFS', 'the file system is read-only'],
  ['ENOENT', 'its folder is not there'],
  ['ENOTDIR', 'there is a file where a folder would be'],
  ['EISDIR', 'it is a folder'],
  ['ELOOP', 'it is a link to somewhere else'],
  ['ENOSPC', 'the disk is full'],
  ['ENAMETOOLONG', 'its name is too long'],
])

const reason = (error: unknown): string =>
  REASONS.get((error as NodeJS.ErrnoException).code) ?? 'the system refuses it'

const unwritable = (shown: string, why: string): PlanError =>
  new PlanError('PLAN_USAGE', `cannot write ${shown}: ${why}`, {
    hint: 'name an ordinary file or folder that this user may write',
  })
