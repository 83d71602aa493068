/**
 * Texts for a range of a slice: for the `first` one, which begins at the beginning, and for those that follow a cursor.
 */
export type Ranged<Text = string> = { readonly first: Text; readonly next: Text }

/** A text for each kind of range. */
export const eachRange = <Text>({ first, next }: Ranged, text: (range: string) => Text): Ranged<Text> => ({
  first: text(first),
  next: text(next),
})

/**
 * A walk in the order of a key. Parameters: `end` none; `boundary.first` (rows, end…); `boundary.next` (rows, end…,
 * cursor…).
 */
export type ByKey = { readonly by: 'key'; readonly end: string; readonly boundary: Ranged }

/**
 * A walk over a table without a key, by the places (block, row) of its rows. Parameters: `end` none; `row` (to, from),
 * both of them places, `to` exclusive.
 */
type ByBlocks = { readonly by: 'blocks'; readonly end: string; readonly row: string }

/**
 * A walk over documents, in the order of their ids. Parameters: `end` none; `page.first` (limit, end); `page.next` and
 * `page.beyond` (limit, end, after). `beyond` finds the ids of the next type.
 */
export type ByPages = {
  readonly by: 'pages'
  readonly end: string
  readonly page: Ranged & { readonly beyond: string }
}

/**
 * How a batch sees that users' triggers changed its rows. `statement`: it compares by itself, and `left` counts the rows
 * that are still to be filled; with `once` it is never repeated. `images`: the rows are read before and after it.
 */
export type Guard<Text> =
  | { readonly by: 'statement'; readonly guarded: Text; readonly left: Text; readonly once?: true }
  | { readonly by: 'images'; readonly before: Text; readonly after: Text }

/** What every walk that writes has: a count of what there is, and whether something is left. */
type Measured = { readonly estimate: string; readonly remaining: string }

type OfRows = Measured & {
  readonly run: 'fill'
  /** Tells our triggers whose batch this is. */
  readonly mark: string
  /** Users' triggers that a batch fires. */
  readonly triggers: string
  /** Removes old row versions between two slices. */
  readonly vacuum?: { readonly vacuum: string; readonly size: string }
}

/** Parameters of `batch`, `lock`, `keep` and `guard`: `first` (to…), `next` (to…, cursor…). */
export type FillByKey = OfRows & {
  readonly along: ByKey
  /** Locks all rows of a batch without waiting. */
  readonly lock?: Ranged
  /** Keeps what the rows of a batch have before it, and what they have after it. */
  readonly keep?: { readonly old: Ranged; readonly new: Ranged }
  readonly batch: Ranged<readonly string[]>
  readonly guard: Guard<Ranged>
  /** Keys that cut the table into parts of about equal size: parameters (parts, estimate, end…). */
  readonly cuts?: string
  /** The least and the greatest key, where the key is one whole number. */
  readonly span?: string
  /** Values that are computed outside of the database. */
  readonly computing?: ComputingTexts
}

/**
 * How rows are read for functions outside of the database, and how `batch` finds what these computed. Parameters of `read`
 * and `held`: those of `batch`. `read` gives, in the order of the walk: `p0`, … the place of the walk, `n0`, … the key,
 * `id` the key as one text, `was` an image of the columns that are read, and these as `v0`, …. `id` is null when the row
 * is gone. `lost`, where there is such a column, is true of a row of which a column is too large to be read.
 */
export type ComputingTexts = {
  readonly read: Ranged
  /** Gives `bytes`: the most that `bind` should be given at once. `hint`: how a server is made to take more. */
  readonly room?: { readonly query: string; readonly hint: string }
  /** Tells the next statements what was computed: a JSON object, by `id` a list of `was`, the values as texts, and `id`. */
  readonly bind: string
  /** The `id` of each row that is still wanted and as it was read. These rows are locked, without waiting. */
  readonly held: Ranged
  /**
   * Takes marks off; both take a JSON list of their places. `row`: all marks of these rows, which are locked and as they were
   * read, so no mark can be about anything later. `place`: only these marks, of rows that are gone.
   */
  readonly done?: { readonly row: string; readonly place: string }
}

/** Parameters of `batch` and `guard`: (to, from). */
export type FillByBlocks = OfRows & {
  readonly along: ByBlocks
  readonly batch: readonly string[]
  readonly guard: Guard<string>
}

/** Parameters of `batch` and `emptied`: the ids of a page. The last text of `batch` is the write itself. */
type OfDocuments = Measured & {
  readonly along: ByPages
  readonly batch: readonly string[]
  readonly cuts: string
}

export type FillByPages = OfDocuments & {
  readonly run: 'fill'
  /** Empties the new side of documents whose old side somebody removed. */
  readonly emptied: readonly string[]
}

/** Fills again what differs, until nothing does. */
export type Sweep = OfDocuments & {
  readonly run: 'sweep'
  /** One number, `violations`. */
  readonly differs: string
  /** Keys of documents that the next step would make unchangeable. */
  readonly stuck: string
}

/** Writes rows or documents, batch by batch. */
export type Fill = FillByKey | FillByBlocks | FillByPages | Sweep

export const byPages = (walk: Fill): walk is FillByPages | Sweep => walk.along.by === 'pages'
export const byBlocks = (walk: Fill): walk is FillByBlocks => walk.along.by === 'blocks'

/** One value that is tried. `try` gives numbers: `all`, `made`, `failing`. The other texts take a limit or nothing. */
type Tried<Range> = {
  readonly try: Range
  readonly required?: { readonly empty: string; readonly look_empty: string }
  readonly unique?: { readonly groups: string; readonly twice: string; readonly look_twice: string }
}

/** Computes the plan's values for all rows and discards them. Parameters of `try`: those of a batch by key. */
export type TryRows = {
  readonly run: 'try rows'
  /** A temporary table that takes the values; `grant` is for a user who may not make one. */
  readonly aside?: { readonly prepare: readonly string[]; readonly grant: string; readonly finish: string }
} & (
  | {
      readonly along: ByKey
      readonly trials: readonly Tried<Ranged<readonly string[]>>[]
    }
  | {
      /** A table without a key is read as a whole. */
      readonly along: null
      readonly trials: readonly Tried<{ readonly all: readonly string[] }>[]
    }
)

/** Tries the conversion of all documents. Parameters of `count`, `sample`, `large` and `note`: the ids of a page. */
export type TryDocuments = {
  readonly run: 'try documents'
  readonly along: ByPages
  readonly count: string
  readonly sample: string
  /** Keys of documents that would be too large. */
  readonly large?: string
  /** Pairs of keys that would share a value. */
  readonly unique: readonly string[]
  /** Records which documents have the wanted type already. */
  readonly note: readonly string[]
}

/** What is proven. `count` gives `checked`, `v0`, `v1`, …; `sample` takes a limit. */
export type Proof =
  | {
      readonly run: 'prove rows'
      readonly count: string
      readonly rules: readonly { readonly sample: string }[]
    }
  /** One row for each thing that must hold: `what`, `holds`. */
  | { readonly run: 'prove catalogue'; readonly check: string }
  | { readonly run: 'prove query'; readonly count: string; readonly sample: string }
