import { expect } from 'vitest'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import { collection, documents, servers } from '../support/collections.ts'
import { findingsOf, planOf } from '../support/programs.ts'

export type More = Parameters<typeof collection>[2]

const FIELDS = { last_name: 'string', age: 'string', name: 'object', 'name.last': 'string' }
export const on = (more: More = {}, server: Snapshot['server'] = servers.set) =>
  documents([collection('users', FIELDS, more), collection('teams', { title: 'string' })], server)
export const findings = (intent: string, more: More = {}, server?: Snapshot['server'], keys = '') =>
  findingsOf(planOf(intent, keys), on(more, server))

export const RENAME = 'rename_field: { collection: users, from: last_name, to: family_name }'
export const ADD = 'add_field: { collection: users, field: role, fill: { literal: user } }'
export const refused = (message: string | RegExp, hint: string, code = 'PLAN_UNSUPPORTED') => [
  { code, message: expect.stringMatching(message), hint: expect.stringContaining(hint) },
]
