import { appendFileSync } from 'node:fs'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { numbers } from '../support/numbers.ts'
import { fullName } from './draw.ts'
import { lastRuns } from './records.ts'
import { DRAWN, recordOf, seedOf, toldOf } from './setup.ts'

/** Files of which a budget draws some come last, those that waited longest first; the others as vitest has them. */
export class DrawingSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const drawn = files.filter(({ project }) => DRAWN.includes(project.name))
    const others = files.filter((file) => !drawn.includes(file))
    const runs = [...lastRuns(recordOf(this.ctx.config.root))]
    const rank = ({ project, moduleId }: TestSpecification) => {
      const name = moduleId.slice(project.config.root.length + 1)
      const own = runs.filter(([test]) => test.startsWith(fullName(name, '')))
      return { last: Math.max(0, ...own.map(([, at]) => at)), chance: numbers(`${seedOf()} ${name}`)() }
    }
    const ranked = drawn
      .map((file) => ({ file, ...rank(file) }))
      .sort((a, b) => a.last - b.last || a.chance - b.chance)
    appendFileSync(toldOf(), `${JSON.stringify({ files: drawn.length })}\n`)
    return [...(await super.sort(others)), ...ranked.map(({ file }) => file)]
  }
}
