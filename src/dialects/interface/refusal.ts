/** Why a value cannot be used, without its place in the plan. */
export type Refusal = {
  readonly refused: string
  readonly hint: string
  /** The text is not a query that a plan may have. The caller knows what to write instead. */
  readonly noQuery?: true
}
