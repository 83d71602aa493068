import { createRequire } from 'node:module'
import type { Loose } from './renamed-rows.ts'

const require = createRequire(import.meta.url)

/** The versions that applications use. Under these names their types are no modules. */
export const MONGOOSES: readonly [version: string, mongoose: Loose][] = [
  ['8', require('mongoose-8')],
  ['9', require('mongoose-9')],
]
