/** What names in an author's text can mean on a server with more than built-in objects. Read once, then only data. */
export type Names = {
  /** The schemas in which unqualified names are looked up, in order, after the server's own schema. */
  readonly path: readonly string[]
  /**
   * The server's own functions. `groups` are the aggregates and window functions among them, `sets` those that return
   * several rows.
   */
  readonly own: readonly string[]
  readonly groups: readonly string[]
  readonly sets: readonly string[]
  /** The server's own operators. */
  readonly operators: readonly string[]
  readonly schemas: readonly {
    readonly name: string
    /** Roles that can write to one of the inspected tables but may not use this schema. PUBLIC is everybody. */
    readonly barred: readonly string[]
    /** Roles other than the owner that may create objects in the schema. */
    readonly open: readonly string[]
  }[]
  /** Functions that are not the server's own; one entry for all that share a name. */
  readonly functions: readonly {
    readonly schema: string
    readonly name: string
    readonly groups: boolean
    readonly sets: boolean
    /** The function looks up the names in its body by its caller's search path. */
    readonly pathless: boolean
    /** The function can give another value at another time (STABLE) and belongs to a user, not to an extension. */
    readonly moving?: boolean
    /** Types among its arguments and results that are not the server's own. */
    readonly types: readonly string[]
    readonly barred: readonly string[]
    /** The argument list of each function of that name, as GRANT wants it. */
    readonly takes?: readonly string[]
  }[]
  readonly foreign: readonly {
    readonly schema: string
    readonly name: string
    readonly types: readonly string[]
  }[]
  /** `base`: the type has operators of its own, unlike an enum or a domain. */
  readonly types: readonly { readonly schema: string; readonly name: string; readonly base: boolean }[]
  /** Tables and views in the schemas of the path. */
  readonly relations: readonly { readonly schema: string; readonly name: string }[]
}
