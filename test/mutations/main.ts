/**
 * Breaks a copy of the product, one way after the other, and expects the named test to fail by an assertion. Without
 * `--all` only the ways that the product must never be broken in; `--only` those with this in their name.
 */
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import ts from 'typescript'
import { databases } from '../support/servers.ts'
import { MORE, MUTATIONS, type Mutation } from './list.ts'

const HERE = fileURLToPath(new URL('../..', import.meta.url))
const WORKERS = 2
const { values: asked } = parseArgs({ options: { all: { type: 'boolean' }, only: { type: 'string' } } })

/** Everything that is tracked or new, the built command, and the packages. */
function copied(): string {
  const to = mkdtempSync(join(tmpdir(), 'mutation-'))
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  for (const file of execFileSync('git', list, { cwd: HERE, encoding: 'utf8' }).split('\0'))
    if (file && !file.startsWith('test/golden/')) {
      mkdirSync(dirname(join(to, file)), { recursive: true })
      cpSync(join(HERE, file), join(to, file), { force: true })
    }
  cpSync(join(HERE, 'dist'), join(to, 'dist'), { recursive: true })
  symlinkSync(join(HERE, 'node_modules'), join(to, 'node_modules'))
  return to
}

/** In the sources, for tests that import them, and in the built command. */
function broken(dir: string, { name, file, finds, puts }: Mutation): void {
  const text = readFileSync(join(dir, file), 'utf8')
  const places = text.split(finds).length - 1
  if (places !== 1) throw new Error(`${name}: its text stands ${places} times in ${file}`)
  const changed = text.replace(finds, () => puts)
  writeFileSync(join(dir, file), changed)
  const compilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    rewriteRelativeImportExtensions: true,
    verbatimModuleSyntax: true,
  }
  const made = ts.transpileModule(changed, { fileName: file, compilerOptions, reportDiagnostics: true })
  const [problem] = made.diagnostics ?? []
  if (problem) throw new Error(`${name}: ${ts.flattenDiagnosticMessageText(problem.messageText, ' ')}`)
  writeFileSync(join(dir, file.replace(/^src/, 'dist').replace(/\.ts$/, '.js')), made.outputText)
}

type Result = {
  readonly status: string
  readonly fullName: string
  readonly failureMessages: readonly string[]
}

/** What became of the tests of these names. */
async function tested(dir: string, files: readonly string[], name: RegExp): Promise<Result[]> {
  const file = join(dir, 'results.json')
  const vitest = join(HERE, 'node_modules', 'vitest', 'vitest.mjs')
  const args = [vitest, 'run', ...files, '-t', name.source, '--reporter=json', `--outputFile=${file}`]
  const child = spawn(process.execPath, args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] })
  const said: string[] = []
  child.stderr.on('data', (chunk) => said.push(String(chunk)))
  await new Promise((done) => child.once('close', done))
  try {
    const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as {
      testResults: { assertionResults: Result[] }[]
    }
    return testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'passed' || status === 'failed')
  } catch {
    throw new Error(`the tests did not run: ${said.join('')}`)
  }
}

/** Why the mutation counts as not seen, or null. */
async function problemOf(mutation: Mutation): Promise<string | null> {
  const dir = copied()
  try {
    broken(dir, mutation)
    const results = await tested(dir, [mutation.test.file], mutation.test.name)
    if (results.length === 0) return `no test of ${mutation.test.file} has the name ${mutation.test.name}`
    const failed = results.filter(({ status }) => status === 'failed')
    if (failed.length === 0) return `${mutation.test.name} did not notice`
    const [message = ''] = failed.flatMap(({ failureMessages }) => failureMessages)
    return failed.some(({ failureMessages }) => /^AssertionError/.test(failureMessages[0] ?? ''))
      ? null
      : `it failed by no assertion: ${message.split('\n')[0]}`
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** As it is, all of them hold. */
async function unbroken(mutations: readonly Mutation[]): Promise<string | null> {
  const dir = copied()
  try {
    const files = [...new Set(mutations.map(({ test }) => test.file))]
    const names = [...new Set(mutations.map(({ test }) => test.name.source))]
    const results = await tested(dir, files, new RegExp(names.join('|')))
    const failed = results.filter(({ status }) => status !== 'passed')
    return failed.length === 0
      ? null
      : failed
          .map(({ fullName, failureMessages: [why = ''] }) => `${fullName}: ${why.split('\n')[0]}`)
          .join('; ')
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function main(): Promise<boolean> {
  const { all = false, only } = asked
  const every = [...MUTATIONS, ...MORE]
  const mutations = only ? every.filter(({ name }) => name.includes(only)) : all ? every : MUTATIONS
  const { servers, mysqlServers, mongoServers, stop } = await databases()
  // The same servers for all; a process that starts its own takes longer than its test.
  const urls = { POSTGRES: servers.at(-1)?.url, MONGODB: mongoServers[0]?.url }
  for (const [kind, url] of Object.entries({
    ...urls,
    ...Object.fromEntries(mysqlServers.map(({ dialect, url }) => [dialect.toUpperCase(), url])),
  }))
    if (url) process.env[`TEST_${kind}_URL`] = url
  let fine = true
  const check = async (name: string, problem: () => Promise<string | null>) => {
    const found = await problem().catch(String)
    console.log(`${found === null ? '✓' : '✗'} ${name}${found === null ? '' : `: ${found}`}`)
    fine &&= found === null
  }
  const queue = [
    () => check('unbroken, every test holds', () => unbroken(mutations)),
    ...mutations.map((one) => () => check(one.name, () => problemOf(one))),
  ]
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await next()
  }
  await Promise.all(Array.from({ length: WORKERS }, work)).finally(stop)
  console.log(`${mutations.length} mutations, ${fine ? 'each of them seen' : 'NOT ALL SEEN'}`)
  return fine
}

process.chdir(resolve(HERE))
process.exitCode = (await main()) ? 0 : 1
