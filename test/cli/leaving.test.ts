import { spawn, spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { type Bench, bench, describePostgres, done, MAIN, until } from '../support/command.ts'
import { PLAN, rename, users } from '../support/users.ts'

describePostgres('whoever reads what is printed', (server) => {
  it('may leave before it comes: the command does its work and says nothing of it', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    for (const args of [
      ['schema'],
      ['--help'],
      ['compile', PLAN],
      ['advance', PLAN, '--json'],
      ['status'],
      ['log'],
      ['runbook'],
      ['doctor', '--json'],
    ]) {
      const running = here.start(...args)
      running.child.stdout?.destroy()
      const { err } = done(await running.ended)
      expect(err).not.toMatch(/EPIPE|internal error| {4}at /)
    }
    expect(done(await here.plan('log')).out).toContain('phase done')
  })
})

/** The command on a terminal of its own; `types` follows when it asks. */
async function asked(here: Bench, types: string, ...args: readonly string[]) {
  const line = [process.execPath, MAIN, ...args].map((word) => `"${word}"`).join(' ')
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    cwd: here.dir,
    env: { PATH: process.env['PATH'], TERM: 'dumb', PLAN_DATABASE_URL: here.database.url },
  })
  let said = ''
  child.stdout.on('data', (text) => {
    said += String(text)
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  try {
    await until('it asks', async () => said.includes('to go on: ') || child.exitCode !== null)
    child.stdin.write(types)
    return { code: await ended, said }
  } finally {
    child.kill('SIGKILL')
  }
}

const terminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0

describePostgres('a question', (server) => {
  it.skipIf(!terminal)('that is left by Ctrl-C or Ctrl-D ends with 130, and nothing was done', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    done(await here.plan('advance', PLAN, '--until-checkpoint'))
    done(await here.plan('confirm', 'switch-app', '--by', 'me'))
    const before = await here.database.query('SELECT * FROM users ORDER BY id')
    for (const key of ['\u0003', '\u0004']) {
      const { code, said } = await asked(here, key, 'advance', 'rename')
      expect(said).toContain('PLAN_INTERRUPTED')
      expect(said).toContain('the question was not answered')
      expect(said).not.toContain('internal error')
      expect(code).toBe(130)
      expect(await here.database.query('SELECT * FROM users ORDER BY id')).toEqual(before)
    }
    const { code, said } = await asked(here, 'rename\n', 'advance', 'rename')
    expect(said).toContain('rename is done')
    expect(code).toBe(0)
  })
})
