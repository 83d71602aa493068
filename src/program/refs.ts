export type TableRef = { readonly schema: string; readonly name: string }

export type KeyColumn = { readonly name: string; readonly type: string }
