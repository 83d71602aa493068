/** What only `--ledger` needs; apart from the others, which it needs itself. */
export const lazyTools = {
  ledger: () => import('./ledger.ts'),
}
