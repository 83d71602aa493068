import { execFileSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Db, Document } from 'mongodb'
import type { Said, ToolProject } from './migration-tools.ts'

/** A migration tool for MongoDB as a team has it: its project, with a first migration, and what they type. */
export type MongoTool = {
  /** As after `--to`. */
  readonly name: string
  /** As people write it. */
  readonly shown: string
  /** The version that is tried, where no package brings it. */
  readonly version?: string
  /** How its files are written. */
  readonly style: string
  /** Why it cannot be had here; null when it can. */
  readonly missing: string | null
  /** The files of a project on that database, whose first migration runs these commands. */
  readonly project: (url: URL, base: readonly Document[]) => Readonly<Record<string, string>>
  readonly up: (project: ToolProject, url: string) => Promise<Said>
  /** Takes the last file back. */
  readonly down: (project: ToolProject, url: string) => Promise<Said>
  /** What it says of a file that is not applied; null for one that keeps no record. */
  readonly pending: { readonly ask: readonly string[]; readonly says: RegExp } | null
  /** The files that are applied, by its own ledger where it has one. */
  readonly applied: (db: Db, project: ToolProject) => Promise<readonly string[]>
  /** Its own collections. */
  readonly own: RegExp
}

const json = (value: unknown): string => JSON.stringify(value)
const nameOf = ({ pathname }: URL): string => pathname.slice(1)

const BASE = '20200101000000-base'

const running = (base: readonly Document[]): string =>
  base.map((command) => `  await db.command(${json(command)})`).join('\n')

const migrateMongo = (modules: boolean): MongoTool => ({
  name: 'migrate-mongo',
  shown: 'migrate-mongo',
  style: modules ? 'ES modules' : 'CommonJS',
  missing: null,
  project: (url, base) => ({
    'package.json': json({ type: modules ? 'module' : 'commonjs' }),
    'migrate-mongo-config.js': `${modules ? 'export default' : 'module.exports ='} ${json({
      mongodb: { url: url.href, databaseName: nameOf(url), options: {} },
      migrationsDir: 'migrations',
      changelogCollectionName: 'changelog',
      lockCollectionName: 'changelog_lock',
      lockTtl: 60,
      migrationFileExtension: '.js',
      useFileHash: false,
    })}`,
    [`migrations/${BASE}.js`]: modules
      ? `export const up = async (db) => {\n${running(base)}\n}\nexport const down = async () => {}\n`
      : `module.exports = { async up(db) {\n${running(base)}\n}, async down() {} }\n`,
  }),
  up: ({ run }) => run(['migrate-mongo', 'up']),
  down: ({ run }) => run(['migrate-mongo', 'down']),
  pending: { ask: ['migrate-mongo', 'status'], says: /PENDING/ },
  applied: async (db) => {
    const rows = await db
      .collection('changelog')
      .find({}, { sort: { fileName: 1 } })
      .toArray()
    return rows.map(({ fileName }) => String(fileName))
  },
  own: /^changelog/,
})

const tsMigrateMongoose = (typescript: boolean): MongoTool => ({
  name: 'ts-migrate-mongoose',
  shown: 'ts-migrate-mongoose',
  style: typescript ? 'TypeScript' : 'CommonJS',
  missing: null,
  project: (url, base) => ({
    'package.json': json({ type: 'commonjs' }),
    'migrate.json': json({ uri: url.href, migrationsPath: './migrations', autosync: true }),
    [`migrations/1577836800000-base.${typescript ? 'ts' : 'js'}`]: typescript
      ? `import type { Connection } from 'mongoose'\nexport async function up({ db }: Connection): Promise<void> {\n${running(base)}\n}\nexport async function down(): Promise<void> {}\n`
      : `module.exports = { async up({ db }) {\n${running(base)}\n}, async down() {} }\n`,
  }),
  up: ({ run }) => run(['migrate', 'up', '-a', 'true']),
  down: async (project) => {
    const done = await statesOf(project)
    const [, name = ''] = /^\d+-(.*)$/.exec(done.at(-1) ?? '') ?? []
    return project.run(['migrate', 'down', name, '-s'])
  },
  pending: { ask: ['migrate', 'list', '-a', 'true'], says: /\bdown\b.*\d{13}-/ },
  applied: async (db) => {
    const rows = await db
      .collection('migrations')
      .find({ state: 'up' }, { sort: { createdAt: 1 } })
      .toArray()
    return rows.map(({ name, createdAt }) => `${(createdAt as Date).getTime()}-${name}`)
  },
  own: /^migrations$/,
})

/** The files that it lists as applied, without their endings. */
async function statesOf(project: ToolProject): Promise<string[]> {
  const { text } = await project.run(['migrate', 'list', '-a', 'true'])
  return text.split('\n').flatMap((line) => /up:\D*\[0m (\d{13}-\w+)/.exec(line)?.[1] ?? [])
}

const SHELL = process.env['TEST_MONGOSH'] ?? 'mongosh'

function shellMissing(): string | null {
  try {
    execFileSync(SHELL, ['--version'], { stdio: 'ignore' })
    return null
  } catch {
    return 'there is no mongosh in the PATH; TEST_MONGOSH may name one'
  }
}

/** The shell keeps no record: the team itself knows which files it has run. */
const RUN = new WeakMap<ToolProject, string[]>()

const mongosh: MongoTool = {
  name: 'mongosh',
  shown: 'mongosh, MongoDB Atlas',
  version: '2.12.0',
  style: 'scripts',
  missing: shellMissing(),
  project: (_, base) => ({
    [`migrations/${BASE}.js`]: base.map((command) => `db.runCommand(${json(command)})\n`).join(''),
  }),
  up: async (project, url) => {
    const done = RUN.get(project) ?? []
    RUN.set(project, done)
    for (const file of await filesOf(project)) {
      if (done.includes(file)) continue
      const ran = await project.run([SHELL, url, '--quiet', '--norc', join('migrations', file)])
      if (ran.code !== 0) return ran
      done.push(file)
    }
    return { code: 0, text: '' }
  },
  down: async (project, url) => {
    const last = RUN.get(project)?.pop() ?? ''
    return project.run([SHELL, url, '--quiet', '--norc', join('migrations', last)], { PLAN_DOWN: '1' })
  },
  pending: null,
  applied: async (_, project) => RUN.get(project) ?? [],
  own: /^$/,
}

export const filesOf = async ({ dir }: ToolProject): Promise<string[]> =>
  (await readdir(join(dir, 'migrations'))).sort()

export const MONGO_TOOLS: readonly MongoTool[] = [
  migrateMongo(false),
  migrateMongo(true),
  tsMigrateMongoose(true),
  tsMigrateMongoose(false),
  mongosh,
]
