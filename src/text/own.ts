/** What a record itself has under a name: names come from plans and databases, and `constructor` is one of them. */
export const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined
