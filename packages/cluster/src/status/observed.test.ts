import { createServer as createPlainServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createServer as createHttpsServer, type ServerOptions } from 'node:https'
import type { RequestListener } from 'node:http'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { issuedInput } from '../../testing/render-sample.ts'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { ClusterError } from '../cluster-error.ts'
import type { ClusterPki } from '../pki/cluster-pki.ts'
import { hostsWith } from '../spec/cluster-spec.ts'
import { acceptedText, askHttps, type HttpsQuestion } from './ask-https.ts'
import { observe, type Observed } from './observed.ts'
import { nameFailure } from './source-failure.ts'

const reference = referenceSpec()
const host = hostsWith(reference, 'etcd')[0]!
/** A cluster whose first host is this machine, at an address that no other host's certificate has. */
const spec = {
  ...reference,
  hosts: reference.hosts.map((each) => (each === host ? { ...each, address: '127.0.0.2' } : each)),
}
let ours: ClusterPki
let foreign: ClusterPki
let tls: HttpsQuestion['tls']
const open: Server[] = []

beforeAll(async () => {
  ours = (await issuedInput(spec)).pki
  foreign = (await issuedInput(spec)).pki
  const operator = ours.certificate('operator')
  tls = { authorityPem: ours.authorityPem, ...operator }
})
afterEach(() =>
  Promise.all(
    open.splice(0).map((server) => {
      if ('closeAllConnections' in server) (server.closeAllConnections as () => void)()
      return new Promise((resolve) => server.close(resolve))
    }),
  ),
)

async function listen(server: Server): Promise<number> {
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve))
  return (server.address() as AddressInfo).port
}

const daemon = (name: string, of: ClusterPki, answer: RequestListener, more: ServerOptions = {}) => {
  const { certificatePem, privateKeyPem } = of.certificate(name)
  const options = { ca: of.authorityPem, cert: certificatePem, key: privateKeyPem, ...more }
  return createHttpsServer(options, answer)
}
const etcd = `${host.name}/etcd`
const hello: RequestListener = (_, response) => response.end('hello')

const never = new AbortController().signal
const ask = (port: number, timeoutMs = 2_000, stop = never): Promise<Observed<string>> =>
  observe(timeoutMs, stop, async ({ signal }) =>
    acceptedText(await askHttps({ address: '127.0.0.2', port, path: '/', tls, signal })),
  )

describe('a source', () => {
  it('is heard, with the end of the certificate that it showed', async () => {
    const port = await listen(daemon(etcd, ours, hello))
    const answer = await askHttps({ address: '127.0.0.2', port, path: '/', tls, signal: never })
    expect(answer).toMatchObject({ status: 200, text: 'hello' })
    expect(answer.certificateEndsMs).toBeGreaterThan(Date.now() + 86_400_000)
  })

  it('that takes the connection and says nothing gave no answer, in the time that it had', async () => {
    const port = await listen(createPlainServer((socket) => socket.on('error', () => {}).resume()))
    const startMs = performance.now()
    expect(await ask(port, 300)).toMatchObject({
      ok: false,
      failure: { kind: 'no_answer', message: 'no answer within 0.3 s' },
    })
    expect(performance.now() - startMs).toBeLessThan(1_500)
  })

  it('that says half of its answer and stops gave no answer', async () => {
    const port = await listen(daemon(etcd, ours, (_, response) => void response.write('half')))
    expect(await ask(port, 500)).toMatchObject({ ok: false, failure: { kind: 'no_answer' } })
  })

  it('that nothing listens for is refused', async () => {
    const server = createPlainServer()
    const port = await listen(server)
    await new Promise((resolve) => server.close(resolve))
    open.length = 0
    expect(await ask(port)).toMatchObject({ ok: false, failure: { kind: 'refused' } })
  })

  it('with a certificate of another authority is not ours', async () => {
    const port = await listen(daemon(etcd, foreign, hello))
    expect(await ask(port)).toMatchObject({
      ok: false,
      failure: { kind: 'wrong_certificate', message: "its certificate is not from this cluster's authority" },
    })
  })

  it('with the certificate of another host is not it', async () => {
    const port = await listen(daemon(`${hostsWith(spec, 'backup')[0]!.name}/pgbackrest`, ours, hello))
    expect(await ask(port)).toMatchObject({
      ok: false,
      failure: { kind: 'wrong_certificate', message: 'its certificate is for another name or address' },
    })
  })

  it('that speaks no TLS is told apart', async () => {
    const port = await listen(
      createPlainServer((socket) =>
        socket
          .on('error', () => {})
          .resume()
          .end('SSH-2.0-OpenSSH_9.2\r\n'),
      ),
    )
    expect(await ask(port)).toMatchObject({
      ok: false,
      failure: { kind: 'bad_answer', message: 'it does not speak TLS' },
    })
  })

  it('that hangs up gave no answer, at once', async () => {
    const port = await listen(createPlainServer((socket) => socket.destroy()))
    expect(await ask(port)).toMatchObject({ ok: false, failure: { kind: 'broken_off' } })
  })

  it.each([
    [401, 'denied'],
    [403, 'denied'],
    [500, 'bad_answer'],
  ])('that answers %i is %s', async (status, kind) => {
    const port = await listen(daemon(etcd, ours, (_, response) => void response.writeHead(status).end()))
    expect(await ask(port)).toMatchObject({ ok: false, failure: { kind } })
  })
})

describe('observe', () => {
  it('ends at its deadline also when the work ignores it', async () => {
    const observed = await observe(50, never, () => new Promise(() => {}))
    expect(observed).toMatchObject({ ok: false, failure: { kind: 'no_answer' } })
  })

  it('tells the work that its time is over', async () => {
    let told: AbortSignal | null = null
    await observe(20, never, ({ signal }) => {
      told = signal
      return new Promise(() => {})
    })
    expect(told!.aborted).toBe(true)
  })

  it('ends at once when it is stopped', async () => {
    const stop = new AbortController()
    const asked = ask(
      await listen(createPlainServer((socket) => socket.on('error', () => {}).resume())),
      10_000,
      stop.signal,
    )
    stop.abort(new Error('Ctrl-C'))
    await expect(asked).rejects.toThrow('Ctrl-C')
    await expect(ask(1, 10_000, stop.signal)).rejects.toThrow('Ctrl-C')
  })

  it('lets a bug through', async () => {
    await expect(
      observe(1_000, never, () => Promise.reject(new TypeError('x is undefined'))),
    ).rejects.toThrow(TypeError)
  })
})

describe('nameFailure', () => {
  it.each([
    ['Connection timed out', 'no_answer'],
    ['Connection refused', 'refused'],
    ['No route to host', 'no_route'],
    ['Host key verification failed.', 'wrong_certificate'],
    ['Permission denied (publickey).', 'denied'],
    ['Connection closed by 10.0.0.11 port 22', 'broken_off'],
  ])('understands ssh: %s is %s', (said, kind) => {
    const error = new ClusterError('host_unreachable', `pg-node-1 (10.0.0.11) does not answer ssh: ${said}`)
    expect(nameFailure(error, 2_000).kind).toBe(kind)
  })

  it('understands what wraps an error of a socket', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const error = new ClusterError('host_unreachable', 'Patroni cannot be reached', { cause })
    expect(nameFailure(error, 2_000).kind).toBe('refused')
  })
})
