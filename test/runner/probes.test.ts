import { existsSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parsePlan } from '../../src/intents/plans.ts'
import { isLocalLink } from '../../src/plan/web-address.ts'
import { ask } from '../../src/runner/http.ts'
import { shell } from '../../src/runner/shell.ts'
import { until } from '../support/command.ts'
import { rename } from '../support/users.ts'

const PATIENCE = 30_000
const SOON = 400

/** A server of one test's own; `open` is how many connections it has now. */
async function web(listener: RequestListener) {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    open: () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count))),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const asked = (
  url: string,
  more: { signal?: AbortSignal; patience?: number; allowLocalLink?: boolean } = {},
) => ask({ url, allowLocalLink: false, signal: new AbortController().signal, patience: PATIENCE, ...more })

/** A byte now and then, without end. */
const dripping: RequestListener = (_, response) => {
  response.writeHead(200)
  const timer = setInterval(() => response.write(' '), 20)
  response.on('close', () => clearInterval(timer))
}

describe('a web address that is asked', () => {
  const SLOW: Readonly<Record<string, RequestListener>> = {
    'never answers': () => undefined,
    'sends a byte now and then': dripping,
    'sends no more than a part': (_, response) =>
      void response.writeHead(200, { 'content-length': 9 }).write('x'),
  }

  it.for(Object.keys(SLOW))('and %s is given up', async (name) => {
    await using server = await web(SLOW[name] ?? dripping)
    expect(await asked(server.url, { patience: SOON })).toEqual({ problem: 'did not answer in 400ms' })
    await until('the connection is closed', async () => (await server.open()) === 0)
  })

  it.for(Object.keys(SLOW))('and %s is let go when somebody asks to stop', async (name) => {
    const interrupt = new AbortController()
    await using server = await web((...all) => {
      SLOW[name]?.(...all)
      interrupt.abort()
    })
    expect(await asked(server.url, { signal: interrupt.signal })).toEqual({ problem: 'was not waited for' })
    await until('the connection is closed', async () => (await server.open()) === 0)
  })

  it('is read up to 1 MB', async () => {
    await using server = await web((_, response) => {
      const more = () => {
        while (response.write('x'.repeat(50_000)) && !response.destroyed);
        response.once('drain', more)
      }
      more()
    })
    expect(await asked(server.url)).toEqual({ problem: 'answers with more than 1 MB' })
  })

  it('is followed to where it leads, five times', async () => {
    await using server = await web((request, response) => {
      const step = Number(request.url?.slice(1))
      if (step >= 5) response.end('there')
      else response.writeHead(302, { location: `/${step + 1}` }).end()
    })
    expect(await asked(`${server.url}0`)).toEqual({ body: 'there' })
    await using circle = await web((_, response) => void response.writeHead(302, { location: '/' }).end())
    expect(await asked(circle.url)).toEqual({ problem: 'redirects more than 5 times' })
  })

  it('does not lead to a place where clouds keep secrets, unless the plan says so', async () => {
    for (const location of [
      'http://169.254.169.254/latest',
      'http://[fe80::1]/',
      'file:///etc/passwd',
      'http://u:p@h/',
    ]) {
      await using server = await web((_, response) => void response.writeHead(307, { location }).end())
      const answer = await asked(server.url)
      expect(answer).toMatchObject({
        problem: expect.stringContaining('leads to an address that is not asked'),
      })
    }
    await using server = await web((_, response) => void response.end('fine'))
    expect(await asked(server.url, { allowLocalLink: true })).toEqual({ body: 'fine' })
  })

  it('may break off', async () => {
    await using server = await web((request) => void request.socket.destroy())
    expect(await asked(server.url)).toEqual({ problem: 'did not answer (ECONNRESET)' })
    const closed = `http://127.0.0.1:${server.port}/`
    await server[Symbol.asyncDispose]().catch(() => undefined)
    expect(await asked(closed)).toEqual({ problem: 'did not answer (ECONNREFUSED)' })
  })

  it('is known for one of the local link however it is written', () => {
    const LOCAL = [
      ...['169.254.169.254', '::ffff:169.254.1.1', '[::ffff:a9fe:a9fe]', 'FE80::1%eth0', '[febf::1]'],
      ...[
        'metadata.google.internal',
        'metadata',
        'Metadata.Google.Internal.',
        'fd00:ec2::254',
        '100.100.100.200',
      ],
      new URL('http://0xA9FEA9FE/').hostname,
      new URL('http://2852039166/').hostname,
    ]
    for (const host of LOCAL) expect(isLocalLink(host), host).toBe(true)
    for (const host of ['10.0.0.1', 'localhost', '169.253.1.1', 'fe00::1', 'metadata.example.org', '[::1]'])
      expect(isLocalLink(host), host).toBe(false)
  })

  it('is refused by the plan where it cannot be asked', () => {
    const found = (http: string) => {
      const read = parsePlan(
        'p.yaml',
        rename(`checkpoints: { switch-app: { probes: [{ http: { ${http} } }] } }\n`),
      )
      return 'findings' in read
        ? read.findings.map(({ message, hint }) => `${message}; ${hint}`).join()
        : 'fine'
    }
    expect(found('url: "ftp://h/x"')).toContain('no web address; write it as https://')
    expect(found('url: "https://"')).toContain('no web address')
    expect(found('url: "https:/h"')).toContain('no web address')
    expect(found('url: "https://me:secret@h/"')).toMatch(/holds a user or a password; .*command probe/)
    expect(found('url: "http://169.254.169.254/"')).toContain('allow_local_link: true')
    expect(found('url: "http://169.254.169.254/", allow_local_link: true')).toBe('fine')
    expect(found('url: "https://status.example.org:8443/v"')).toBe('fine')
  })
})

describe('a command that is run', () => {
  const run = (text: string, signal = new AbortController().signal, patience = PATIENCE) =>
    shell(text, signal, patience)

  it('gives what it prints, or why not', async () => {
    expect(await run('echo " 7 "; echo canary >&2')).toEqual({ printed: '7' })
    expect(await run('exit 3')).toEqual({ problem: 'failed with status 3' })
    expect(await run('kill -9 $$')).toEqual({ problem: 'failed' })
    expect(await run('yes')).toEqual({ problem: 'prints more than 1 MB' })
    expect(await run("trap '' TERM; sleep 60", undefined, SOON)).toEqual({ problem: 'did not end in 400ms' })
  })

  it('leaves nothing behind that it started', async () => {
    const mark = join(tmpdir(), `probe-${process.pid}`)
    const port = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const address = server.address()
        server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
      })
    })
    const listen = `${process.execPath} -e "require('net').createServer().listen(${port}, '127.0.0.1', () => require('fs').writeFileSync('${mark}', ''))"`
    const reachable = () =>
      new Promise<boolean>((resolve) => {
        const socket = connect(port, '127.0.0.1')
        socket.once('connect', () => resolve(true)).once('connect', () => socket.destroy())
        socket.once('error', () => resolve(false))
      })
    const interrupt = new AbortController()
    const ended = run(`${listen} & wait`, interrupt.signal)
    await until('it listens', async () => existsSync(mark) && (await reachable()))
    interrupt.abort()
    expect(await ended).toEqual({ problem: 'was not waited for' })
    await until('it is gone', async () => !(await reachable()))
    rmSync(mark)
  })
})
