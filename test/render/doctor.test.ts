import { expect, it } from 'vitest'
import type { Check } from '../../src/dialects/interface/check.ts'
import { doctorText } from '../../src/render/doctor.ts'

const check = (name: string, outcome: Check['outcome'], says: string): Check => ({
  name,
  outcome,
  says,
  hint: `do something about the ${name}`,
})

it('what doctor found is one line each, what to do below it, and how many there are at the end', () => {
  const checks = [
    check('version', 'ok', 'PostgreSQL 18.4'),
    check('clock', 'warning', 'an hour\nbehind\u001b[31m'),
    check('direct connection', 'failed', 'a pooler stands between'),
  ]
  expect(doctorText(checks)).toBe(
    [
      '✓ version            PostgreSQL 18.4',
      '! clock              an hour behind\\u001b[31m',
      '                     → do something about the clock',
      '✗ direct connection  a pooler stands between',
      '                     → do something about the direct connection',
      '',
      '3 checks: 1 warning, 1 failed',
      '',
    ].join('\n'),
  )
  expect(doctorText(checks.slice(0, 1))).toMatch(/\n1 check: all well\n$/)
})
