/**
 * Views that only some commands need. They are loaded from here because TypeScript 6.0 does not rewrite the extension
 * of a dynamic import inside a function that has `await using`.
 */
export const lazy = {
  terminal: () => import('../render/terminal.ts'),
  program: () => import('../render/program-text.ts'),
  programJson: () => import('../render/json/program.ts'),
  status: () => import('../render/status-text.ts'),
  json: () => import('../render/json/documents.ts'),
  explain: () => import('../render/explain/text.ts'),
  scripts: () => import('../render/scripts.ts'),
}
