/** How a connection is to be encrypted; null says nothing of it. */
export type Tls = 'disable' | 'require' | 'verify-full' | null
