import { PlanError } from '../errors.ts'
import type { Language } from './dialect.ts'
import type { Engine, SessionOptions } from './session.ts'

/** The one place that knows which database a URL means. Each dialect is loaded only when it is asked for. */
export async function openDialect(options: SessionOptions & { readonly schema: string }): Promise<Engine> {
  const scheme = /^([a-z][a-z0-9+]*):/i.exec(options.url)?.[1]?.toLowerCase() ?? ''
  if (scheme === 'postgres' || scheme === 'postgresql')
    return (await import('./postgres/engine.ts')).openEngine(options)
  const known = ['mysql', 'mariadb', 'mongodb', 'mongodb+srv'].includes(scheme)
  throw known
    ? new PlanError('PLAN_NOT_BUILT', `${scheme} is not built yet`, {
        hint: 'this version works on PostgreSQL',
      })
    : new PlanError('PLAN_USAGE', 'the database URL does not say which database it is for', {
        hint: 'it starts with postgres://',
      })
}

/** The language of a database, for compiling without a connection. */
export async function loadLanguage(dialect: string): Promise<Language> {
  if (dialect === 'postgres') return (await import('./postgres/language.ts')).language()
  throw new PlanError('PLAN_NOT_BUILT', `the snapshot is of ${dialect}, which is not built yet`, {
    hint: 'this version works on PostgreSQL',
  })
}
