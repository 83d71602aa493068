import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MORE, MUTATIONS } from '../mutations/list.ts'

describe('every way to break the product', () => {
  it.each([...MUTATIONS, ...MORE])('finds its text exactly once: $name', ({ file, finds }) => {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
    expect(text.split(finds)).toHaveLength(2)
  })
})
