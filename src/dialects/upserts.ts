type Race = {
  /** `to contract`, or nothing more where both indexes stay. */
  readonly until: 'to contract' | 'on'
  readonly indexes: readonly [string, string]
  /** What both sessions do, how one of them fails, what it has to do again, and what it finds then. */
  readonly both: string
  readonly fails: string
  /** When the server does that by itself. */
  readonly unless?: string
  readonly again: string
  readonly finds: string
}

/** Two unique indexes have the same values, and a server waits, or tries again by itself, at the one that an upsert names. */
export const racing = ({ until, indexes: [one, other], both, fails, unless, again, finds }: Race): string =>
  `from enforce ${until} both ${one} and ${other} are unique: where two sessions ${both} the same value in the same moment, one of them ${fails}, which names one of these indexes${unless === undefined ? '' : ` (${unless})`}; it has to run ${again} again, as often as it fails, and then finds the ${finds} of the other one`
