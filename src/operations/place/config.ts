import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { PlanError } from '../../errors.ts'
import { nearest } from '../../text/nearest.ts'
import { own } from '../../text/own.ts'
import { type Config, type Database, type Layer, parseConfig } from './config-file.ts'
import { textOf } from './files.ts'

const FILE = 'plan.config.yaml'

/** The settings that all commands need, from any source. Times are milliseconds. */
export type Settings = {
  readonly root: string
  readonly plans: string
  readonly templates: string | null
  readonly environment: string | null
  /** The environment is declared as production. */
  readonly production: boolean
  readonly url: string | null
  /** Where unqualified names are looked up; null: the database's default. */
  readonly schema: string | null
  readonly ledgerSchema: string
  readonly tls: 'verify-full' | 'require' | 'disable' | null
  readonly lockTimeout: number
  readonly retries: number
}

/** Which database is meant. What is left out comes from the environment's variables or from plan.config.yaml. */
export type Place = {
  /** The path of plan.config.yaml; otherwise it is looked for in the working directory and above. */
  readonly config?: string | undefined
  /** The environment of plan.config.yaml, such as staging (otherwise PLAN_ENV). */
  readonly environment?: string | undefined
  /** The database's URL (otherwise PLAN_DATABASE_URL). */
  readonly url?: string | undefined
  /** The name of a database in plan.config.yaml, when it has several and no plan says which. */
  readonly database?: string | undefined
}

/** Where relative paths begin, and the variables that a configuration may refer to. */
export type Around = {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Flags win over the environment, which wins over the file. The database is the plan's, or the only one that is
 * configured. `databaseOf` finds the database that a plan in that folder names.
 */
export function readSettings(
  { cwd, env }: Around,
  flags: Place,
  databaseOf: (plans: string) => string | null = () => null,
): Settings {
  const file = flags.config ? resolve(cwd, flags.config) : find(cwd)
  const config = file ? parse(file, cwd) : {}
  const root = file ? dirname(file) : cwd
  const plans = resolve(root, config.plans ?? 'plans')
  const environment = flags.environment ?? (env['PLAN_ENV'] || null)
  const over: Layer = environment === null ? {} : layerOf(config, environment)
  // In CI a secret that is not set arrives as an empty text.
  const url = flags.url ?? (env['PLAN_DATABASE_URL'] || undefined)
  const {
    url: written,
    schema = null,
    ledger_schema: ledgerSchema = 'plan',
    tls = null,
  } = chosen(config, over, flags.database ?? databaseOf(plans) ?? undefined, url !== undefined)
  const { lock_timeout: lockTimeout = 1_000, retries = 20 } = { ...config.defaults, ...over.defaults }
  return {
    root,
    plans,
    templates: config.templates === undefined ? null : resolve(root, config.templates),
    environment,
    production: over.production ?? false,
    url: url ?? (written === undefined ? null : secret(written, env, root)),
    schema,
    ledgerSchema,
    tls,
    lockTimeout,
    retries,
  }
}

function layerOf(config: Config, environment: string): Layer {
  const found = own(config.environments ?? {}, environment)
  if (found) return found
  throw bad(
    `there is no environment ${environment}`,
    suggestion(environment, Object.keys(config.environments ?? {})),
  )
}

/** The settings of the chosen database. With a URL from flags or environment none has to be configured. */
function chosen(config: Config, over: Layer, asked: string | undefined, given: boolean): Database {
  const names = [...new Set([...Object.keys(config.databases ?? {}), ...Object.keys(over.databases ?? {})])]
  const name = asked ?? (names.length === 1 ? names[0] : undefined)
  if (asked !== undefined && names.length > 0 && !names.includes(asked))
    throw bad(`there is no database ${asked} in the configuration`, suggestion(asked, names))
  if (name !== undefined) return { ...own(config.databases ?? {}, name), ...own(over.databases ?? {}, name) }
  if (names.length < 2 || given) return {}
  throw bad(
    'the configuration has several databases',
    `name one in the plan (database: ${names.join(' or ')}), or give --database`,
  )
}

function find(from: string): string | null {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const file = join(folder, FILE)
    if (existsSync(file)) return file
    if (folder === dirname(folder)) return null
  }
}

function parse(file: string, cwd: string): Config {
  const text = textOf(file)
  if (text === null) throw bad(`there is no file ${file}`, 'check --config')
  return parseConfig(relative(cwd, file) || file, text)
}

/** The file holds secrets only as references. */
function secret(text: string, env: Around['env'], root: string): string {
  return text.replace(/\$\{(env|file):([^}]+)\}/g, (_, kind: string, name: string) => {
    if (kind === 'file') {
      const text = textOf(resolve(root, name))
      if (text !== null) return text.trim()
      throw bad(
        `the configuration refers to a file that is not there or cannot be read: ${name}`,
        'create it with the database URL in it',
      )
    }
    const value = own(env, name)
    if (!value) throw bad(`the configuration needs ${name}`, `set ${name}, or give --url`)
    return value
  })
}

const suggestion = (wanted: string, names: readonly string[]): string => {
  const near = nearest(wanted, names)
  return near
    ? `did you mean ${near}?`
    : names.length
      ? `there are: ${names.join(', ')}`
      : 'the configuration has none'
}

const bad = (message: string, hint: string) => new PlanError('PLAN_CONFIG', message, { hint })
