/**
 * The value that a record itself has under a name. Names come from plans and databases: one may be `constructor`,
 * which every object inherits.
 */
export const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined
