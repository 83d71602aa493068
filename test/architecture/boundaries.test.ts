import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

const files = (folder: string): string[] =>
  readdirSync(join('src', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join('src', folder, name))

const folders = [
  'src',
  ...readdirSync('src', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name)),
]

const text = (file: string): string => readFileSync(file, 'utf8')

/** Modules that a file needs at run time; types vanish. */
const imports = (file: string): string[] =>
  [...text(file).matchAll(/^(?:import|export) (?!type )[^'"]*?from '([^']+)'|import\('([^']+)'\)/gms)].map(
    ([, from, lazily]) => from ?? lazily ?? '',
  )

const withoutComments = (file: string): string => text(file).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')

describe('the compiler is pure', () => {
  const pure = ['text', 'schema', 'program', 'plan', 'intents', 'compiler']
  /** node:crypto hashes, which gives the same for the same. */
  const allowed = ['zod', 'yaml', 'node:crypto', 'semver/classes/semver.js']

  it.each(pure.flatMap(files))('%s reaches nothing outside the process', (file) => {
    const outside = imports(file).filter((to) => !to.startsWith('.') && !allowed.includes(to))
    expect(outside).toEqual([])
    expect(withoutComments(file)).not.toMatch(
      /\bprocess\.|Date\.now|new Date\(\)|Math\.random|randomUUID|randomBytes|performance\./,
    )
  })

  it.each(pure.flatMap(files))('%s imports no running part of the tool', (file) => {
    const folders = imports(file)
      .filter((to) => to.startsWith('.'))
      .map((to) => normalize(join(dirname(file), to)).split('/')[1])
    expect(folders.filter((folder) => folder && !pure.includes(folder) && folder !== 'errors.ts')).toEqual([])
  })
})

describe('dialects know databases, and nothing else does', () => {
  const others = files('.').filter((file) => !file.startsWith('src/dialects/'))
  const sql =
    /['"`]\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|ALTER|CREATE|DROP|TRUNCATE|GRANT|REVOKE|SET|BEGIN|COMMIT|ROLLBACK|LOCK|EXPLAIN|VACUUM)\b[^a-z]/

  it.each(others)('%s holds no SQL', (file) => {
    expect(withoutComments(file).match(sql)?.[0]).toBeUndefined()
  })

  it.each(others.filter((file) => !file.includes('cli/')))('%s does not ask which database it is', (file) => {
    expect(withoutComments(file)).not.toMatch(/===? ?'(postgres|mysql|mariadb|mongodb)'/)
  })

  it.each(others)('%s loads no driver', (file) => {
    expect(
      imports(file).filter((to) =>
        ['pg', 'mysql2', 'mongodb', 'libpg-query'].includes(to.split('/')[0] ?? ''),
      ),
    ).toEqual([])
  })

  it('and only the ledger builds queries with knex', () => {
    const users = files('.').filter((file) => imports(file).includes('knex'))
    expect(users.every((file) => file.startsWith('src/ledger/'))).toBe(true)
  })
})

describe('the tree', () => {
  const graph = new Map(
    files('.').map((file) => [
      file,
      imports(file)
        .filter((to) => to.startsWith('.'))
        .map((to) => normalize(join(dirname(file), to))),
    ]),
  )

  it('has no import cycles', () => {
    const cycles: string[] = []
    const done = new Set<string>()
    const visit = (file: string, path: readonly string[]) => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '))
      if (done.has(file) || path.includes(file)) return
      for (const to of graph.get(file) ?? []) visit(to, [...path, file])
      done.add(file)
    }
    for (const file of graph.keys()) visit(file, [])
    expect(cycles).toEqual([])
  })

  it('lets only main.ts touch the process', () => {
    const touching = files('.').filter((file) => /\bprocess\.(?!env\b)/.test(withoutComments(file)))
    expect(touching).toEqual(['src/main.ts'])
  })

  it.each(files('.'))('%s has at most 300 lines', (file) => {
    expect(text(file).split('\n').length).toBeLessThanOrEqual(301)
  })

  it.each(folders)('%s holds fewer than 20 files', (folder) => {
    const inside = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile())
    expect(inside.length).toBeLessThan(20)
  })

  it('gives every dialect the same folders', () => {
    const of = (dialect: string) =>
      readdirSync(join('src/dialects', dialect), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    const same = ['connect', 'inspect', 'language', 'observe', 'preflight', 'script', 'walk', 'write']
    expect(of('postgres')).toEqual(same)
    expect(of('mysql')).toEqual(same)
    // The ledger of SQL databases is built by knex, outside the dialects.
    expect(of('mongodb').filter((name) => name !== 'ledger')).toEqual(same)
  })

  it('decides nothing by words that are written for people', () => {
    const looking = /\.(text|message|says|describe|hint)\??\.(includes|match|startsWith|endsWith|search)\(/
    // Words of a statement are what a dialect reads.
    const deciding = files('.').filter(
      (file) => !file.startsWith('src/dialects/') && looking.test(withoutComments(file)),
    )
    expect(deciding).toEqual([])
  })

  it('recognises database errors in one file per dialect', () => {
    const states = files('.').filter((file) => /'(23505|40P01|55P03|57014)'/.test(withoutComments(file)))
    expect(states).toEqual(['src/dialects/postgres/connect/errors.ts'])
  })

  it('leaves nothing to fill in in a command that it hints at', () => {
    const open =
      /plan [a-z]+ [^'`]*\b(NAME|FILE|URL)\b|=(NAME|FILE|URL)\b|\b(ALTER|GRANT|CREATE|DROP) [A-Z ]*…/g
    const found = files('.').flatMap((file) =>
      [...withoutComments(file).matchAll(open)].map(([command]) => `${file}: ${command}`),
    )
    expect(found).toEqual([])
  })

  it('says nothing of the machine it was made on', () => {
    const all = [...files('.'), 'README.md', 'package.json', 'package-lock.json'].filter((file) =>
      /\/root\/|\/work\/|registry\.npmjs/.test(text(file)),
    )
    expect(all).toEqual([])
  })
})
