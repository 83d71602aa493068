import { describe, expect, it } from 'vitest'
import { type Pressure, throttled } from '../../src/backfill/pressure.ts'

const CALM: Pressure = { lag: 0, replicas: 1, running: 3, history: 1_000, reason: 'replica db2:3306' }
const LIMITS = { maxLag: 2_000, maxRunning: 20, maxHistory: 1_000_000 }
const NO_LIMITS = { maxLag: null, maxRunning: null, maxHistory: null }

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
})
