import type { Db, Document } from 'mongodb'

/** All but the collections of the tool's own ledger, which stand beside those of the application here. */
const isOurs = (name: string): boolean => /^(plan_|system\.)/.test(name)

/**
 * Validators, indexes and views, and which fields documents have: that is the schema, too. A line for each thing, and one
 * for each word of a validator.
 */
export async function catalogue(db: Db): Promise<string[]> {
  const lines: string[] = []
  for (const { name, type, options = {} } of (await db.listCollections().toArray()) as Document[]) {
    if (isOurs(name)) continue
    lines.push(`${type} ${name}`, ...leaves(`${type} ${name}`, options))
    if (type === 'collection') lines.push(...(await indexes(db, name)), ...(await fields(db, name)))
  }
  return lines.sort()
}

async function indexes(db: Db, name: string): Promise<string[]> {
  const found: Document[] = await db.collection(name).indexes()
  return found.map(({ v: _, ns: __, key, ...options }) => {
    const said = [`key ${JSON.stringify(key)}`, ...leaves('', options).sort()]
    return `index of ${name}: ${said.join(',')}`
  })
}

async function fields(db: Db, name: string): Promise<string[]> {
  const found = await db
    .collection(name)
    .aggregate<{ _id: string }>([
      { $project: { field: { $objectToArray: '$$ROOT' } } },
      { $unwind: '$field' },
      { $group: { _id: '$field.k' } },
    ])
    .toArray()
  return found.map(({ _id }) => `documents of ${name} have ${_id}`)
}

/** In the order of their names: that of the server says nothing. */
function leaves(path: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [`${path} ${JSON.stringify(value)}`]
  return Object.entries(value).flatMap(([name, inner]) => leaves(`${path} ${name}`, inner))
}
