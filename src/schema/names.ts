/** What the names in an author's text can mean, where a database has more of them than the server's own. Read once, then only data. */
export type Names = {
  /** The schemas in which unqualified names are looked up, in order, behind the server's own. */
  readonly path: readonly string[]
  /** The server's own functions; of these the aggregates and window functions, and those that give several rows. */
  readonly own: readonly string[]
  readonly groups: readonly string[]
  readonly sets: readonly string[]
  /** The server's own operators. */
  readonly operators: readonly string[]
  readonly schemas: readonly {
    readonly name: string
    /** Roles that write to a table that was read, and may not use this schema. PUBLIC is everybody. */
    readonly barred: readonly string[]
    /** Roles beside its owner that may make objects in it. */
    readonly open: readonly string[]
  }[]
  /** Functions outside of the server's own, those of one name together. */
  readonly functions: readonly {
    readonly schema: string
    readonly name: string
    readonly groups: boolean
    readonly sets: boolean
    /** Looks the names in its body up by the path of whoever calls it. */
    readonly pathless: boolean
    /** Gives another value at another time (STABLE), and is somebody's own rather than of an extension. */
    readonly moving?: boolean
    /** Types outside of the server's own among its arguments and results. */
    readonly types: readonly string[]
    readonly barred: readonly string[]
    /** What each function of that name takes, as GRANT wants it. */
    readonly takes?: readonly string[]
  }[]
  readonly foreign: readonly {
    readonly schema: string
    readonly name: string
    readonly types: readonly string[]
  }[]
  /** `base`: with operators of its own, unlike an enum or a domain. */
  readonly types: readonly { readonly schema: string; readonly name: string; readonly base: boolean }[]
  /** Tables and views of the path. */
  readonly relations: readonly { readonly schema: string; readonly name: string }[]
}
