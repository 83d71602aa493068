// Backfill profile with plain SQL. usage: profile.mts kind rounds
import mysql from 'mysql2/promise'
import { createBase, fresh, settle, start, connected } from './mysql/database.ts'
import { expand, workplace } from './tool.ts'
import { mkdtempSync, readFileSync } from 'node:fs'
const [kind = 'mysql', rounds = '2', only] = process.argv.slice(2)
const ROWS = 200_000, N = Number(process.env['BATCH'] ?? 5000)
await using server = await start(kind as 'mysql')
await createBase(server, ROWS)
const cwd = workplace(mkdtempSync('/tmp/prof-'))
const pid = readFileSync(server.dataDir + '/server.pid', 'utf8').trim()
const cpu = () => { const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' '); return (Number(f[11]) + Number(f[12])) * 10 }
const own = () => process.cpuUsage()
const walls = new Map<string, number[]>()
type Opt = { trig?: boolean; nulls?: boolean; cast?: boolean; boundary?: 'none'|'plain'|'forupdate'|'nowait'; ledger?: boolean; tx?: boolean; rc?: boolean; small?: boolean; mark?: boolean; upto?: boolean; fence?: boolean }
async function run(o: any): Promise<number> {
  const url = await fresh(server)
  await expand(cwd, url)
  if (!o.trig) await connected(url, async (c) => { const [t] = await c.query('SHOW TRIGGERS'); for (const x of t as any[]) await c.query(`DROP TRIGGER ${x.Trigger}`) })
  await settle(url)
  return connected(url, async (c) => {
    if (o.rc) await c.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED')
    await c.query('SET @plan_backfill = 1')
    await c.query('CREATE TABLE IF NOT EXISTS led (id int primary key, upto varchar(100), n int)')
    await c.query("INSERT INTO led VALUES (1,'',0)")
    const v = (x: number) => o.cast ? `CAST('${x}' AS UNSIGNED)` : String(x)
    const t0 = performance.now(); const c0 = cpu(); const end = () => { const w = performance.now() - t0; walls.set(o.name, [...(walls.get(o.name) ?? []), w]); return cpu() - c0 }
    if ((o as any).single) { await c.query('UPDATE users SET family_name = last_name' + (o.nulls ? ' WHERE family_name IS NULL AND last_name IS NOT NULL' : '')); return end() }
    for (let from = 0; from < ROWS; ) {
      if (o.tx) await c.query('START TRANSACTION')
      if (o.fence) await c.query('SELECT epoch, run FROM plan_plans WHERE name = \'rename-last-name\' FOR UPDATE')
      if (o.mark) await c.query('SET @plan_backfill = 1')
      let to = Math.min(ROWS, from + N)
      if (o.boundary && o.boundary !== 'none') {
        const lock = o.boundary === 'plain' ? '' : o.boundary === 'forupdate' ? 'FOR UPDATE' : 'FOR UPDATE NOWAIT'
        const [r] = await c.query(`SELECT CAST(id AS CHAR) k0 FROM users FORCE INDEX (PRIMARY) WHERE id <= ${v(ROWS)} AND id > ${v(from)} ORDER BY id LIMIT ${N - 1}, 1 ${lock}`)
        to = Number((r as any[])[0]?.k0 ?? ROWS)
      }
      await c.query(`UPDATE users FORCE INDEX (PRIMARY) SET family_name = (last_name) WHERE ${o.nulls ? '(family_name IS NULL AND (last_name IS NOT NULL)) AND ' : ''}id <= ${v(to)} AND id > ${v(from)}`)
      if (o.ledger) await c.query(`UPDATE led SET upto = '${to}', n = n + 1 WHERE id = 1`)
      if (o.tx) await c.query('COMMIT')
      from = to
    }
    return end()
  })
}
const cases: [string, any][] = [
  ['single UPDATE', { single: true }],
  ['single UPDATE + WHERE empty', { single: true, nulls: true }],
  ['single UPDATE + triggers', { single: true, trig: true }],
  ['ranges, autocommit', {}],
  ['ranges + READ COMMITTED', { rc: true }],
  ['ranges + rc + WHERE empty', { rc: true, nulls: true }],
  ['ranges + rc + empty + CAST', { rc: true, nulls: true, cast: true }],
  ['.. + boundary plain', { rc: true, nulls: true, cast: true, boundary: 'plain', tx: true }],
  ['.. + boundary FOR UPDATE', { rc: true, nulls: true, cast: true, boundary: 'forupdate', tx: true }],
  ['.. + boundary FOR UPDATE NOWAIT', { rc: true, nulls: true, cast: true, boundary: 'nowait', tx: true }],
  ['.. + fence + ledger + mark', { rc: true, nulls: true, cast: true, boundary: 'nowait', tx: true, ledger: true, fence: true, mark: true }],
  ['.. + triggers (all)', { rc: true, nulls: true, cast: true, boundary: 'nowait', tx: true, ledger: true, fence: true, mark: true, trig: true }],
  ['all, plain boundary (no locking read)', { rc: true, nulls: true, cast: true, boundary: 'plain', tx: true, ledger: true, fence: true, mark: true, trig: true }],
]
const got = new Map<string, number[]>()
for (let r = 0; r < Number(rounds); r++) for (const [name, o] of cases) { if (only && !name.includes(only)) continue; const ms = await run({ ...o, name }); got.set(name, [...(got.get(name) ?? []), ms]); }
const base = Math.min(...(got.get('single UPDATE') ?? [NaN]))
for (const [name, all] of got) console.log(name.padEnd(42), all.map((x) => (x/1000).toFixed(2)).join(' '), '  x', (Math.min(...all)/base).toFixed(2), '   wall', (walls.get(name) ?? []).map((x) => (x/1000).toFixed(2)).join(' '))
