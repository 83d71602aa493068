import type { Document } from 'mongodb'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import type { MongoSession } from '../../../src/dialects/mongodb/connect/mongo-session.ts'
import { openSession } from '../../../src/dialects/mongodb/connect/session.ts'
import { debianRoot } from '../../support/debian-root.ts'
import { MongoError } from '../../support/mongo/errors.ts'
import type { Topology } from '../../support/mongo/status.ts'
import { type LocalDocumentDb, startMongo } from '../../support/mongo-server.ts'

/** A server whose answers a test may change, until its end. What drivers ask on their own stays as it is. */
export type Hooked = {
  readonly url: string
  readonly change: (name: string, change: (answer: Document, command: Document) => void) => void
  /** As to a user who may not. */
  readonly refuse: (which: (command: Document, name: string) => boolean) => void
  /** Commands of the test, in their order. */
  readonly asked: () => readonly string[]
}

/** A suite on a server of its own. Skipped, and the reason named, where there can be none. */
export async function describeHooked(
  name: string,
  topology: Topology,
  suite: (server: Hooked) => void,
): Promise<void> {
  const reason = await debianRoot('documentdb').then(() => null, String)
  const describing = reason === null ? describe : describe.skip
  describing(`${name} on a ${topology} of its own${reason === null ? '' : ` (${reason})`}`, () => {
    let server: LocalDocumentDb | undefined
    let changes: [string, (answer: Document, command: Document) => void][] = []
    let refused: ((command: Document, name: string) => boolean)[] = []
    let asked: string[] = []
    // Only commands of a session carry one.
    const ours = (command: Document) => 'lsid' in command
    beforeAll(async () => {
      server = await startMongo({
        topology,
        before: (command, named) => {
          if (ours(command)) asked.push(named)
          if (ours(command) && refused.some((which) => which(command, named)))
            throw new MongoError(13, 'Unauthorized', 'not authorized')
        },
        after: (command, named, answer) => {
          for (const [wanted, change] of changes)
            if (wanted === named && ours(command)) change(answer as Document, command)
        },
      })
    })
    afterEach(() => {
      changes = []
      refused = []
      asked = []
    })
    afterAll(async () => {
      await server?.[Symbol.asyncDispose]()
    })
    suite({
      get url() {
        return server?.url('app') ?? ''
      },
      change: (wanted, change) => void changes.push([wanted, change]),
      refuse: (which) => void refused.push(which),
      asked: () => asked,
    })
  })
}

export const isCurrentOp = ({ pipeline }: Document): boolean => '$currentOp' in (pipeline?.[0] ?? {})

/** The listing of all users is refused, as without the privilege `inprog`. */
export const ofAllUsers = (command: Document): boolean =>
  isCurrentOp(command) && command['pipeline'][0].$currentOp.allUsers === true

/** A session that closes itself. */
export async function opened(
  { url }: { readonly url: string },
  application = 'plan',
): Promise<MongoSession & AsyncDisposable> {
  const session = await openSession({ url, application, tls: null, schema: null })
  return { ...session, [Symbol.asyncDispose]: () => session.close() }
}

/** Over 300 documents this would take years. */
export const SLOW = [
  ...[...'abcd'].flatMap((as) => [
    { $lookup: { from: 'people', pipeline: [{ $match: { $expr: { $ne: ['$secret', as] } } }], as } },
    { $unwind: `$${as}` },
  ]),
  { $count: 'n' },
]
