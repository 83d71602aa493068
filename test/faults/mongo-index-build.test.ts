import type { Db, Document } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { answer } from '../../src/dialects/mongodb/connect/asks.ts'
import { recognise } from '../../src/dialects/mongodb/connect/errors.ts'

const DONE = { v: 2, key: { a: 1 }, name: 'a_1' }
const BUILDING = { spec: { v: 2, key: { b: 1 }, name: 'b_1' }, buildUUID: 'an id' }

/** A server that builds an index for somebody; one that does not know the option leaves that out. */
const server = (knows: boolean) => ({
  db: {} as Db,
  names: { ledger: 'plan' },
  command: () => Promise.reject(new Error('nothing is asked in this way')),
  documents: async (command: Document): Promise<Document[]> => {
    if (!('includeBuildUUIDs' in command)) return [DONE]
    if (knows) return [DONE, BUILDING]
    throw recognise({ code: 40_415, codeName: 'Location40415', errmsg: 'unknown field' }, 'listIndexes')
  },
})

const asked = async (name: string, is: Document, knows = true): Promise<unknown> => {
  const [row] = await answer(server(knows), { ask: 'index', collection: 'users', name, is })
  return row?.['done']
}

// A server goes on with a build when the client who asked for it is gone, and lists the index meanwhile.
describe('an index that the server still builds', () => {
  it('is not there yet, for who needs it: asking for it again waits until it is', async () => {
    expect(await asked('a_1', { key: { a: 1 } })).toBe(true)
    expect(await asked('b_1', { key: { b: 1 } })).toBe(false)
  })

  it('is there, for who wants to be rid of it', async () => {
    expect(await asked('b_1', {})).toBe(true)
    expect(await asked('c_1', {})).toBe(false)
  })

  it('cannot be told from others where the server does not say', async () => {
    expect(await asked('a_1', { key: { a: 1 } }, false)).toBe(true)
    expect(await asked('b_1', {}, false)).toBe(false)
  })
})
