import type { MongoLife } from '../../../support/mongo-life.ts'

type Name = { readonly first: string; readonly rest: string | null }
const name = (first: string, rest: string | null): Name => ({ first, rest })

/** One field taken apart into two. A name without a blank has no second part. */
export const splitField: MongoLife = {
  name: 'a name that becomes two',
  collection: 'people',
  intents: `
- split_field:
    collection: people
    from: full_name
    into:
      first_name: { value: { split: { column: full_name, separator: " ", part: first } } }
      last_name: { value: { split: { column: full_name, separator: " ", part: rest } }, index: true }
    back: { concat: { columns: [first_name, last_name], separator: " " } }`,
  meanings: [name('Ada', 'Lovelace'), name('Grace', 'Brewster Murray Hopper'), name('Marie', 'Curie')],
  old: (meaning) => ({ full_name: `${(meaning as Name).first} ${(meaning as Name).rest}` }),
  fresh: (meaning) => ({ first_name: (meaning as Name).first, last_name: (meaning as Name).rest }),
  oldFields: ['full_name'],
  freshFields: ['first_name', 'last_name'],
  sealed: true,
  target: (db) => db.collection('people').createIndex({ last_name: 1 }),
}

/** Two fields put together. */
export const mergeFields: MongoLife = {
  name: 'two fields that become one',
  collection: 'people',
  intents: `
- merge_fields:
    collection: people
    from: [first_name, last_name]
    into:
      full_name: { value: { concat: { columns: [first_name, last_name], separator: " " } } }
    back:
      first_name: { split: { column: full_name, separator: " ", part: first } }
      last_name: { split: { column: full_name, separator: " ", part: rest } }`,
  meanings: [name('Ada', 'Lovelace'), name('Grace', 'Brewster Murray Hopper'), name('Marie', 'Curie')],
  old: (meaning) => ({ first_name: (meaning as Name).first, last_name: (meaning as Name).rest }),
  fresh: (meaning) => ({ full_name: `${(meaning as Name).first} ${(meaning as Name).rest}` }),
  oldFields: ['first_name', 'last_name'],
  freshFields: ['full_name'],
  sealed: true,
  target: async () => undefined,
}

type Address = readonly [street: string, city: string, state: string, zip: string]

const PARTS = `
      pipeline:
        $let:
          vars: { m: { $regexFind: { input: $address, regex: "^(.*), (.*), ([A-Z]{2}) ([0-9]{5})$" } } }
          in:
            $cond:
              - { $eq: [{ $ifNull: [$$m, null] }, null] }
              - null
              - street: { $arrayElemAt: [$$m.captures, 0] }
                city: { $arrayElemAt: [$$m.captures, 1] }
                state: { $arrayElemAt: [$$m.captures, 2] }
                zip: { $arrayElemAt: [$$m.captures, 3] }`

/** A text taken apart into a subdocument. */
export const restructureField: MongoLife = {
  name: 'an address that becomes an object',
  collection: 'customers',
  intents: `
- restructure_field:
    collection: customers
    from: address
    to: postal
    value:${PARTS}
    back:
      pipeline:
        $concat: [$postal.street, ", ", $postal.city, ", ", $postal.state, " ", $postal.zip]`,
  meanings: [
    ['1 Main St', 'Portland', 'OR', '97201'],
    ['Apt 4, 12 Oak Ave', 'Salem', 'OR', '97301'],
    ['9 Elm', 'New York', 'NY', '10001'],
  ],
  old: (meaning) => {
    const [street, city, state, zip] = meaning as Address
    return { address: `${street}, ${city}, ${state} ${zip}` }
  },
  fresh: (meaning) => {
    const [street, city, state, zip] = meaning as Address
    return { postal: { street, city, state, zip } }
  },
  oldFields: ['address'],
  freshFields: ['postal'],
  sealed: true,
  target: async () => undefined,
}
