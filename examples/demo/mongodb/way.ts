import { NEW, NEW_VERSION, OLD, OLD_VERSION, type Version, type Way } from '../way.ts'

const DUAL_WRITE: Version = {
  name: 'dual-write version',
  does: `still reads ${OLD}, and writes both fields in one update`,
  reads: OLD,
  writes: [OLD, NEW],
}

const SWITCHED: Version = {
  name: 'switched version',
  does: `reads ${NEW}, and still writes both fields`,
  reads: NEW,
  writes: [OLD, NEW],
}

/** Where the application keeps both fields in step: a deploy for each thing that it begins or ends to do. */
export const way: Way = {
  about: 'A field of a busy collection',
  first: OLD_VERSION,
  legs: [
    {
      runs: [{ phase: 'expand', why: `looks at every document for what would stand in the way of ${NEW}` }],
      checkpoint: 'dual-write',
      next: DUAL_WRITE,
    },
    {
      runs: [
        { phase: 'backfill', why: `copies ${OLD} of the documents that were there before` },
        {
          phase: 'enforce',
          why: `builds the indexes of ${NEW}, sees that nobody writes one field alone, and then forbids it`,
        },
        { phase: 'verify', why: 'proves on every document that both fields agree' },
      ],
      checkpoint: 'switch-app',
      next: SWITCHED,
    },
    {
      runs: [{ phase: 'contract', why: `proves it all again, and allows documents without ${OLD}` }],
      checkpoint: 'stop-writes',
      next: NEW_VERSION,
    },
  ],
  end: { phase: 'contract', why: `takes ${OLD} out of every document, and drops its indexes` },
}
