import { closeSync, openSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { PlanError } from '../../errors.ts'
import type { LostRow, Save } from '../../execution/losses.ts'

/** A new file that takes rows. A file that is there is never overwritten: it may hold the only copy of such values. */
export function openExport(cwd: string, shown: string): { readonly save: Save; readonly close: () => void } {
  const descriptor = created(resolve(cwd, shown), shown)
  const csv = shown.toLowerCase().endsWith('.csv')
  const write = (text: string) => void writeSync(descriptor, text)
  if (csv) write('table,key,column,value\r\n')
  return {
    save: (row) => write(csv ? inCsv(row) : `${JSON.stringify(row)}\n`),
    close: () => closeSync(descriptor),
  }
}

function created(file: string, shown: string): number {
  try {
    return openSync(file, 'wx', 0o600)
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EEXIST'
    throw new PlanError('PLAN_USAGE', `${shown} ${taken ? 'is there already' : 'cannot be written'}`, {
      hint: 'nothing was undone; give --export a new file, in a folder that is there',
    })
  }
}

/** One line for each value; NULL is an empty field, an empty text two quotes. */
const inCsv = ({ table, key, values }: LostRow): string =>
  Object.entries(values)
    .map(([column, value]) =>
      [table, JSON.stringify(key), column]
        .map(quoted)
        .concat(value === null ? '' : quoted(value))
        .join(',')
        .concat('\r\n'),
    )
    .join('')

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
