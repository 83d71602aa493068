import type { Db, Document } from 'mongodb'
import type { MongoStage } from './mongo-lives.ts'

/** What a document means, whichever shape it has; undefined: it has none of the fields. */
export type Meaning = unknown

/** A change of one collection, carried through as a whole, back from everywhere, and through crashes. */
export type MongoLife = {
  readonly name: string
  readonly collection: string
  /** Beside an empty collection: validator, indexes, views. */
  readonly setup?: (db: Db) => Promise<unknown>
  /** Intents of the plan, as YAML. */
  readonly intents: string
  /** Other keys of the plan, as YAML. */
  readonly more?: string
  /** What the documents mean that are there in the beginning, and what clients write. */
  readonly meanings: readonly Meaning[]
  /** The top-level fields that hold a meaning in each shape; a field left out is missing. */
  readonly old: (meaning: Meaning) => Document
  readonly fresh: (meaning: Meaning) => Document
  /** The top-level fields of each shape. */
  readonly oldFields: readonly string[]
  readonly freshFields: readonly string[]
  /**
   * What somebody with an idle database would have typed; says how validator and indexes must look in the end. null: nobody
   * would have.
   */
  readonly target: ((db: Db) => Promise<unknown>) | null
  /** After the seal a writer of only the old shape is refused. */
  readonly sealed?: boolean
  /** What is refused from then on, as well. */
  readonly refuses?: Document
  /** What the version between writes, where that is not both shapes in one. */
  readonly dual?: (meaning: Meaning) => Document
  /** The meaning of a document once a version wrote it; `before` is undefined for a new one. Otherwise what it wrote. */
  readonly means?: (version: Version, meaning: Meaning, before: Meaning) => Meaning
  /** What is left of a meaning when the plan is undone. Otherwise all of it. */
  readonly undone?: (meaning: Meaning) => Meaning
  /** Clients write these instead of `meanings`: no other document has the same. */
  readonly next?: (n: number) => Meaning
  /** Where going back is tried from; the last one is the last place from which there is a way back. */
  readonly from?: readonly From[]
  /** Who is at work once a place is reached, where it is not those of `AT_WORK`. */
  readonly atWork?: Partial<Record<From | 'end', readonly Version[]>>
  /** The collection has this name in the end. */
  readonly renamed?: string
  /** What readers find that were forgotten, once the plan enforces its wish. */
  readonly reads?: (stage: MongoStage) => Promise<void>
  /** How long the retired shape is held, milliseconds. */
  readonly held?: number
  /** What else must be so in the end. */
  readonly proves?: (stage: MongoStage) => Promise<void>
}

/** Where a life goes back from; `retired`: writers need not write the old shape any more. */
export type From = 'expand' | 'backfill' | 'enforce' | 'verify' | 'retired'

/** Which version of the application: the one before, the one that writes both shapes, the last one. */
export type Version = 'old' | 'dual' | 'fresh'

/** Who is at work once a place is reached. */
export const AT_WORK: Readonly<Record<From | 'end', readonly Version[]>> = {
  expand: ['old', 'dual', 'old'],
  backfill: ['dual'],
  enforce: ['dual'],
  verify: ['dual'],
  retired: ['dual', 'fresh'],
  end: ['fresh'],
}
