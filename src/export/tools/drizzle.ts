import { createHash } from 'node:crypto'
import { PlanError } from '../../errors.ts'
import type { Folder, Tool, ToolFile, ToolRecord } from '../tool.ts'
import { SQL } from './shared.ts'

/** Where drizzle-kit before 1.0 lists the migrations. Source of the formats: what its `generate --custom` writes. */
const JOURNAL = 'meta/_journal.json'

/** A migration as the journal lists it. `when`: milliseconds since 1970. */
type Entry = {
  readonly idx: number
  readonly version: string
  readonly when: number
  readonly tag: string
  readonly breakpoints: boolean
}

type Journal = { readonly version: string; readonly entries: readonly Entry[] }

/** Since 1.0 each migration is a folder, with the schema that it leads to. */
const snapshots: ToolRecord = {
  with: (folder, migrations) => {
    let before = folder.entries
      .map((entry) => `${entry}/snapshot.json`)
      .filter((path) => folder.text(path))
      .at(-1)
    let last = before === undefined ? null : folder.text(before)
    const added: ToolFile[] = []
    for (const { path } of migrations) {
      const name = path.replace('/migration.sql', '')
      const file = `${name}/snapshot.json`
      if (folder.text(file) !== null) continue
      const { id, ...schema } = read(folder, before ?? file, last)
      last = JSON.stringify({ ...schema, id: idOf(id, name), prevIds: [id] }, null, 2)
      before = file
      added.push({ path: file, text: last })
    }
    return added
  },
}

/** Before 1.0 a journal lists all files, and each has its schema beside the journal. */
const journal: ToolRecord = {
  read: (folder) => {
    const { entries } = journalOf(folder)
    const newest = Math.max(0, ...entries.map(({ when }) => when))
    return {
      newest: newest > 0 ? new Date(newest) : null,
      next: Math.max(-1, ...entries.map(({ idx }) => idx)) + 1,
    }
  },
  with: (folder, migrations) => {
    const whole = journalOf(folder)
    const listed = whole.entries.map(({ tag }) => tag)
    const more = migrations
      .map(({ path, at }) => ({ tag: path.replace('.sql', ''), when: at.getTime() }))
      .filter(({ tag }) => !listed.includes(tag))
    if (more.length === 0) return []
    const { next } = journal.read?.(folder) ?? { next: 0 }
    const entries = more.map(
      ({ tag, when }, index): Entry => ({
        ...{ idx: next + index, version: whole.version, when, tag, breakpoints: true },
      }),
    )
    let [before, last] = lastSnapshot(folder, whole)
    const schemas = more.map(({ tag }): ToolFile => {
      const { id, ...schema } = read(folder, before, last)
      const { prevId: _, ...rest } = schema
      last = JSON.stringify({ id: idOf(id, tag), prevId: id, ...rest }, null, 2)
      before = `meta/${tag.split('_')[0]}_snapshot.json`
      return { path: before, text: last }
    })
    // The journal comes last: what it does not list, the tool does not look at.
    const text = JSON.stringify({ ...whole, entries: [...whole.entries, ...entries] }, null, 2)
    return [...schemas, { path: JOURNAL, text }]
  },
}

function lastSnapshot(folder: Folder, { entries }: Journal): [path: string, text: string | null] {
  const paths = entries.map(({ tag }) => `meta/${tag.split('_')[0]}_snapshot.json`)
  const path = paths.findLast((one) => folder.text(one) !== null) ?? paths.at(-1) ?? JOURNAL
  return [path, folder.text(path)]
}

/** An id that is the same whenever the same is exported. */
function idOf(before: string, name: string): string {
  const hex = createHash('sha256').update(`${before} ${name}`).digest('hex')
  return [
    ...[hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`],
    ...[`a${hex.slice(17, 20)}`, hex.slice(20, 32)],
  ].join('-')
}

const journalOf = (folder: Folder): Journal => {
  const { version, entries, ...rest } = parsed(folder, JOURNAL, folder.text(JOURNAL))
  if (typeof version === 'string' && Array.isArray(entries)) return { version, ...rest, entries }
  throw unreadable(folder, JOURNAL)
}

function read(
  folder: Folder,
  path: string,
  text: string | null,
): { readonly id: string; readonly [key: string]: unknown } {
  if (text === null) throw empty(folder)
  const { id, ...rest } = parsed(folder, path, text)
  if (typeof id === 'string') return { id, ...rest }
  throw unreadable(folder, path)
}

function parsed(folder: Folder, path: string, text: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? '')
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return { ...value }
  } catch {}
  throw unreadable(folder, path)
}

const empty = ({ shown }: Folder): PlanError =>
  new PlanError('PLAN_USAGE', `${shown} has no migration of Drizzle yet`, {
    hint: 'npx drizzle-kit generate writes the first one: each further one builds upon it',
  })

const unreadable = ({ shown }: Folder, path: string): PlanError =>
  new PlanError('PLAN_USAGE', `${shown}/${path} is not as drizzle-kit writes it`, {
    hint: 'npx drizzle-kit check says what is wrong with it',
  })

const common = {
  name: 'drizzle',
  title: 'Drizzle',
  dialects: SQL,
  folder: 'drizzle',
  template: 'drizzle.sql.hbs',
  back: null,
  run: 'npx drizzle-kit migrate',
  notes: [
    'drizzle-kit before 1.0 does not say why a file fails: migrate() of drizzle-orm does, in the cause of its error',
    'Drizzle has no way back: plan adopt, then plan rollback',
    'its snapshots are copies of the last one: change the schema in TypeScript as well, and look at what drizzle-kit generate makes of that',
  ],
} satisfies Partial<Tool>

export const drizzle: Tool = {
  ...common,
  stamp: 'seconds',
  path: ({ stamp, name }) => `${stamp}_${name}/migration.sql`,
  within: (folder) => (folder.text(JOURNAL) === null ? drizzle : journalled(folder)),
  record: snapshots,
}

/** Files by numbers or by times, as `migrations.prefix` of its configuration has it. */
const journalled = (folder: Folder): Tool => {
  const last = journalOf(folder).entries.at(-1)?.tag
  if (last === undefined) throw empty(folder)
  if (!/^(\d{4}|\d{14})_/.test(last))
    throw new PlanError(
      'PLAN_UNSUPPORTED',
      `${folder.shown} has files such as ${last}.sql, which have no number`,
      {
        hint: 'set migrations.prefix of drizzle.config to index or timestamp',
      },
    )
  return {
    ...common,
    stamp: /^\d{14}_/.test(last) ? 'seconds' : 'number',
    path: ({ stamp, name }) => `${stamp}_${name}.sql`,
    record: journal,
  }
}
