/** How a connection is to be encrypted; null: not specified. */
export type Tls = 'disable' | 'require' | 'verify-full' | null
