import type { SyncGroup } from '../../../program/sync.ts'
import type { Table } from '../../../schema/snapshot.ts'
import type { Context } from '../context.ts'
import type { Deploy, Part } from '../outline.ts'
import { triggerGapOf } from '../preconditions.ts'

type Group = Extract<SyncGroup, { kind: 'pair' }>

/** Two shapes of the same data that are kept in step until contract: `up` makes the new one, `down` the old one. */
export function pair(
  context: Context,
  table: Table,
  { up, down, identical, ...more }: Pick<Group, 'up' | 'down' | 'identical' | 'stamped'>,
): Part {
  const group: Group = { kind: 'pair', up, down, onConflict: context.onConflict, identical, ...more }
  const olds = down.map(({ column }) => column)
  const news = up.map(({ column }) => column)
  const agree = `${olds.join('-and-')}-${identical ? 'equals' : 'agrees-with'}-${news.join('-and-')}`
  return {
    watch: [...olds, ...news],
    sync: [group],
    fills: [{ set: up, from: olds, ...(more.stamped && { differs: true }) }],
    rules: [{ name: agree, rule: { rule: 'agree', group } }],
    deploys: [deployOf(table, olds, news, identical)],
    triggerGaps: triggerGapOf(context, table, olds),
  }
}

function deployOf(
  { name }: Table,
  olds: readonly string[],
  news: readonly string[],
  identical: boolean,
): Deploy {
  const [old, fresh] = [olds, news].map((all) => all.map((column) => `${name}.${column}`).join(' and '))
  const dualWrite = identical
    ? `the version that writes ${old} and ${fresh} together, in one statement`
    : `the version that writes ${old} together with ${fresh}, in one statement`
  return {
    dualWrite,
    readsNew: `${dualWrite}, and reads ${fresh} alone`,
    onlyNew: `the version that reads and writes ${fresh}${identical ? '' : ','} and nothing that still names ${old}`,
  }
}
