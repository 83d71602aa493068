/** So many are named. */
const NAMED = 5

/** Who it is, in one line, however many they are. */
export const namesOf = (names: readonly string[]): string =>
  [...names.slice(0, NAMED), ...(names.length > NAMED ? [`${names.length - NAMED} more`] : [])].join(', ')
