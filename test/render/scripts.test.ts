import { expect, it } from 'vitest'
import { scriptFiles, stepScript } from '../../src/render/scripts.ts'
import { rename, sample } from './samples.ts'

const files = scriptFiles(rename())

it('writes one file for each phase that the program has, and the undo', () => {
  expect(Object.keys(files)).toEqual([
    'expand.sql',
    'backfill.sql',
    'enforce.sql',
    'verify.sql',
    'contract.sql',
    'undo.sql',
  ])
  expect(Object.keys(scriptFiles(sample('add-nullable-column')))).toEqual(['expand.sql', 'undo.sql'])
})

it('shows a step as it will run', () => {
  const { 'expand.sql': text, 'undo.sql': undo } = scriptFiles(sample('add-nullable-column'))
  expect(
    text?.replace(/fingerprint \w{12}\b/, 'fingerprint …'),
  ).toBe(`-- Plan add-nullable-column, fingerprint …
-- Phase expand. For review; \`plan advance add-nullable-column --phase expand\` runs it.

-- expand.1: add users.nickname
--   why   nullable and without default, so only the catalogue changes and old code does not notice
--   lock  ACCESS EXCLUSIVE on app.users, a moment; reads and writes wait
--   takes a moment
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE "app"."users" ADD COLUMN "nickname" text;
COMMIT;
`)
  expect(undo).toMatch(
    /SET LOCAL lock_timeout = '1s';\nDO [\s\S]*THEN\n {4}ALTER TABLE "app"\."users" DROP COLUMN IF EXISTS "nickname";\n[\s\S]*\nCOMMIT;\n$/,
  )
})

it('leaves bare what must run outside a transaction, and says what clears a broken try', () => {
  expect(files['enforce.sql']).toContain(`--   takes one index build on app.users
CREATE INDEX CONCURRENTLY "users_last_name_`)
  expect(files['enforce.sql']).toContain('\n-- before a new try: DROP INDEX CONCURRENTLY IF EXISTS')
  expect(files['enforce.sql']).not.toMatch(/BEGIN;(?:(?!COMMIT;)[\s\S])*VALIDATE CONSTRAINT/)
})

it('shows queries under their names, with their parameters', () => {
  expect(files['backfill.sql']).toMatch(
    /\n-- batch\n-- UPDATE .* AND "id" <= \$1::bigint AND "id" > \$2::bigint;\n/,
  )
  expect(files['verify.sql']).toMatch(/\n-- count\nSELECT count\(\*\)/)
})

it('undoes the last step first, and leaves out what cannot be undone', () => {
  const undone = [...(files['undo.sql'] ?? '').matchAll(/^-- undo of (\S+):/gm)].map(([, step]) => step)
  expect(undone).toEqual(['contract.1', 'enforce.4', 'enforce.2', 'enforce.1', 'expand.1'])
  expect(files['undo.sql']).toContain('-- contract.2 cannot be undone: this file is of no use after it.')
  expect(files['contract.sql']).toContain('--   POINT OF NO RETURN: this cannot be undone')
})

it('has no blanks at the end of lines, and every file ends with one line break', () => {
  for (const text of Object.values(files)) expect(text).not.toMatch(/[ \t]\n|\n\n\n|[^;]\n$|\n\n$/)
})

it('does not change with the sizes of the tables', () => {
  expect(scriptFiles(rename(undefined, { rows: 5, bytes: 5 }))).toEqual(files)
})

it('does not let a name end its comment', () => {
  const [step] = rename().phases[0]?.steps ?? []
  const shown = step && stepScript(rename(), { ...step, title: 'add a\n; DROP TABLE users; --' })
  expect(shown?.split('\n')[0]).toBe('-- expand.1: add a ; DROP TABLE users; --')
})

it('shows short schema changes within a transaction that does not wait long for a lock', () => {
  expect(files['expand.sql']).toMatch(
    /\nBEGIN;\nSET LOCAL lock_timeout = '1s';\nALTER TABLE[\s\S]*\nCOMMIT;\n$/,
  )
})

it('shows one step alone as its file does', () => {
  const [step] = rename().phases[0]?.steps ?? []
  expect(step && files['expand.sql']?.endsWith(`\n\n${stepScript(rename(), step)}`)).toBe(true)
})
