/** Reasons why a value may fail, worded alike for all databases. */
export const PARTIAL = {
  map: 'map fails for a value that has no case',
  unknown: 'it is not known to give a value for every row',
} as const
