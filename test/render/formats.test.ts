import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { formats, jsonSchemaOf } from '../../src/render/json/formats.ts'

const COMMANDS = Object.keys(formats) as (keyof typeof formats)[]

it.each(COMMANDS)('the schema of plan %s that the package ships is what it prints', async (command) => {
  await expect(`${JSON.stringify(jsonSchemaOf(command), null, 2)}\n`).toMatchFileSnapshot(
    `../../schemas/${command}.schema.json`,
  )
})

it('the package ships a schema for each of these commands, and no other', () => {
  expect(readdirSync('schemas').sort()).toEqual(COMMANDS.map((command) => `${command}.schema.json`).sort())
})
