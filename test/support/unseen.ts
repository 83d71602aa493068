/** Does the work in a transaction that leaves nothing behind. */
export async function unseen(
  database: { readonly query: (sql: string) => Promise<unknown> },
  work: () => Promise<void>,
): Promise<void> {
  await database.query('BEGIN')
  try {
    await work()
  } finally {
    await database.query('ROLLBACK')
  }
}
