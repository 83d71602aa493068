export const OLD = 'last_name'
export const NEW = 'family_name'

/** The name columns that a version of the application uses. */
export type Knows = { readonly reads: string; readonly writes: readonly string[] }

/** A version of the application. `does`: the end of a sentence about it. */
export type Version = Knows & { readonly name: string; readonly does: string }

type Phase = 'expand' | 'backfill' | 'enforce' | 'verify' | 'contract'

/** A phase that the plan is asked for, and what it is good for. */
export type Run = { readonly phase: Phase; readonly why: string }

/** What is done while one version of the application is at work, up to the checkpoint at which another takes its place. */
export type Leg = { readonly runs: readonly Run[]; readonly checkpoint: string; readonly next: Version }

/** The way of a plan and the deploys on it, from the first command to the last. */
export type Way = {
  /** What it is about, to begin a sentence. */
  readonly about: string
  readonly first: Version
  readonly legs: readonly Leg[]
  readonly end: Run
}

export const OLD_VERSION: Version = {
  name: 'old application',
  does: `knows only users.${OLD}`,
  reads: OLD,
  writes: [OLD],
}

export const NEW_VERSION: Version = {
  name: 'new application',
  does: `knows only users.${NEW}`,
  reads: NEW,
  writes: [NEW],
}

/** The plan of the gallery, for databases of tables. */
export const RENAME_COLUMN = new URL('../../plans/rename-last-name.yaml', import.meta.url)

/** Where triggers keep both columns in step: one deploy. */
export const WITH_TRIGGERS: Way = {
  about: 'A column of a busy table',
  first: OLD_VERSION,
  legs: [
    {
      runs: [
        {
          phase: 'expand',
          why: `adds ${NEW}, empty, and a trigger that carries every write from one column to the other`,
        },
        { phase: 'backfill', why: `copies ${OLD} of the rows that were there before` },
        {
          phase: 'enforce',
          why: `gives ${NEW} what ${OLD} has: indexes, constraints, NOT NULL; nobody waits for them`,
        },
        { phase: 'verify', why: 'proves on every row that both columns agree' },
      ],
      checkpoint: 'switch-app',
      next: NEW_VERSION,
    },
  ],
  end: { phase: 'contract', why: `proves it all again, then drops ${OLD}` },
}
