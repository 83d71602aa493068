/** Finds the fields that an update touches, and what to compute in the same update. */
export const COMPUTING = `
const names = (path) =>
  path
    .split('.')
    .filter((key, at) => at === 0 || !isPosition(key))
    .join('.')
const overlap = (one, other) => one === other || one.startsWith(other + '.') || other.startsWith(one + '.')
const touches = (paths, fields) => paths.some((path) => fields.some((field) => overlap(names(path), field)))
const concerns = (path) => GROUPS.some(({ old, made }) => touches([path], [...old, ...made]))

// What comes before and after a write to these paths.
function around(paths, inserts) {
  const [before, after] = [[], []]
  for (const { old, made, FILL, TO_NEW, TO_OLD, NO_NEW, NO_OLD } of GROUPS) {
    const [isOld, isNew] = [touches(paths, old), touches(paths, made)]
    if (old.length === 0) after.push(...(inserts ? FILL : []))
    else if (isNew) before.push(...FILL)
    if (isOld && isNew) after.push(...(SWITCHED ? [...TO_OLD, ...TO_NEW] : [...TO_NEW, ...TO_OLD]))
    else if (isOld) after.push(...TO_NEW, ...NO_NEW)
    else if (isNew && old.length > 0) after.push(...TO_OLD, ...NO_OLD)
  }
  return { before, after }
}

// What a whole document still lacks.
const completing = () =>
  GROUPS.flatMap(({ old, FILL, TO_NEW, TO_OLD }) =>
    old.length === 0 ? FILL : SWITCHED ? [...TO_OLD, ...TO_NEW] : [...TO_NEW, ...TO_OLD],
  )

// A value that holds both shapes: what your code writes counts, and without it nobody knows what the other one says.
function requireMine(value, path = '') {
  for (const { old, made } of GROUPS) {
    const [mine, other] = SWITCHED ? [made, old] : [old, made]
    const at = path === '' ? [] : names(path).split('.')
    const isHolding = (field) =>
      field.split('.').length > at.length && at.every((key, index) => key === field.split('.')[index])
    const parts = (fields) => fields.filter(isHolding).map((field) => field.split('.').slice(at.length))
    if (lacks(value, parts(mine), parts(other)))
      refuse('A value with ' + other.join(', ') + ' and without ' + mine.join(', '), 'write ' + mine[0] + ' as well, or neither')
  }
}

function lacks(given, mine, other) {
  const value = plain(given)
  if (Array.isArray(value)) return value.some((one) => lacks(one, mine, other))
  if (!isDocument(value) || mine.length === 0 || other.length === 0) return false
  const [shared] = mine[0]
  const isShared = [...mine, ...other].every((keys) => keys.length > 1 && keys[0] === shared)
  const inner = (side) => side.map((keys) => keys.slice(1))
  if (isShared) return lacks(value[shared], inner(mine), inner(other))
  const has = (keys) => keys.reduce((at, key) => plain(at)?.[key], value) != null
  return !mine.some(has) && other.some(has)
}
`

