import { describe, expect, it } from 'vitest'
import { isTrue } from '../../src/dialects/interface/session.ts'
import { PlanError } from '../../src/errors.ts'
import { describeEachDatabase, openNear, openOn, refusal, type Subject } from '../support/conformance.ts'

/** A database with `things`, and the tool's session there. */
async function things(subject: Subject) {
  const place = await subject.create()
  await place.query(
    'CREATE TABLE things (id int PRIMARY KEY, a varchar(200), b varchar(200), big bigint, yes boolean)',
  )
  await place.query(`INSERT INTO things (id, a) VALUES (1, 'one'), (2, 'two'), (3, 'three')`)
  const engine = await openNear(place)
  const count = async () => Number((await place.query('SELECT COUNT(*) AS n FROM things'))[0]?.['n'])
  return {
    ...place,
    engine,
    session: engine.session,
    count,
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]()
      await place[Symbol.asyncDispose]()
    },
  }
}

const TEXTS = [
  ...['', ' ', ' a ', `it's`, `"`, '`', '\\', `\\'`, `'; DROP TABLE things; --`, '/* */', '# not a comment'],
  ...[
    '$1',
    '$2',
    '?',
    '??',
    ':a',
    '@a',
    '%',
    '_',
    'line\nline\r\n\ttab',
    '\u001a\b',
    'äßЖ中😀',
    'NULL',
    '\\N',
    '\\0',
  ],
]

describeEachDatabase('values', (subject) => {
  it('come back as they went in, through parameters in any order and more than once', async () => {
    await using here = await things(subject)
    const { session } = here
    for (const [index, text] of TEXTS.entries()) {
      const id = 10 + index
      await session.query('INSERT INTO things (b, id, a) VALUES ($2, $1, $2)', [id, text])
      const { rows } = await session.query('SELECT a, b FROM things WHERE a = $2 AND id = $1', [id, text])
      expect(rows, JSON.stringify(text)).toEqual([{ a: text, b: text }])
    }
    expect(await here.query('SELECT a, b FROM things WHERE id >= 10 ORDER BY id')).toEqual(
      TEXTS.map((text) => ({ a: text, b: text })),
    )
  })

  it('take more than nine parameters by their numbers', async () => {
    await using here = await things(subject)
    const ids = Array.from({ length: 12 }, (_, index) => 100 + index)
    const rows = ids.map((_, index) => `($${index + 1})`).reverse()
    await here.session.query(`INSERT INTO things (id) VALUES ${rows.join(', ')}`, ids)
    const found = await here.session.query('SELECT id FROM things WHERE id >= 100 ORDER BY id')
    expect(found.rows.map(({ id }) => id)).toEqual(ids)
  })

  it('leave alone what only looks like a parameter: within a text, a name, a comment', async () => {
    await using here = await things(subject)
    const name = subject.quote('$2')
    const { rows } = await here.session.query(
      `SELECT '$1' AS a, '''$2' AS b, a AS ${name} /* $1 */ FROM things WHERE id = $1 -- $2`,
      [1],
    )
    expect(rows).toEqual([{ a: '$1', b: `'$2`, $2: 'one' }])
  })

  it('are NULL, true and false, and whole numbers that have no room in a double', async () => {
    await using here = await things(subject)
    const { session } = here
    await session.query('UPDATE things SET a = $1, big = $2, yes = $3 WHERE id = 1', [
      null,
      '9223372036854775807',
      true,
    ])
    await session.query('UPDATE things SET big = $1, yes = $2 WHERE id = 2', ['-9007199254740993', false])
    const { rows } = await session.query('SELECT a, big, yes FROM things WHERE id < 3 ORDER BY id')
    expect(rows.map(({ a, big, yes }) => [a, String(big), isTrue(yes)])).toEqual([
      [null, '9223372036854775807', true],
      ['two', '-9007199254740993', false],
    ])
  })

  it('with the character NUL come back too, or are refused', async () => {
    await using here = await things(subject)
    const asked = here.session.query('UPDATE things SET a = $1 WHERE id = 1', ['a\0b'])
    if (subject.keepsNul) await asked
    else expect(await refusal(asked)).toMatchObject({ code: 'PLAN_POISON' })
    const { rows } = await here.session.query('SELECT a FROM things WHERE id = 1')
    expect(rows).toEqual([{ a: subject.keepsNul ? 'a\0b' : 'one' }])
  })
})

