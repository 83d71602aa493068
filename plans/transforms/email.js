import { createHash } from 'node:crypto'

/** What the service for newsletters knows of an address. The row has the columns that the plan names in `reads`. */
export function hashed({ email }) {
  return email === null ? null : createHash('sha256').update(email.trim().toLowerCase()).digest('hex')
}
