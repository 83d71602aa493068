/** A collection of documents as the compiler knows it. Definitions are the server's own, as Extended JSON with sorted options. */
export type Collection = {
  readonly name: string
  readonly kind: 'collection' | 'view' | 'timeseries'
  /** Compares texts by other rules than their bytes. */
  readonly collation: boolean
  readonly capped: boolean
  /** Clients encrypt some of its fields, as its options or its validator tell them. */
  readonly encrypted?: boolean
  readonly validator: Validator | null
  readonly indexes: readonly CollectionIndex[]
  /** The fields of the shard key; null when the collection is not sharded. */
  readonly shardKey: readonly string[] | null
  /** Views over this collection, with the fields that their pipelines name (`null`: nobody can tell). */
  readonly views: readonly { readonly name: string; readonly fields: readonly string[] | null }[]
  /** Estimates; -1 when the server does not say. */
  readonly documents: number
  readonly bytes: number
  /** What a sample of documents showed: no definition, and never compared. */
  readonly sampled: {
    readonly documents: number
    /** Every document was looked at. */
    readonly all: boolean
    /** Dotted paths; `types` are BSON type names, sorted; `array`: the path lies within an array. */
    readonly fields: readonly {
      readonly path: string
      readonly types: readonly string[]
      readonly array: boolean
    }[]
  }
}

export type CollectionIndex = {
  readonly name: string
  /** The specification as Extended JSON: `{"key":{"last_name":1},"name":"last_name_1"}`. */
  readonly definition: string
  /** Every field it names, in its key or its filter. */
  readonly fields: readonly string[]
  readonly unique: boolean
  readonly hidden: boolean
}

/** A collection's validator with what the server does about it. `rule` is the dialect's text. */
export type Validator = {
  readonly rule: string
  readonly level: 'strict' | 'moderate' | 'off'
  readonly action: 'error' | 'warn' | 'errorAndLog'
}
