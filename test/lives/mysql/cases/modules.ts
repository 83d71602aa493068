import type { Life } from '../../../support/lives.ts'
import { computedByModules } from '../../cases/modules.ts'

export const computedOnMysql: Life = {
  ...computedByModules,
  target: ["ALTER TABLE users ADD COLUMN made varchar(60) NOT NULL DEFAULT 'waits'"],
}
