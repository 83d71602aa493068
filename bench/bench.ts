/** What was asked for on the command line. */
export type Asked = {
  readonly rows: number
  readonly rounds: number
  readonly wants: (name: string) => boolean
}

/** Puts a server up, measures, prints. `folder`: a place for plans. */
export type Bench = {
  /** As many as are worth it, unless others are asked for. */
  readonly rows: number
  readonly parts: readonly string[]
  run(asked: Asked, folder: string): Promise<void>
}
