import type { SliceRecord } from '../ledger/records.ts'

export type Slice = Omit<SliceRecord, 'startedAt' | 'updatedAt'>
