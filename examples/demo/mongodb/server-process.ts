import { mongoServer } from '../../../test/support/mongo-servers.ts'

/* A MongoDB, or what stands in for it. It ends, and takes its data along, when whoever started it is gone. */
let stop = (): Promise<void> => Promise.resolve()

// Ctrl-C reaches the whole group: whoever started us decides what is next.
process.on('SIGINT', () => undefined)
process.on('disconnect', () => void starting.then(() => stop()).finally(() => process.exit(0)))

const starting = mongoServer(async (server) => {
  const { url, stop: end } = await server
  stop = end
  return url
}).then(
  (server) => server,
  (error: unknown) => ({ url: null, reason: error instanceof Error ? error.message : String(error) }),
)
process.send?.(await starting)
