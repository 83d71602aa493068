/**
 * Modules that only some operations need. They are loaded from here because TypeScript 6.0 does not rewrite the extension
 * of a dynamic import inside a function that has `await using`.
 */
export const lazy = {
  scripts: () => import('../../render/scripts.ts'),
  runbook: () => import('../../render/runbook/runbook.ts'),
  compile: () => import('../../compiler/compile.ts'),
  registry: () => import('../../dialects/registry.ts'),
  /** A module of the plan's author. */
  module: (url: string): Promise<unknown> => import(url),
}
