import { PlanError } from '../errors.ts'
import type { DocumentLanguage } from './interface/document-language.ts'
import type { Engine } from './interface/engine.ts'
import type { Language } from './interface/language.ts'
import type { SessionOptions } from './interface/session.ts'

/** The schemes of URLs, and what each opens. A dialect is loaded only when it is needed. */
const OPEN: Readonly<Record<string, (options: Options) => Promise<Engine>>> = {
  postgres: async (options) =>
    (await import('./postgres/engine.ts')).openEngine({ ...options, schema: options.schema ?? 'public' }),
  mysql: async (options) => (await import('./mysql/engine.ts')).openEngine(options),
  mongodb: async (options) => (await import('./mongodb/engine.ts')).openEngine(options),
}
const ALIAS: Readonly<Record<string, string>> = {
  postgresql: 'postgres',
  mariadb: 'mysql',
  'mongodb+srv': 'mongodb',
}

type Options = SessionOptions & {
  /** Where unqualified names are looked up; null: the database's default. */
  readonly schema: string | null
}

/** The one place that knows which database a URL means. */
export async function openDialect(options: Options): Promise<Engine> {
  const scheme = /^([a-z][a-z0-9+]*):/i.exec(options.url)?.[1]?.toLowerCase() ?? ''
  const open = OPEN[ALIAS[scheme] ?? scheme]
  if (open) return open(options)
  throw new PlanError('PLAN_USAGE', 'the database URL does not say which database it is for', {
    hint: 'it starts with postgres://, mysql://, mariadb:// or mongodb://',
  })
}

/** The language of a database, for compiling without a connection. */
export async function loadLanguage(dialect: string): Promise<Language | DocumentLanguage> {
  if (dialect === 'postgres') return (await import('./postgres/language.ts')).language()
  if (dialect === 'mysql' || dialect === 'mariadb')
    return (await import('./mysql/language.ts')).language(dialect)
  if (dialect === 'mongodb') return (await import('./mongodb/language.ts')).language
  throw new PlanError('PLAN_NOT_BUILT', `the snapshot is of ${dialect}, which is not built yet`, {
    hint: 'this version works on PostgreSQL, MySQL, MariaDB and MongoDB',
  })
}
