import type { Snapshot } from '../schema/snapshot.ts'
import type { Place } from './place/config.ts'
import { open } from './place/database.ts'
import { contextOf, type Outside } from './place/outside.ts'
import { reading } from './place/reading.ts'

export type SnapshotRequest = Place & {
  /** Schemas to read beside the default one. */
  readonly schemas?: readonly string[] | undefined
}

/** What the compiler needs to know of a database, as plain data. It only reads. */
export async function snapshot(request: SnapshotRequest, outside: Outside = {}): Promise<Snapshot> {
  const context = contextOf(outside)
  await using opened = await open(context, request, 'snapshot')
  return await reading(context, opened, () =>
    opened.engine.inspect({ schemas: [...(request.schemas ?? [])] }),
  )
}
