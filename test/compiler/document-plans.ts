import type { Collection } from '../../src/schema/collection.ts'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import { collection, documents, indexOn, schemaOf, servers } from '../support/collections.ts'
import { compiled } from '../support/programs.ts'

const FIELDS = { last_name: 'string', fax: 'string', age: 'string' }
const users = (more: Parameters<typeof collection>[2] = {}): Collection => collection('users', FIELDS, more)

export const on = (more: Parameters<typeof collection>[2] = {}, server: Snapshot['server'] = servers.set) =>
  documents([users(more)], server)

export const RENAME = 'rename_field: { collection: users, from: last_name, to: family_name }'
export const ADD = 'add_field: { collection: users, field: role, fill: { literal: user } }'
export const REQUIRE = ADD.replace('fill', 'required: true, fill')
export const DROP = 'drop_field: { collection: users, field: fax }'
export const RESTORE = DROP.replace('fax }', 'fax, restore: { literal: "" } }')
export const CONVERT =
  'change_field_type: { collection: users, field: age, to: int, using: { cast: { column: age, to: int } }, back: { cast: { column: age, to: string } } }'
export const INDEX = 'add_index: { collection: users, fields: [age], unique: true }'
export const UNINDEX = 'drop_index: { collection: users, name: fax_1 }'
export const VALIDATE = 'set_validator: { collection: users, schema: { required: [age] } }'
export const MOVE = 'rename_collection: { from: users, to: people }'

export const INDEXED = { indexes: [indexOn({ fax: 1 })] }
export const ASKED = { validator: schemaOf({ required: ['fax'] }) }

/** `backfill: fill_fields`, a line for each step. */
export const steps = (text: string, snapshot: Snapshot): string[] =>
  compiled(text, snapshot).phases.flatMap(({ phase, steps }) =>
    steps.map(({ parts }) => `${phase}: ${parts.map(({ action }) => said(action)).join(', ')}`),
  )

const said = (action: { readonly do: string; readonly purpose?: string }): string =>
  action.purpose ?? action.do
