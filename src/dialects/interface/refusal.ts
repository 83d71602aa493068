/** A reason why a value cannot be used, without its place in the plan. */
export type Refusal = {
  readonly refused: string
  readonly hint: string
  /** It is no query that a plan can have; who asked knows what else to write. */
  readonly noQuery?: true
}
