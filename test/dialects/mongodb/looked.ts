import type { Check } from '../../../src/dialects/interface/check.ts'
import { preflight } from '../../../src/dialects/mongodb/preflight/preflight.ts'
import { opened } from './hooked.ts'

/** What is found for the collection `people` (or others) of the database. */
export async function look(
  { url }: { readonly url: string },
  names: readonly string[] = ['people'],
  converted = false,
) {
  await using session = await opened({ url })
  const tables = names.map((name) => ({ schema: session.db.databaseName, name }))
  return await preflight(session, tables, 'plan', converted ? tables : [])
}

export const notOk = (checks: readonly Check[]) =>
  checks.filter(({ outcome }) => outcome !== 'ok').map(({ name, outcome }) => `${name} ${outcome}`)

export const one = (checks: readonly Check[], name: string) => checks.find((check) => check.name === name)
