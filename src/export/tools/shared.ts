import type { Style } from '../tool.ts'

/** The dialects of a tool for all SQL databases. */
export const SQL: readonly string[] = ['postgres', 'mysql', 'mariadb']

/** `20261201093000_name.js`, in TypeScript where the project's files are. */
export const script =
  (between: '_' | '-', typescript = false) =>
  ({ stamp, name, style }: { stamp: string; name: string; style: Style }) =>
    `${stamp}${between}${name}.${typescript && style.typescript ? 'ts' : 'js'}`

/** The same for a tool that only takes CommonJS. */
export const common =
  (between: '_' | '-') =>
  ({ stamp, name, style }: { stamp: string; name: string; style: Style }) =>
    `${stamp}${between}${name}.${style.modules ? 'cjs' : 'js'}`

/** The name of a file without its extension. */
export const bare = (path: string): string => path.replace(/\.\w+$/, '')
