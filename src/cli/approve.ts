import type { Question } from '../operations/place/outside.ts'
import { counted } from '../text/words.ts'
import type { Io } from './io.ts'

/** What a person has approved on the command line already. */
export type Approved = { readonly yes?: true; readonly appIsBack?: true }

/** Answers an operation's questions: by the command line, else by asking for the plan's name on a terminal. */
export const approvals =
  (io: Io, { yes, appIsBack }: Approved, row: () => string = () => 'row') =>
  async (question: Question): Promise<boolean> => {
    if (yes || (question.about === 'going back' && appIsBack)) return true
    // While other writers wait nobody is asked.
    if (!io.terminal || (question.about === 'rollback' && question.held)) return false
    const answer = await io.ask(`${textOf(question, row())}\nType ${question.plan} to go on: `)
    return answer.trim() === question.plan
  }

function textOf(question: Question, row: string): string {
  switch (question.about) {
    case 'contract':
      return `contract drops ${question.drops.join(', ') || 'nothing but helpers'}: this cannot be undone.`
    case 'going back':
      return [
        `${question.confirmed.join(', ')}. Going back takes away what the application that is out there may need:`,
        ...question.takes.map((one) => `  ${one}`),
        'Go on only when the version before runs everywhere again.',
      ].join('\n')
    case 'rollback':
      return [
        'going back loses:',
        ...question.losses.map(
          ({ rows, what, table, keys }) =>
            `  ${counted(rows, row)} of ${table}: ${what}${keys.length > 0 ? ` (${keys.join(', ')})` : ''}`,
        ),
      ].join('\n')
    case 'unlock':
      return `${question.plan} is held by ${question.holder}, and its session is still there; it will be ended.`
  }
}
