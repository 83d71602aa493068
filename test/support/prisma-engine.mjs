#!/usr/bin/env node
/**
 * Stands in for the schema engine that Prisma Migrate downloads: the same engine as WebAssembly, with a driver of
 * JavaScript. Prisma's command line calls it as it calls its own, and talks to it in lines of JSON-RPC.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const modules = createRequire(join(process.env.PRISMA_PACKAGES, 'here.js'))
const load = async (name) => import(pathToFileURL(modules.resolve(name)).href)
const { PrismaPg } = await load('@prisma/adapter-pg')
const { bindMigrationAwareSqlAdapterFactory } = await load('@prisma/driver-adapter-utils')
const glue = await load('@prisma/schema-engine-wasm/schema_engine_bg')

const args = process.argv.slice(2)
const valuesOf = (option) => args.filter((_, index) => args[index - 1] === option)
const { url } = JSON.parse(valuesOf('--datasource')[0])
const datamodels = valuesOf('--datamodels').map((file) => [file, readFileSync(file, 'utf8')])

const wasm = readFileSync(
  modules.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm'),
)
const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': glue })
glue.__wbg_set_wasm(instance.exports)
instance.exports.__wbindgen_start()

/** The driver would cut a script at each semicolon; the engine that is downloaded sends it as it is. */
async function whole(connecting) {
  const adapter = await connecting
  adapter.executeScript = (text) =>
    adapter
      .underlyingDriver()
      .query(text)
      .then(
        () => {},
        (error) => adapter.onError(error),
      )
  return adapter
}

const plain = new PrismaPg({ connectionString: url })
const engine = await glue.SchemaEngine.new(
  { datamodels: datamodels.length > 0 ? datamodels : undefined },
  () => {},
  bindMigrationAwareSqlAdapterFactory({
    ...{ provider: plain.provider, adapterName: plain.adapterName },
    connect: () => whole(plain.connect()),
    connectToShadowDb: () => whole(plain.connectToShadowDb()),
  }),
)

if (args.includes('can-connect-to-database')) {
  await engine.ensureConnectionValidity({ datasource: { tag: 'ConnectionString', url } })
  process.exit(0)
}
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line)
  const answer = await engine[method](params).then(
    (result) => ({ result: result ?? null }),
    ({ message, code, meta }) => ({
      error: { code: 4466, message, data: { is_panic: false, message, meta, error_code: code } },
    }),
  )
  console.log(JSON.stringify({ jsonrpc: '2.0', id, ...answer }))
}
