import { expect, it } from 'vitest'
import type { Language } from '../../src/dialects/interface/language.ts'
import { describeEachDatabase, openNear, refusal } from '../support/conformance.ts'

describeEachDatabase('the query of a probe', (subject) => {
  it('gives one text of a bounded length, whatever the author wrote', async () => {
    await using here = await subject.create()
    await here.query('CREATE TABLE t (id int PRIMARY KEY, v varchar(20))')
    await here.query("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
    await using engine = await openNear(here)
    const { answer } = engine.language as Language
    const values = async (sql: string) =>
      (await engine.session.query(answer(sql))).rows.map(({ value }) => value)
    expect(await values('select count(*) from t')).toEqual(['2'])
    expect(await values('select max(v) as value from t -- the last one\n;')).toEqual(['b'])
    expect(await values('with x as (select 1.50 as a) select a from x')).toEqual(['1.50'])
    expect(await values('select v from t where id > 2')).toEqual([])
    expect(await values('select null')).toEqual([null])
    expect(await values('select v from t order by id desc limit 1')).toEqual(['b'])
    expect(await values('select v from t union all select v from t')).toHaveLength(2)
    expect((await values("select repeat('x', 100000)"))[0]).toHaveLength(10_000)
    expect(await refusal(values('select id, v from t'))).toMatchObject({ code: 'PLAN_DATABASE' })
  })
})
