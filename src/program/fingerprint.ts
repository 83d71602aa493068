import { createHash } from 'node:crypto'

/** SHA-256 of a text, hex. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** JSON with sorted keys: the same data always gives the same text. */
export const canonical = (data: unknown): string =>
  JSON.stringify(data, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )

/** What stands for all of a program but the sizes that it was compiled with. */
export const fingerprintOf = ({
  fingerprint: _,
  estimates: __,
  ...body
}: {
  readonly fingerprint?: unknown
  readonly estimates?: unknown
}): string => sha256(canonical(body))
