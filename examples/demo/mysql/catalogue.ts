import type { Connection, RowDataPacket } from 'mysql2/promise'

/** All but the tables of the tool's own ledger, which stand beside those of the application here. */
const OURS = "NOT LIKE 'plan\\_%'"

/** Where each kind of thing is listed, and how it is shown. */
const LISTS = [
  {
    list: `SELECT TABLE_NAME AS name FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' AND TABLE_NAME ${OURS}`,
    show: 'TABLE',
  },
  {
    list: 'SELECT TABLE_NAME AS name FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()',
    show: 'VIEW',
  },
  {
    list: 'SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()',
    show: 'TRIGGER',
  },
  {
    list: `SELECT ROUTINE_NAME AS name FROM information_schema.ROUTINES
      WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE = 'FUNCTION'`,
    show: 'FUNCTION',
  },
] as const

export async function catalogue(client: Connection): Promise<string[]> {
  const lines: string[] = []
  for (const { list, show } of LISTS) {
    const [things] = await client.query<RowDataPacket[]>(list)
    for (const { name } of things) {
      const [[row]] = await client.query<RowDataPacket[]>(`SHOW CREATE ${show} \`${name}\``)
      lines.push(...definition(`${show.toLowerCase()} ${name}`, row ?? {}))
    }
  }
  return lines.sort()
}

/** The server's own statement, a line of it each: the place of an index among the others says nothing. */
function definition(what: string, row: Readonly<Record<string, unknown>>): string[] {
  const found = Object.entries(row).find(([column]) => /^(Create \w+|SQL Original Statement)$/.test(column))
  return String(found?.[1])
    .replace(/ AUTO_INCREMENT=\d+/, '')
    .split('\n')
    .map((line) => `${what}: ${line.trim().replace(/,$/, '')}`)
}
