import { createHash } from 'node:crypto'

/** SHA-256 of a text, in hex. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** JSON with sorted keys: the same data always gives the same text. */
export const canonical = (data: unknown): string =>
  JSON.stringify(data, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )

/** The hash of a program without its estimates. */
export const fingerprintOf = ({
  fingerprint: _,
  estimates: __,
  ...body
}: {
  readonly fingerprint?: unknown
  readonly estimates?: unknown
}): string => sha256(canonical(body))
