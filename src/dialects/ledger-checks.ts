/** How many names are listed. */
const NAMED = 5

/** The names in one line, however many there are. */
export const namesOf = (names: readonly string[]): string =>
  [...names.slice(0, NAMED), ...(names.length > NAMED ? [`${names.length - NAMED} more`] : [])].join(', ')
