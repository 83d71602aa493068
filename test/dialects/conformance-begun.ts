import type { LedgerWriter } from '../../src/ledger/write.ts'
import type { Subject } from '../support/conformance.ts'
import { ledger } from '../support/conformance-ledger.ts'

/** A ledger in which `rename` is pinned and taken. */
export async function begun(subject: Subject) {
  const here = await subject.create()
  const one = await ledger(here)
  await one.store.migrate()
  const run = await one.pin('rename')
  const epoch = await one.take('rename')
  return {
    ...one,
    here,
    run,
    epoch,
    writing: <T>(work: (pen: LedgerWriter) => Promise<T>) => one.write('rename', run, epoch, work),
    read: async () => {
      const progress = await one.progress('rename')
      if (!progress) throw new Error('it is gone')
      return progress
    },
    [Symbol.asyncDispose]: async () => {
      await one[Symbol.asyncDispose]()
      await here[Symbol.asyncDispose]()
    },
  }
}
