import { it } from 'vitest'
import {
  buildsFromNothing,
  carriesThrough,
  fillsItself,
  learnsOfPlan,
  stopsAtQuestions,
} from '../../support/migration-teams.ts'
import { REAL_TOOLS } from '../../support/migration-tool-projects.ts'
import { describeEachKind, isMysql } from '../../support/places.ts'

describeEachKind('files for', (server) => {
  const kind = isMysql(server) ? 'mysql' : 'postgres'
  for (const tool of REAL_TOOLS.filter(({ kinds }) => kinds.includes(kind))) {
    it(`${tool.name}: carry the plan through, phase by phase, and what the tool did is recorded`, () =>
      carriesThrough(server, tool))

    it(`${tool.name}: all at once stop at each question, and go on when it is answered`, () =>
      stopsAtQuestions(server, tool))

    it(`${tool.name}: build an empty database in one go, and go back from there`, () =>
      buildsFromNothing(server, tool))

    it.runIf(tool.name === 'knex')(`${tool.name}: fill small tables themselves`, () =>
      fillsItself(server, tool),
    )

    it.runIf(tool.name !== 'drizzle')(
      `${tool.name}: knows what the plan has run itself, and goes on from there`,
      () => learnsOfPlan(server, tool),
    )
  }
})