/** Turns an update with operators into a pipeline, in which the server can compute. */
export const CONVERTING = `
const IS_NEW = { $eq: [{ $type: '$_id' }, 'missing'] }

// What stands at this place, changed where the keys lead. The server refuses what is no document and no list there.
function changed(at, [key, ...rest], change, depth = 0) {
  const child = at === '$$ROOT' ? '$' + key : at + '.' + key
  if (rest.length === 0) return { $mergeObjects: [at, change(child, key)] }
  const inner = isPosition(rest[0]) ? element(child, rest, change, depth) : changed(child, rest, change, depth)
  return { $mergeObjects: [at, { [key]: inner }] }
}

function element(list, [position, ...rest], change, depth) {
  const index = Number(position)
  const here = { $arrayElemAt: [list, index] }
  const at = 'at' + depth
  const inner =
    rest.length === 0
      ? { $let: { vars: { [at]: change(here, 'made') }, in: '$$' + at + '.made' } }
      : { $let: { vars: { [at]: here }, in: changed('$$' + at, rest, change, depth + 1) } }
  const all = { $range: [0, { $max: [{ $size: list }, index + 1] }] }
  const other = { $arrayElemAt: [list, '$$n' + depth] }
  return {
    $map: { input: all, as: 'n' + depth, in: { $cond: [{ $eq: ['$$n' + depth, index] }, inner, other] } },
  }
}

const root = (path, change) => changed('$$ROOT', path.split('.'), change)

const STAGES = {
  $set: (path, value) => {
    requireMine(value, path)
    return { $replaceWith: root(path, (_, key) => ({ $literal: { [key]: value } })) }
  },
  $setOnInsert: (path, value) => {
    const made = root(path, (_, key) => ({ $literal: { [key]: value } }))
    return { $replaceWith: { $cond: [IS_NEW, made, '$$ROOT'] } }
  },
  $inc: (path, value) => ({
    $replaceWith: root(path, (at, key) => ({ [key]: { $add: [{ $ifNull: [at, 0] }, value] } })),
  }),
  $push: (path, value) => {
    const { $each, ...more } = value?.$each ? value : { $each: [value] }
    if (Object.keys(more).length > 0)
      refuse('$push with ' + Object.keys(more).join(', '), 'write the whole list with $set')
    return {
      $replaceWith: root(path, (at, key) => ({
        [key]: { $concatArrays: [{ $ifNull: [at, []] }, { $literal: $each }] },
      })),
    }
  },
  $unset: (path) => {
    const isOwn = GROUPS.some(({ old, made }) => [...old, ...made].includes(path))
    if (isOwn ? !MAY_GO.includes(path) : path.includes('.'))
      refuse('$unset of ' + path, 'write the whole value that holds it with $set')
    return { $unset: path }
  },
}

function converted(update, options) {
  return Object.entries(update).flatMap(([operator, part]) => {
    if (operator === '$setOnInsert' && !options?.upsert) return []
    // A document that has its _id is no longer a new one.
    const paths = Object.entries(part ?? {}).sort(([one], [other]) => (one === '_id') - (other === '_id'))
    return paths.map(([path, value]) => {
      if (!STAGES[operator])
        refuse(operator + ' beside the fields of this plan', 'use $set, or an update of its own')
      if (path.split('.').some((key) => key.startsWith('$')))
        refuse('A write to ' + path, 'write one position, as in items.0.price, or the whole list')
      return STAGES[operator](path, value)
    })
  })
}

// The update, the filter, and whether the server may insert.
function updated(filter, update, options) {
  const equal = options?.upsert ? equalities(filter, concerns).map(([path]) => path) : []
  const isPipeline = Array.isArray(update)
  const parts = isPipeline ? [] : Object.values(update)
  const paths = [...(isPipeline ? pathsOf(update) : parts.flatMap((part) => Object.keys(part ?? {}))), ...equal]
  const fills = options?.upsert && GROUPS.some(({ old }) => old.length === 0)
  if (!paths.some(concerns) && !fills) return { filter, update }
  const { before, after } = around(paths, options?.upsert)
  if (isPipeline) return { filter, update: [...before, ...update, ...after] }
  const made = converted(update, options)
  if (!options?.upsert || !equal.includes('_id')) return { filter, update: [...before, ...made, ...after] }
  // A range, so that a document that is inserted has no _id at first, by which it is known.
  const [, id] = equalities(filter, concerns).find(([path]) => path === '_id')
  if (!Object.hasOwn(filter, '_id'))
    refuse('An upsert with _id within $and', 'write _id beside the other fields')
  const named = { $set: { _id: { $cond: [IS_NEW, { $literal: id }, '$_id'] } } }
  return { filter: { ...filter, _id: { $gte: id, $lte: id } }, update: [...before, ...made, ...after, named] }
}
`

/** The write functions themselves. */
export const STORING = `
// Matches nothing, so an upsert inserts, or says that there is one with this _id.
const nowhere = ({ _id }) => (_id === undefined ? { $nor: [{}] } : { _id, $nor: [{}] })
const inserted = (document) => [{ $replaceWith: { $literal: document } }, ...completing()]

function replaced(replacement) {
  requireMine(replacement)
  return [{ $replaceWith: { $mergeObjects: [{ _id: '$_id' }, { $literal: replacement }] } }, ...completing()]
}

function writesOf(raw) {
  const update = (name) => async (filter, given, options) => {
    const made = updated(filter, given, options)
    return raw[name](made.filter, made.update, options)
  }
  const bulkWrite = async (operations, options) => {
    const documents = operations.map(({ insertOne: one }) => one && (one.document ?? one))
    const made = operations.map((operation, index) => {
      const [name, one] = Object.entries(operation)[0]
      const document = documents[index]
      if (document)
        return { updateOne: { filter: nowhere(document), update: inserted(document), upsert: true } }
      if (name === 'replaceOne') {
        const { replacement, ...rest } = one
        return { updateOne: { ...rest, update: replaced(replacement) } }
      }
      return one.update ? { [name]: { ...one, ...updated(one.filter, one.update, one) } } : operation
    })
    try {
      return asInserts(await raw.bulkWrite(made, options), documents)
    } catch (error) {
      if (error.result?.upsertedIds) asInserts(error.result, documents)
      throw error
    }
  }
  return {
    bulkWrite,
    insertOne: async (document, options) => {
      const { acknowledged, upsertedId } = await raw.updateOne(nowhere(document), inserted(document), {
        ...options,
        upsert: true,
      })
      document._id ??= upsertedId
      return { acknowledged, insertedId: document._id }
    },
    insertMany: async (documents, options) => {
      const { insertedCount, insertedIds } = await bulkWrite(
        documents.map((document) => ({ insertOne: { document } })),
        options,
      )
      return { acknowledged: true, insertedCount, insertedIds }
    },
    updateOne: update('updateOne'),
    updateMany: update('updateMany'),
    findOneAndUpdate: update('findOneAndUpdate'),
    replaceOne: async (filter, given, options) => raw.updateOne(filter, replaced(given), options),
    findOneAndReplace: async (filter, given, options) => raw.findOneAndUpdate(filter, replaced(given), options),
  }
}

// Counts inserts as such, which were upserts to the server.
function asInserts(result, documents) {
  for (const [index, document] of documents.entries()) {
    if (!document || !Object.hasOwn(result.upsertedIds, index)) continue
    const id = result.upsertedIds[index]
    document._id ??= id
    delete result.upsertedIds[index]
    result.insertedIds[index] = id
    result.insertedCount += 1
    result.upsertedCount -= 1
  }
  return result
}
`
