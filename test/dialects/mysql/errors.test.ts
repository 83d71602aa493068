import { describe, expect, it } from 'vitest'
import { recognise } from '../../../src/dialects/mysql/connect/errors.ts'

const refusedWith = (errno: number) =>
  recognise({ errno, sqlState: '0A000', sqlMessage: 'no' }, 'it', 'ALTER TABLE `t` ADD COLUMN `a` int')

describe('what a server would do only by copying the table', () => {
  it.each([1845, 1846, 1847])('leaves a way out that helps: error %i is not mended by FORCE', (errno) => {
    const { code, hint } = refusedWith(errno)
    expect(code).toBe('PLAN_REWRITE')
    expect(hint).toMatch(/take away what the server names .* or roll back .*through a copy of the table/)
    expect(hint).not.toContain('FORCE')
  })

  it.each([1069, 1117])('or has no room for is not mended by FORCE: error %i', (errno) => {
    const { code, hint } = refusedWith(errno)
    expect(code).toBe('PLAN_REWRITE')
    expect(hint).toMatch(/drop columns or indexes that nobody uses, or make columns shorter/)
    expect(hint).not.toContain('FORCE')
  })

  it('whose rows have no room is told of both ways to make some', () => {
    const { code, hint } = refusedWith(1118)
    expect(code).toBe('PLAN_REWRITE')
    expect(hint).toMatch(/FORCE, ALGORITHM=INPLACE, LOCK=NONE .* or make columns shorter/)
  })

  it.each([4092, 4158])('for instant changes used up is mended by FORCE: error %i', (errno) => {
    expect(refusedWith(errno)).toMatchObject({ code: 'PLAN_REWRITE', hint: expect.stringContaining('FORCE') })
  })
})
