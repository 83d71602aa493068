import { stat } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { createDatabase, describeEachPostgres } from './databases.ts'
import { startServer } from './server.ts'

describeEachPostgres('a test database', (server) => {
  it('is empty, and gone afterwards', async () => {
    let name = ''
    {
      await using database = await createDatabase(server)
      name = database.name
      expect(await database.query('SELECT $1::int AS one', [1])).toEqual([{ one: 1 }])
    }
    await using other = await createDatabase(server)
    expect(await other.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])).toEqual([])
  })

  it('sorts by the collations of libc and ICU', async () => {
    await using database = await createDatabase(server)
    expect(
      await database.query(`SELECT 'a' < 'B' COLLATE "C" AS c, 'a' < 'B' COLLATE "en-x-icu" AS icu`),
    ).toEqual([{ c: false, icu: true }])
  })
})

it('keeps its data and its port through a crash, and takes settings', async () => {
  const server = await startServer({ settings: { work_mem: '5MB' } })
  try {
    const url = server.url()
    await using database = await createDatabase({ url })
    await server.stop('immediate')
    await expect(database.query('SELECT 1')).rejects.toThrow()
    await server.start()
    await using other = await createDatabase({ url })
    expect(await other.query('SELECT 1 FROM pg_database WHERE datname = $1', [database.name])).toHaveLength(1)
    expect(await other.query('SHOW work_mem')).toEqual([{ work_mem: '5MB' }])
  } finally {
    await server[Symbol.asyncDispose]()
  }
  await expect(stat(server.dataDir)).rejects.toThrow('ENOENT')
})
