import type { Tool } from '../tool.ts'
import { SQL } from './shared.ts'

export const prisma: Tool = {
  name: 'prisma',
  title: 'Prisma Migrate',
  dialects: SQL,
  folder: 'prisma/migrations',
  stamp: 'seconds',
  path: ({ stamp, name }) => `${stamp}_${name}/migration.sql`,
  template: 'prisma.sql.hbs',
  oneCall: true,
  unguarded: true,
  back: null,
  run: 'npx prisma migrate deploy',
  notes: [
    'these files do not ask whether they may run: apply them only where plan status says that their phase may begin, or export with --ask',
    'Prisma has no way back: plan adopt, then plan rollback',
    'a file that fails blocks all others: npx prisma migrate resolve --rolled-back with the name of its folder, then deploy again',
    'what plan advance has run is marked by npx prisma migrate resolve --applied with the name of its folder',
  ],
}
