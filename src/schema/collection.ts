/** A collection of documents as the compiler knows it. Definitions are the server's own, as Extended JSON with sorted options. */
export type Collection = {
  readonly name: string
  readonly kind: 'collection' | 'view' | 'timeseries'
  /** The collection compares texts by a collation instead of by their bytes. */
  readonly collation: boolean
  readonly capped: boolean
  /** Clients encrypt some of its fields, as its options or its validator show. */
  readonly encrypted?: boolean
  readonly validator: Validator | null
  readonly indexes: readonly CollectionIndex[]
  /** The fields of the shard key; null when the collection is not sharded. */
  readonly shardKey: readonly string[] | null
  /** Views over this collection, and the fields that their pipelines name (`null`: that cannot be told). */
  readonly views: readonly { readonly name: string; readonly fields: readonly string[] | null }[]
  /** An estimate; -1 when the server does not give one. */
  readonly documents: number
  readonly bytes: number
  /** What a sample of documents showed. This is no definition and is never compared. */
  readonly sampled: {
    readonly documents: number
    /** The sample covers every document. */
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
  /** Every field that its key or its filter names. */
  readonly fields: readonly string[]
  readonly unique: boolean
  readonly hidden: boolean
}

/** A collection's validator and what the server does with documents that break it. `rule` is the dialect's text. */
export type Validator = {
  readonly rule: string
  readonly level: 'strict' | 'moderate' | 'off'
  readonly action: 'error' | 'warn' | 'errorAndLog'
}
