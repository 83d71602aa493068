import type { Collection } from '../../src/schema/collection.ts'
import { collection, indexOn, schemaOf } from './collections.ts'

/** Collections that every plan of the gallery fits, before its change. */
export const COLLECTIONS: readonly Collection[] = [
  collection(
    'users',
    { email: 'string', last_name: 'string', last_seen: ['date', 'null'] },
    {
      // Closed, and with the old field required: neither old nor new code may be refused at any time.
      validator: schemaOf({
        bsonType: 'object',
        required: ['email', 'last_name'],
        properties: {
          _id: {},
          email: { bsonType: 'string' },
          last_name: { bsonType: 'string', maxLength: 80 },
          last_seen: {},
        },
        additionalProperties: false,
      }),
      indexes: [
        indexOn({ last_name: 1 }),
        indexOn({ email: 1, last_name: -1 }, { name: 'by_email', unique: true }),
        indexOn({ last_seen: 1 }),
      ],
    },
  ),
  collection('orders', { customer: 'object', 'customer.mail': 'string', placed_on: 'string' }),
  collection(
    'customers',
    { address: 'string', fax: ['string', 'null'] },
    { indexes: [indexOn({ fax: 1 })], views: [{ name: 'letterheads', fields: ['address'] }] },
  ),
  collection('people', { full_name: 'string' }),
  collection('contacts', { country_code: 'string', number: 'string' }),
  collection('products', { price: ['double', 'int'], sku: 'string' }),
  collection('client', { name: 'string' }, { indexes: [indexOn({ name: 1 })] }),
]
