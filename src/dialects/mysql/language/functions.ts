import { compared, count, type Found, moment, type Sort, text, truth, Unsure } from './sorts.ts'

type Take = (name: string, found: readonly Found[]) => Found

const of = (sort: Sort, type: string): Found => ({ sort, types: [type], constants: [] })

/** Functions of texts that give text; given bytes they give bytes. */
const written: Take = (_, found) => {
  for (const one of found) text(one)
  return found.some(({ sort }) => sort === 'bytes' || sort === 'bit')
    ? of('bytes', 'longblob')
    : of('text', 'longtext')
}

/** Functions that give a text for any arguments. */
const spelled: Take = (_, found) => {
  for (const one of found) text(one)
  return of('text', 'longtext')
}

/** Functions of some texts followed by numbers. */
const counted =
  (texts: number): Take =>
  (name, found) => {
    for (const one of found.slice(texts)) count(one)
    return written(name, found.slice(0, texts))
  }

/** The length must be a constant: a larger one could exceed a packet. */
const padded: Take = (name, [first, length, ...rest]) => {
  if (first === undefined || typeof length?.constant !== 'number')
    throw new Unsure(`${name}() may fail for some length`)
  return written(name, [first, ...rest])
}

/** Functions that return a number of characters: three bytes are enough for all but the longest texts. */
const measured: Take = (_, found) => {
  for (const one of found) text(one)
  const long = found.some(({ types }) => types.some((type) => /^long|^json/i.test(type)))
  return of('number', long ? 'int' : 'mediumint unsigned')
}

const found: Take = (name, all) => {
  for (const one of all.slice(2)) count(one)
  return measured(name, all.slice(0, 2))
}

const dated =
  (sort: Sort, type: string, ...more: readonly Sort[]): Take =>
  (name, all) => {
    const [only] = all
    if (only === undefined || all.length > 1) throw new Unsure(`${name}() may fail for some value`)
    moment(only, ...more)
    return of(sort, type)
  }

/** Functions that return one of their arguments. With several sorts the result is converted, which `types` shows. */
export const oneOf: Take = (_, all) => {
  const sorts = [...new Set(all.map(({ sort }) => sort).filter((sort) => sort !== 'null'))]
  const [sort = 'null'] = sorts
  return {
    sort: sorts.length <= 1 ? sort : sorts.includes('bytes') ? 'bytes' : 'text',
    types: [...new Set(all.flatMap(({ types }) => types))],
    constants: all.flatMap(({ constants }) => constants),
  }
}

const greatest: Take = (name, all) => {
  for (const other of all.slice(1)) compared(all[0] as Found, other)
  return oneOf(name, all)
}

const nullif: Take = (name, all) => {
  const { constant: _, ...first } = oneOf(name, all.slice(0, 1))
  greatest(name, all)
  return first
}

const branch: Take = (name, [condition, ...rest]) => {
  if (condition) truth(condition)
  return oneOf(name, rest)
}

const many = (names: string, take: Take): [string, Take][] => names.split(' ').map((name) => [name, take])

/** Functions that accept every value of the sorts they require, and their results. */
export const FUNCTIONS: ReadonlyMap<string, Take> = new Map([
  ...many('lower lcase upper ucase trim ltrim rtrim concat concat_ws replace reverse quote', written),
  ...many('md5 sha1 hex json_quote', spelled),
  ...many('left right substr substring mid', counted(1)),
  ...many('substring_index', counted(2)),
  ...many('sha2', (name, all) => spelled(name, [counted(1)(name, all)])),
  ...many('lpad rpad', padded),
  ...many('length octet_length char_length character_length', measured),
  ...many('locate instr position', found),
  ...many('ascii', (name, all) => ({ ...measured(name, all), types: ['tinyint unsigned'] })),
  ...many('coalesce ifnull', oneOf),
  ...many('nullif', nullif),
  ...many('greatest least', greatest),
  ...many('if', branch),
  ...many('date', dated('moment', 'date')),
  ...many('timestamp', dated('moment', 'datetime(6)')),
  ...many('time', dated('time', 'time(6)', 'time')),
  ...many('year', dated('number', 'smallint unsigned')),
  ...many('month day dayofmonth', dated('number', 'tinyint unsigned')),
  ...many('minute second', dated('number', 'tinyint unsigned', 'time')),
  ...many('hour', dated('number', 'smallint unsigned', 'time')),
])
