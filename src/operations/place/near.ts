import { relative } from 'node:path'

/** The path as a person in that directory would write it. */
export function near(cwd: string, path: string): string {
  const way = relative(cwd, path) || '.'
  return way.startsWith('..') ? path : way
}
