import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { bench, describePostgres, done, refused } from '../support/command.ts'
import { PLAN, planFile, rename, users } from '../support/users.ts'

/** Moves the cursor, colours, turns the text around, ends a line where nobody sees it. */
const ODD = '\u001b[2J\u009b31m\u202eevil\u2066\u200f\u061c\u007f'
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

describePostgres('what names, keys and comments hold', (server) => {
  it('is seen and does nothing, on the terminal and in files', async () => {
    const column = `last\u009b31m\u202eevil\u2066\u200f; DROP TABLE users; -- name`
    const quoted = `"${column}"`
    await using here = await bench(
      server,
      [
        ...users(),
        `ALTER TABLE users RENAME last_name TO ${quoted}`,
        `COMMENT ON COLUMN users.${quoted} IS '${ODD}'`,
      ],
      {
        [PLAN]: planFile(
          'odd',
          [`rename_column: { table: users, from: ${JSON.stringify(column)}, to: family_name }`],
          `description: ${JSON.stringify(`One${ODD}`)}\nowners: [${JSON.stringify(ODD)}]\ninvariants: [{ name: ${JSON.stringify(`in\n${ODD}`)}, sql: "select 1 where false" }]\n`,
        ),
      },
    )
    const printed: string[] = []
    const run = async (...args: string[]) => {
      const ended = await here.plan(...args)
      printed.push(ended.out, ended.err)
      return ended
    }
    const names = ['program.json', 'expand.sql', 'verify.sql', 'contract.sql', 'undo.sql', 'RUNBOOK.md']
    done(await run('compile', PLAN))
    done(await run('compile', PLAN, '--check'))
    done(await run('advance', PLAN, '--until-checkpoint', '--json'))
    for (const args of [['status'], ['log'], ['runbook'], ['doctor'], ['snapshot'], ['advance', '--dry-run']])
      done(await run(...args))
    await here.write(PLAN, `${await here.read(PLAN)}${JSON.stringify(`key${ODD}`)}: 1\n`)
    refused(await run('compile', PLAN), 2, 'PLAN_INVALID', 'u001b')
    await run('advance', ODD)
    for (const name of names) printed.push(readFileSync(join(here.dir, 'plans/odd', name), 'utf8'))
    for (const text of printed) expect(text).not.toMatch(OBEYED)
    expect(printed.join('')).toContain('\\u202eevil')
    expect(JSON.parse(await here.read('plans/odd/program.json'))).toMatchObject({ plan: { name: 'odd' } })
  })
})

describePostgres('a place to write to', (server) => {
  it('that is no ordinary folder or file is refused, and nothing is written through it', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename(), 'a-file': 'mine', 'shut/x': '' })
    const at = (path: string) => join(here.dir, path)
    symlinkSync(at('loop'), at('loop'))
    symlinkSync(at('a-file'), at('link'))
    mkdirSync(at('folder'))
    symlinkSync(at('folder'), at('folder-link'))
    execFileSync('mkfifo', [at('pipe')])
    const socket = createServer().listen(at('socket'))
    try {
      const compileTo = (out: string) => here.plan('compile', PLAN, '--out', out)
      const wrong = [
        '/proc/self/x',
        '/proc/self/fd',
        '/sys/x',
        '/dev/x',
        'a-file',
        'a-file/x',
        'pipe',
        'socket',
      ]
      for (const out of [...wrong, 'loop', 'loop/x', 'link', 'folder-link', `${'n'.repeat(300)}`])
        refused(await compileTo(out), 2, 'PLAN_USAGE', `cannot write ${out}`)
      for (const command of ['snapshot', 'runbook'])
        for (const out of [
          '/proc/self/x',
          '/dev/null',
          'folder',
          'link',
          'pipe',
          'socket',
          'loop',
          'none/x',
          'a-file/x',
        ])
          refused(
            await here.plan(...(command === 'runbook' ? ['runbook', PLAN] : [command]), '--out', out),
            2,
            'PLAN_USAGE',
            `cannot write ${out}: `,
          )
      expect(await here.read('a-file')).toBe('mine')
    } finally {
      socket.close()
    }
    done(await here.plan('compile', PLAN, '--out', 'new/and/deep'))
    // Who can write beside the plan must not make us write elsewhere.
    done(await here.plan('compile', PLAN))
    execFileSync('rm', [at('plans/rename/RUNBOOK.md')])
    symlinkSync(at('a-file'), at('plans/rename/RUNBOOK.md'))
    refused(await here.plan('compile', PLAN), 2, 'PLAN_USAGE', 'RUNBOOK.md: it is a link to somewhere else')
    expect(await here.read('a-file')).toBe('mine')
  })

  it('or to read from is refused as well', async () => {
    await using here = await bench(server, users(), {
      [PLAN]: rename(),
      'plan.config.yaml': `databases: { main: { url: "$\{file:plans}" } }\n`,
    })
    refused(await here.planWith({ env: { PLAN_DATABASE_URL: '' } }, 'status'), 2, 'PLAN_CONFIG', 'plans')
    for (const file of ['/dev/zero', 'plans', '/proc/self/mem'])
      refused(await here.plan('compile', file), 2, 'PLAN_USAGE', 'cannot read')
    refused(await here.plan('compile', PLAN, '--snapshot', '/dev/zero'), 2, 'PLAN_USAGE', 'not a snapshot')
    refused(await here.plan('status', '--config', 'plans'), 2, 'PLAN_CONFIG', 'plans')
    refused(await here.plan('status', '--env', 'constructor'), 2, 'PLAN_CONFIG', 'no environment constructor')
    refused(await here.plan('constructor'), 2, 'PLAN_USAGE', 'constructor')
  })
})

describePostgres('columns and tables', (server) => {
  it('with names of every language are changed like others', async () => {
    const NAMES = ['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf', 'имя', 'a"b; --']
    await using here = await bench(server, [
      `CREATE TABLE "constructor" (id int PRIMARY KEY, ${NAMES.map((name) => `"${name.replace('"', '""')}" text DEFAULT 'x'`).join(', ')})`,
      'INSERT INTO "constructor" VALUES (1)',
    ])
    const intents = NAMES.map(
      (name, index) =>
        `rename_column: { table: constructor, from: ${JSON.stringify(name)}, to: new_${index} }`,
    )
    await here.write(PLAN, planFile('names', intents))
    done(await here.plan('advance', PLAN, '--until-checkpoint'))
    done(await here.plan('confirm', 'switch-app', '--by', 'me'))
    done(await here.plan('advance', '--yes'))
    expect(await here.database.query('SELECT * FROM "constructor"')).toEqual([
      Object.fromEntries([['id', 1], ...NAMES.map((_, index) => [`new_${index}`, 'x'])]),
    ])
  })

  it('that nobody could tell apart in a report are refused', async () => {
    await using here = await bench(server, [...users(), 'ALTER TABLE users ADD COLUMN "a\tb" text'])
    for (const name of ['a\tb', 'a\nb', 'a\u001bb']) {
      const odd = JSON.stringify(name)
      await here.write(PLAN, planFile('odd', [`rename_column: { table: users, from: email, to: ${odd} }`]))
      refused(await here.plan('compile', PLAN), 2, 'PLAN_INVALID', 'control')
    }
    for (const from of ['"a\\tb"', 'email']) {
      await here.write(PLAN, planFile('odd', [`rename_column: { table: users, from: ${from}, to: other }`]))
      refused(await here.plan('compile', PLAN), 2, 'PLAN_UNSUPPORTED', '"a\\tb": a name cannot hold control')
    }
  })
})
