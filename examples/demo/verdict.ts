import type { Shell } from './cli.ts'
import { type Found, PLAN } from './journey.ts'
import { bad, good, heading, number, say, table } from './screen.ts'

type Status = {
  readonly plans: readonly {
    readonly backfills: readonly { readonly rows_done: number; readonly batches: number }[]
  }[]
}
/** `note`: what one has to know to read the figures. */
type Showing = { readonly detail: boolean; readonly note: string | undefined }
type Catalogues = { readonly expected: readonly string[]; readonly found: readonly string[] }

/** What came of it. True when it is what was promised. */
export async function verdict(
  found: Found,
  { json }: Shell,
  catalogues: Catalogues,
  { detail, note }: Showing,
): Promise<boolean> {
  heading('What the applications saw')
  table(found.clients, detail)
  if (note) say(`  (${note})`)
  const { backfills } = ((await json(['status', PLAN])) as Status).plans[0] ?? { backfills: [] }
  const [backfill] = backfills
  say(`
  ${number(backfill?.rows_done ?? 0)} rows were there before, carried over in ${number(backfill?.batches ?? 0)} batches;
  ${number(found.seconds)} seconds from the first command to the last
`)
  return [noneWrong(found), sameSchema(catalogues)].every((right) => right)
}

function noneWrong(found: Found): boolean {
  const tallies = found.clients.map(({ tally }) => tally)
  const wrongs = tallies.reduce((sum, { failed, wrong }) => sum + failed + wrong, 0)
  if (wrongs === 0)
    good('no statement failed, and every row read back what was written, through either column')
  else bad('not as promised:')
  for (const error of tallies.flatMap(({ errors }) => errors)) say(`    ${error}`)
  return wrongs === 0
}

/** `- ` what should be there and is not, `+ ` what is there and should not be. */
function sameSchema({ expected, found }: Catalogues): boolean {
  const differs = [
    ...expected.filter((line) => !found.includes(line)).map((line) => `- ${line}`),
    ...found.filter((line) => !expected.includes(line)).map((line) => `+ ${line}`),
  ]
  if (differs.length === 0)
    good(`the schema is what one would have written by hand (${expected.length} things compared)`)
  else bad('the schema is not what one would have written by hand (- missing, + too much):')
  for (const line of differs) say(`    ${line}`)
  return differs.length === 0
}
