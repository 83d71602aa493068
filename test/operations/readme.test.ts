import { execFile } from 'node:child_process'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { bench, describePostgres } from '../support/command.ts'
import { users } from '../support/users.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** The example of README.md, as a program that finds the built package. */
async function example(): Promise<string> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
  const [, code = ''] = /### In code[\s\S]*?```ts\n([\s\S]*?)```/.exec(readme) ?? []
  const found = (name: string) => `'${pathToFileURL(join(ROOT, name)).href}'`
  return code
    .replace("'expand-contract'", found('dist/index.js'))
    .replace("'pg'", found('node_modules/pg/esm/index.mjs'))
}

describePostgres('the example of README.md', (server) => {
  test('carries a plan through, with the built package and nothing else', async () => {
    await using here = await bench(server, users())
    await mkdir(join(here.dir, 'plans'))
    await copyFile(join(ROOT, 'plans/rename-last-name.yaml'), join(here.dir, 'plans/rename-last-name.yaml'))
    await writeFile(join(here.dir, 'example.mjs'), await example())
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['example.mjs'], {
      cwd: here.dir,
      env: { PATH: process.env['PATH'], DATABASE_URL: here.database.url },
    })
    expect(stderr).toBe('')
    expect(stdout.trimEnd().split('\n')).toEqual([
      ...['expand', 'backfill', 'verify'].flatMap((phase) => [`${phase} started`, `${phase} done`]),
      'contract started',
      'contract done',
      'rename-last-name is done',
      'complete: contract',
    ])
  })
})
