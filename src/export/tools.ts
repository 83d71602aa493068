import { PlanError } from '../errors.ts'
import { nearest } from '../text/nearest.ts'
import type { Tool } from './tool.ts'
import { dbMigrate } from './tools/db-migrate.ts'
import { dbmate } from './tools/dbmate.ts'
import { drizzle } from './tools/drizzle.ts'
import { flyway } from './tools/flyway.ts'
import { knex } from './tools/knex.ts'
import { kysely } from './tools/kysely.ts'
import { liquibase } from './tools/liquibase.ts'
import { migrateMongo } from './tools/migrate-mongo.ts'
import { mongosh } from './tools/mongosh.ts'
import { nodePgMigrate } from './tools/node-pg-migrate.ts'
import { prisma } from './tools/prisma.ts'
import { sequelize } from './tools/sequelize.ts'
import { tsMigrateMongoose } from './tools/ts-migrate-mongoose.ts'
import { typeorm } from './tools/typeorm.ts'
import { umzug } from './tools/umzug.ts'

const TOOLS: readonly Tool[] = [
  knex,
  sequelize,
  umzug,
  typeorm,
  dbMigrate,
  nodePgMigrate,
  kysely,
  dbmate,
  prisma,
  drizzle,
  flyway,
  liquibase,
  migrateMongo,
  tsMigrateMongoose,
  mongosh,
]

export const TOOL_NAMES: readonly string[] = TOOLS.map(({ name }) => name)

/** Tools by other names that people use. */
const ALSO: Readonly<Record<string, string>> = {
  'sequelize-cli': 'sequelize',
  dbmigrate: 'db-migrate',
  'pg-migrate': 'node-pg-migrate',
  'prisma-migrate': 'prisma',
  'drizzle-kit': 'drizzle',
  mongoose: 'ts-migrate-mongoose',
  'mongodb-atlas': 'mongosh',
}

/** Throws PLAN_USAGE for a tool that is not known, and PLAN_UNSUPPORTED for one that is for other databases. */
export function toolFor(wanted: string, dialect: string): Tool {
  const named = wanted.toLowerCase()
  const tool = TOOLS.find(({ name }) => name === (ALSO[named] ?? named))
  if (tool === undefined) {
    const near = nearest(named, TOOL_NAMES)
    throw new PlanError('PLAN_USAGE', `there is no tool ${wanted}`, {
      hint: near === undefined ? `there are: ${TOOL_NAMES.join(', ')}` : `did you mean ${near}?`,
    })
  }
  if (tool.dialects.includes(dialect)) return tool
  const others = TOOLS.filter(({ dialects }) => dialects.includes(dialect)).map(({ name }) => name)
  throw new PlanError('PLAN_UNSUPPORTED', `${tool.title} does not migrate this database`, {
    hint: others.length > 0 ? `for it there are: ${others.join(', ')}` : 'plan advance runs the plan itself',
  })
}
