import type pg from 'pg'

/** The part of the driver's wire connection that COPY needs and that its types leave out. */
type Wire = {
  query(text: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
}

/** COPY … FROM STDIN of these lines, as a client sends them. */
export const copyIn = (client: pg.ClientBase, statement: string, lines: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    let failure: Error | null = null
    client.query({
      submit: (wire: Wire) => wire.query(statement),
      handleCopyInResponse(wire: Wire) {
        wire.sendCopyFromChunk(Buffer.from(lines.map((line) => `${line}\n`).join('')))
        wire.endCopyFrom()
      },
      handleCommandComplete: () => undefined,
      handleError: (error: Error) => {
        failure = error
      },
      handleReadyForQuery: () => (failure ? reject(failure) : resolve()),
    } as unknown as pg.Submittable)
  })
