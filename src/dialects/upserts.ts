type Race = {
  /** `to contract`; `on` when both indexes stay. */
  readonly until: 'to contract' | 'on'
  readonly indexes: readonly [string, string]
  /** What both sessions do, how one of them fails, what it must retry, and what it finds then. */
  readonly both: string
  readonly fails: string
  /** When the server retries by itself. */
  readonly unless?: string
  readonly again: string
  readonly finds: string
}

/**
 * The warning about two unique indexes with the same values: a server waits, or retries, only at the index that an upsert
 * names.
 */
export const racing = ({ until, indexes: [one, other], both, fails, unless, again, finds }: Race): string =>
  `from enforce ${until} both ${one} and ${other} are unique: where two sessions ${both} the same value in the same moment, one of them ${fails}, which names one of these indexes${unless === undefined ? '' : ` (${unless})`}; it has to run ${again} again, as often as it fails, and then finds the ${finds} of the other one`