describeEachDatabase('a result', (subject) => {
  it('counts the rows that an UPDATE changed, and has none', async () => {
    await using here = await things(subject)
    const change = (where: string) => here.session.query(`UPDATE things SET big = 7 WHERE ${where}`)
    expect(await change('id > 1')).toEqual({ rows: [], count: 2 })
    expect(await change('id > 100')).toEqual({ rows: [], count: 0 })
  })

  it('has the rows of a SELECT in their order, and their number', async () => {
    await using here = await things(subject)
    const { rows, count } = await here.session.query('SELECT id FROM things ORDER BY id DESC')
    expect([rows.map(({ id }) => id), count]).toEqual([[3, 2, 1], 3])
    expect(await here.session.query('SELECT id FROM things WHERE id = 99')).toEqual({ rows: [], count: 0 })
  })
})

describeEachDatabase('a transaction', (subject) => {
  const insert = 'INSERT INTO things (id) VALUES (4)'

  it('is seen by others when it ends, and gives what its work gives', async () => {
    await using here = await things(subject)
    const given = await here.session.transaction({}, async () => {
      await here.session.query(insert)
      return here.count()
    })
    expect([given, await here.count()]).toEqual([3, 4])
  })

  it('leaves nothing when its work throws, throws the same, and the session works on', async () => {
    await using here = await things(subject)
    const { session } = here
    const reason = new Error('somebody changed their mind')
    const error = await refusal(
      session.transaction({}, async () => {
        await session.query(insert)
        throw reason
      }),
    )
    expect([error, await here.count()]).toEqual([reason, 3])
    await session.transaction({}, () => session.query(insert))
    expect(await here.count()).toBe(4)
  })

  it('leaves nothing when a statement of it is refused', async () => {
    await using here = await things(subject)
    const { session } = here
    const error = await refusal(
      session.transaction({}, async () => {
        await session.query(insert)
        await session.query(insert)
      }),
    )
    expect(error).toMatchObject({ code: 'PLAN_DUPLICATE' })
    expect(await here.count()).toBe(3)
  })

  it('is not begun within another one', async () => {
    await using here = await things(subject)
    const { session } = here
    await session.transaction({}, async () => {
      await session.query(insert)
      await refusal(session.transaction({}, async () => undefined))
    })
    expect(await here.count()).toBe(4)
  })

  describe('that only reads', () => {
    it('refuses a write, and the next one writes again', async () => {
      await using here = await things(subject)
      const { session } = here
      const error = await refusal(session.transaction({ readOnly: true }, () => session.query(insert)))
      expect(error).toBeInstanceOf(PlanError)
      expect(await here.count()).toBe(3)
      await session.transaction({}, () => session.query(insert))
      expect(await here.count()).toBe(4)
    })

    it('sees one moment while somebody else commits, and the next one sees every commit', async () => {
      await using here = await things(subject)
      const { session } = here
      const seen = async () =>
        Number((await session.query('SELECT COUNT(*) AS n FROM things')).rows[0]?.['n'])
      const around = async (id: number) => {
        const before = await seen()
        await here.query(`INSERT INTO things (id) VALUES (${id})`)
        return [before, await seen()]
      }
      expect(await session.transaction({ readOnly: true }, () => around(10))).toEqual([3, 3])
      expect(await session.transaction({}, () => around(11))).toEqual([4, 5])
    })
  })
})

describeEachDatabase('a session', (subject) => {
  it('says what it is about to do and what it did, without a value', async () => {
    await using here = await subject.create()
    const said: string[] = []
    await using engine = await openOn(here, { faults: (point) => void said.push(point) })
    await engine.session.query('SELECT $1 AS a', ['secret'])
    expect(said).toEqual(['before SELECT $1 AS a', 'after SELECT $1 AS a'])
  })

  it('that is killed where a test kills it leaves nothing of its transaction', async () => {
    for (const when of ['before', 'after']) {
      await using here = await things(subject)
      const faults = (point: string) => {
        if (point.startsWith(`${when} INSERT`)) throw new Error('killed here')
      }
      const { session } = await openNear(here, { faults })
      await refusal(session.transaction({}, () => session.query('INSERT INTO things (id) VALUES (4)')))
      await session.close()
      expect(await here.count(), when).toBe(3)
    }
  })

  it('has an identity of its own, and a label without the password', async () => {
    await using here = await subject.create()
    await using one = await openOn(here)
    await using two = await openOn(here)
    expect(one.session.backend.started).not.toBe(two.session.backend.started)
    expect(one.session.backend.pid).not.toBe(two.session.backend.pid)
    const { pathname, hostname } = new URL(here.url)
    expect(one.session.label).toContain(pathname.slice(1))
    expect(one.session.label).toContain(hostname)
  })

  it('runs one statement at a call, never several', async () => {
    await using here = await things(subject)
    for (const values of [[], [1]])
      await refusal(
        here.session.query(
          `SELECT id FROM things WHERE id = ${values.length ? '$1' : '1'}; DELETE FROM things`,
          values,
        ),
      )
    expect(await here.count()).toBe(3)
  })
})
