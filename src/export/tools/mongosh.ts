import type { Tool } from '../tool.ts'

export const mongosh: Tool = {
  name: 'mongosh',
  title: 'mongosh',
  dialects: ['mongodb'],
  folder: 'migrations',
  stamp: 'seconds',
  path: ({ stamp, name }) => `${stamp}-${name}.js`,
  template: 'mongosh.js.hbs',
  back: 'PLAN_DOWN=1 mongosh "$MONGODB_URL" <file>',
  run: 'mongosh "$MONGODB_URL" <file>, for one file after the other',
  notes: [
    'the shell keeps no record of files: run each once, in the order of their names; one that stopped runs again',
  ],
}
