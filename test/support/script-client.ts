import mysql from 'mysql2/promise'
import pg from 'pg'

/** Runs a script file statement by statement on one connection, as psql and mysql do. */
export async function runScript(url: string, text: string): Promise<void> {
  const run = /^postgres/.test(url) ? await postgres(url) : await mariadb(url)
  try {
    for (const statement of statementsIn(text)) await run.query(statement)
  } finally {
    await run.end()
  }
}

async function postgres(url: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return { query: (text: string) => client.query(text), end: () => client.end() }
}

async function mariadb(url: string) {
  const connection = await mysql.createConnection(url.replace(/^mariadb:/, 'mysql:'))
  return { query: (text: string) => connection.query(text), end: () => connection.end() }
}

/** What the clients take for one word: a comment, a text or name in quotes, a text in dollar quotes. */
const WORD =
  /--[^\n]*|'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|(\$[A-Za-z_]?\w*\$)[\s\S]*?\1|[\s\S]/gy

/** The statements of a script. A line DELIMITER says what ends the ones behind it. */
function statementsIn(text: string): string[] {
  const found: string[] = []
  let [delimiter, statement] = [';', '']
  for (let at = 0; at < text.length; ) {
    const change = /^DELIMITER (\S+)\n/.exec(text.slice(at, at + 40))
    if (change && statement.trim() === '') {
      delimiter = change[1] ?? ';'
      at += change[0].length
    } else if (text.startsWith(delimiter, at)) {
      found.push(statement)
      statement = ''
      at += delimiter.length
    } else {
      WORD.lastIndex = at
      const word = WORD.exec(text)?.[0] ?? text.slice(at)
      if (!word.startsWith('--')) statement += word
      at += word.length
    }
  }
  return [...found, statement].map((one) => one.trim()).filter((one) => one !== '')
}
