import { pointOfNoReturn } from '../../program/actions.ts'
import type { Program } from '../../program/program.ts'
import { formatDuration } from '../../text/duration.ts'
import { inFront, within } from '../standing.ts'

/** The life of this plan as a Mermaid state diagram. */
export function mermaid(program: Program): string {
  const stages = program.phases.flatMap(({ phase, steps }) => {
    const before = inFront(program, phase).map(stateOf)
    const between = within(program, phase, 'drop')
    const lost = steps.some(({ reversible }) => !reversible)
    return [
      ...before,
      {
        id: phase,
        label: lost
          ? `contract: retire${program.hold > 0 ? `, hold ${formatDuration(program.hold)}` : ''}`
          : phase,
      },
      ...between.map(stateOf),
    ]
  })
  const ids = stages.map(({ id }) => id)
  const arrows = ids.slice(1).map((id, index) => `${ids[index]} --> ${id}`)
  const lost = pointOfNoReturn(program) !== null
  return [
    'stateDiagram-v2',
    '  state "can be rolled back" as reversible {',
    ...stages.filter(({ id, label }) => id !== label).map(({ id, label }) => `    state "${label}" as ${id}`),
    `    [*] --> ${ids[0] ?? 'done'}`,
    ...arrows.map((arrow) => `    ${arrow}`),
    '  }',
    '  [*] --> reversible',
    '  reversible --> rolled_back: plan rollback',
    `  reversible --> done${lost ? ': drop, the point of no return' : ''}`,
    '  rolled_back --> [*]',
    '  done --> [*]',
  ].join('\n')
}

const stateOf = ({ id }: Program['checkpoints'][number]) => ({
  id: stateName(id),
  label: `checkpoint ${id}`,
})

const stateName = (id: string): string => id.replace(/\W/g, '_')
