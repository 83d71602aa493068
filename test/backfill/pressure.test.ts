import { describe, expect, it } from 'vitest'
import { throttled } from '../../src/backfill/pressure.ts'
import type { Pressure } from '../../src/dialects/interface/pressure.ts'

const GB = 1e9
const ARCHIVE = { bytes: 0, files: 0, waits: 'wait to be archived', trouble: null }
const CALM: Pressure = {
  lag: 0,
  replicas: 1,
  running: 3,
  history: 1_000,
  reason: 'replica db2:3306',
  archive: ARCHIVE,
  disk: { free: 50 * GB, total: 100 * GB },
}
const LIMITS = { maxLag: 2_000, maxRunning: 20, maxHistory: 1_000_000, maxBlocked: null }
const NO_LIMITS = { maxLag: null, maxRunning: null, maxHistory: null, maxBlocked: null }

const because = (pressure: Partial<Pressure>, limits: Partial<Parameters<typeof throttled>[1]> = {}) =>
  throttled({ ...CALM, ...pressure }, { ...LIMITS, ...limits })

describe('a backfill', () => {
  it('goes on while the server and its replicas are within the limits', () => {
    expect(because({})).toBeNull()
    expect(because({ lag: 2_000, running: 20, history: 1_000_000 })).toBeNull()
  })

  it('waits for the replica that is behind', () => {
    expect(because({ lag: 4_000 })).toBe('replica db2:3306 is 4s behind (limit 2s)')
    expect(because({ lag: 4_000, reason: null })).toBe('a replica is 4s behind (limit 2s)')
  })

  it('waits when the lag is unknown, and says why', () => {
    expect(because({ lag: null, reason: 'replica db2:3306 applies nothing' })).toBe(
      'replica lag is unknown: replica db2:3306 applies nothing',
    )
    expect(because({ lag: null, reason: null })).toBe('replica lag is unknown: no replica answers')
  })

  it('does not ask for the lag when there is no limit to it', () => {
    expect(because({ lag: null }, { maxLag: null })).toBeNull()
    expect(because({ lag: 60_000 }, { maxLag: null })).toBeNull()
  })

  it('waits while too many statements run', () => {
    expect(because({ running: 21 })).toBe('21 statements run on the server (limit 20)')
    expect(because({ running: 21 }, { maxRunning: null })).toBeNull()
  })

  it('waits while the server keeps too many old row versions', () => {
    expect(because({ history: 1_234_567 })).toBe(
      'the server keeps 1,234,567 old row versions (limit 1,000,000)',
    )
    expect(because({ history: 1_234_567 }, { maxHistory: null })).toBeNull()
  })

  it('takes a limit of nothing at its word', () => {
    expect(because({ running: 0 }, { maxRunning: 0 })).toBeNull()
    expect(because({ running: 1 }, { maxRunning: 0 })).not.toBeNull()
    expect(because({ lag: 1 }, { maxLag: 0 })).not.toBeNull()
  })

  it('never waits without limits', () => {
    expect(because({ lag: null, running: 999, history: 9e9 }, NO_LIMITS)).toBeNull()
  })

  it('waits while too much log is kept back, whatever the plan says', () => {
    const log = (archive: Partial<typeof ARCHIVE>) =>
      because({ archive: { ...ARCHIVE, ...archive } }, NO_LIMITS)
    expect(log({ bytes: 16 * GB, files: 1_000 })).toBeNull()
    expect(log({ bytes: 17.4 * GB, files: 264 })).toBe('17 GB of log wait to be archived (limit 16 GB)')
    expect(log({ bytes: GB, files: 1_001 })).toBe('1,001 files of log wait to be archived (limit 1,000)')
    expect(log({ bytes: 20 * GB, waits: 'are kept for replication slot b' })).toBe(
      '20 GB of log are kept for replication slot b (limit 16 GB)',
    )
  })

  it('waits while something is wrong with the log, however much it is', () => {
    expect(because({ archive: { ...ARCHIVE, trouble: 'the archiver fails' } as never }, NO_LIMITS)).toBe(
      'the archiver fails',
    )
  })

  it('waits while there is little room where the data is, whatever the plan says', () => {
    const room = (free: number, total: number) => because({ disk: { free, total } }, NO_LIMITS)
    expect(room(5 * GB, 100 * GB)).toBeNull()
    expect(room(4 * GB, 100 * GB)).toBe('only 4.0 GB of 100 GB are free where the data is (limit 5 %)')
    expect(room(GB, 2 * GB)).toBeNull()
    expect(room(0.5 * GB, 2 * GB)).toBe('only 500 MB of 2.0 GB are free where the data is (limit 1.0 GB)')
    expect(room(0, GB)).toBe('only 0 bytes of 1.0 GB are free where the data is (limit 1.0 GB)')
  })

  it('does not wait for what cannot be seen', () => {
    expect(because({ archive: null, disk: null })).toBeNull()
  })
})
