import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkServerIdentity, connect, createServer, type TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { failure } from '../../testing/cluster-failure.ts'
import { type ClusterHome, createClusterHome } from '../home.ts'
import { runProgram } from '../hosts/run-program.ts'
import { referenceOptions, renderClusterYml } from '../spec/cluster-yml-template.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import { parseClusterYml } from '../spec/parse-cluster-yml.ts'
import { certificatesOf } from './certificates-of.ts'
import type { ClusterPki } from './cluster-pki.ts'
import { createKeyPem, issueAuthority } from './issue-certificate.ts'
import { authorityFiles, certificateFiles } from './pki-files.ts'
import { ensurePki, listCertificates, readPki } from './pki-store.ts'

const spec = parseClusterYml(renderClusterYml(referenceOptions()), 'cluster.yml').spec!
const separate = parseClusterYml(renderClusterYml(referenceOptions('separate')), 'cluster.yml').spec!
const dayMs = 86_400_000
const nowMs = Date.now()

const newHome = async (): Promise<ClusterHome> =>
  createClusterHome(join(await mkdtemp(join(tmpdir(), 'fleet-pki-')), 'cluster.yml'))

describe('what is asked for', () => {
  const byName = (of: ClusterSpec) => new Map(certificatesOf(of).map((each) => [each.name, each]))

  test('every daemon of every host has its own', () => {
    expect([...byName(spec).keys()]).toEqual([
      ...[1, 2, 3].flatMap((n) =>
        ['etcd', 'patroni', 'postgresql', 'pgbackrest'].map((each) => `pg-node-${n}/${each}`),
      ),
      'haproxy-1/haproxy',
      'haproxy-2/haproxy',
      'backup-1/pgbackrest',
      'operator',
    ])
    expect([...byName(separate).keys()].filter((name) => name.endsWith('/etcd'))).toEqual([
      'etcd-1/etcd',
      'etcd-2/etcd',
      'etcd-3/etcd',
    ])
  })

  test('clients reach PostgreSQL at the virtual IP, so that its certificate names it', () => {
    expect(byName(spec).get('pg-node-2/postgresql')).toEqual({
      name: 'pg-node-2/postgresql',
      commonName: 'pg-node-2',
      dnsNames: ['pg-node-2', 'localhost'],
      addresses: ['10.0.0.12', '127.0.0.1', '10.0.0.100'],
      usages: ['server'],
    })
    expect(byName(spec).get('pg-node-2/etcd')!.addresses).not.toContain('10.0.0.100')
  })
})

describe('what is issued', () => {
  let home: ClusterHome
  let pki: ClusterPki
  beforeAll(async () => {
    home = await newHome()
    pki = await ensurePki(home, spec, nowMs)
  })
  afterAll(() => rm(home.directory, { recursive: true }))

  const verify = async (name: string, purpose: string) => {
    const { exitCode, stdout, stderr } = await runProgram([
      'openssl',
      'verify',
      '-x509_strict',
      '-purpose',
      purpose,
      '-CAfile',
      authorityFiles(home).certificate,
      certificateFiles(home, name).certificate,
    ])
    return { exitCode, said: stdout + stderr }
  }

  test('openssl accepts every certificate for its uses, by the strict rules', async () => {
    for (const { name, usages } of certificatesOf(spec))
      for (const usage of ['server', 'client'] as const) {
        const { exitCode, said } = await verify(name, `ssl${usage}`)
        if (usages.includes(usage)) expect(said).toMatch(/: OK\n$/)
        else
          expect({ exitCode, said }).toMatchObject({ exitCode: 2, said: expect.stringContaining('purpose') })
      }
  })

  test('the authority can sign certificates and nothing below them, for ten years', async () => {
    const authority = new X509Certificate(pki.authorityPem)
    expect(authority.subject).toBe('CN=bike-fleet-cluster authority')
    expect(authority.ca).toBe(true)
    expect(authority.validToDate.getTime() - nowMs).toBeGreaterThan(3_651 * dayMs)
    const { stdout } = await runProgram([
      'openssl',
      'x509',
      '-noout',
      '-ext',
      'basicConstraints,keyUsage',
      '-in',
      authorityFiles(home).certificate,
    ])
    expect(stdout).toContain('CA:TRUE, pathlen:0')
    expect(stdout).toContain('Certificate Sign, CRL Sign')
    expect(await verify('operator', 'crlsign')).toMatchObject({ exitCode: 2 })
  })

  test('a certificate is good for 397 days from five minutes ago, and no two share a serial number or a key', () => {
    const all = certificatesOf(spec).map(
      ({ name }) => new X509Certificate(pki.certificate(name).certificatePem),
    )
    for (const { validFromDate, validToDate } of all) {
      // Certificates count in seconds.
      expect(Math.abs(validFromDate.getTime() - (nowMs - 5 * 60_000))).toBeLessThan(1_000)
      expect(validToDate.getTime() - validFromDate.getTime()).toBe(397 * dayMs)
    }
    expect(new Set(all.map(({ serialNumber }) => serialNumber)).size).toBe(all.length)
    expect(
      new Set(all.map(({ publicKey }) => JSON.stringify(publicKey.export({ format: 'jwk' })))).size,
    ).toBe(all.length)
    for (const { serialNumber } of all) expect(serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/)
  })

  test('private keys are for their owner only, certificates for everybody', async () => {
    expect((await stat(home.pkiDirectory)).mode & 0o777).toBe(0o700)
    for (const name of ['ca', ...certificatesOf(spec).map((each) => each.name)]) {
      const files = certificateFiles(home, name)
      expect((await stat(files.privateKey)).mode & 0o777).toBe(0o600)
      expect((await stat(files.certificate)).mode & 0o777).toBe(0o644)
    }
    const listed = await readdir(home.pkiDirectory, { recursive: true })
    expect(listed.filter((name) => !/(^|\/)[\w-]+(\.(crt|key))?$/.test(name))).toEqual([])
  })

  /** A server with one certificate, a client with another; how each ended. */
  async function handshake(serverName: string, clientName: string | null, expected: string, authority = pki) {
    const own = pki.certificate(serverName)
    const server = createServer({
      key: own.privateKeyPem,
      cert: own.certificatePem,
      ca: pki.authorityPem,
      requestCert: true,
      rejectUnauthorized: true,
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const refusedByServer = new Promise<string>((resolve) => {
      server.once('tlsClientError', (error) => resolve(`server: ${(error as NodeJS.ErrnoException).code}`))
    })
    const accepted = new Promise<string>((resolve) => {
      server.once('secureConnection', (socket: TLSSocket) => {
        resolve(`accepted ${String(socket.getPeerCertificate().subject.CN)}`)
        socket.end()
      })
    })
    const shown = clientName === null ? null : pki.certificate(clientName)
    const client = connect({
      port,
      host: '127.0.0.1',
      ca: authority.authorityPem,
      ...(shown ? { key: shown.privateKeyPem, cert: shown.certificatePem } : {}),
      // The connection goes to loopback; the name or address that is meant is another.
      checkServerIdentity: (_, certificate) => checkServerIdentity(expected, certificate),
    })
    const refusedByClient = new Promise<string>((resolve) => {
      client.once('error', (error: NodeJS.ErrnoException) => resolve(`client: ${error.code}`))
    })
    client.resume()
    // With TLS 1.3 a client may be done before the server has looked at its certificate: the server's word counts.
    const clientDone = new Promise<string>((resolve) =>
      client.once('secureConnect', () => resolve('connected')),
    )
    const fromClient = await Promise.race([clientDone, refusedByClient])
    const outcome = fromClient === 'connected' ? await Promise.race([accepted, refusedByServer]) : fromClient
    client.destroy()
    server.close()
    return outcome
  }

  test('two daemons shake hands, each knowing the other', async () => {
    expect(await handshake('pg-node-1/etcd', 'pg-node-2/patroni', 'pg-node-1')).toBe('accepted pg-node-2')
    expect(await handshake('pg-node-1/pgbackrest', 'backup-1/pgbackrest', '10.0.0.11')).toBe(
      'accepted backup-1',
    )
    expect(await handshake('pg-node-3/postgresql', 'operator', '10.0.0.100')).toBe('accepted operator')
  })

  test('a wrong name or address is refused', async () => {
    expect(await handshake('pg-node-1/etcd', 'operator', 'pg-node-2')).toBe(
      'client: ERR_TLS_CERT_ALTNAME_INVALID',
    )
    expect(await handshake('pg-node-1/etcd', 'operator', '10.0.0.100')).toBe(
      'client: ERR_TLS_CERT_ALTNAME_INVALID',
    )
  })

  test('a client without a certificate, or with one for servers only, is refused', async () => {
    expect(await handshake('pg-node-1/etcd', null, 'pg-node-1')).toMatch(
      /^server: ERR_SSL_PEER_DID_NOT_RETURN/,
    )
    expect(await handshake('pg-node-1/etcd', 'pg-node-2/postgresql', 'pg-node-1')).toMatch(/^server: /)
  })

  test('another authority of the same name is refused', async () => {
    const other: ClusterPki = {
      ...pki,
      authorityPem: await issueAuthority('bike-fleet-cluster authority', await createKeyPem(), nowMs),
    }
    expect(await handshake('pg-node-1/etcd', 'operator', 'pg-node-1', other)).toMatch(/^client: /)
  })
})

describe('made again', () => {
  let home: ClusterHome
  beforeEach(async () => {
    home = await newHome()
    await ensurePki(home, spec, nowMs)
  })
  afterEach(() => rm(home.directory, { recursive: true }))
  const statesOtherThanValid = async (atMs = nowMs, of = spec) =>
    (await listCertificates(home, of, atMs))
      .filter(({ state }) => state !== 'valid')
      .map(({ name, state }) => [name, state])

  test('nothing, when nothing is wrong', async () => {
    const before = await readPki(home, spec)
    const again = await ensurePki(home, spec, nowMs + dayMs)
    expect(again.issued).toEqual([])
    for (const { name } of certificatesOf(spec))
      expect(again.certificate(name)).toEqual(before.certificate(name))
    expect(again.authorityPem).toBe(before.authorityPem)
    expect(await statesOtherThanValid()).toEqual([])
  })

  test('what is asked for by name', async () => {
    const before = await readPki(home, spec)
    const again = await ensurePki(home, spec, nowMs, { renew: ['operator'] })
    expect(again.issued).toEqual(['operator'])
    expect(again.certificate('operator')).not.toEqual(before.certificate('operator'))
  })

  test('what names a virtual IP that has changed, and a host that is new', async () => {
    const [first, ...others] = spec.hosts
    const changed: ClusterSpec = {
      ...spec,
      network: { ...spec.network, vip: '10.0.0.110' },
      hosts: [first!, ...others, { ...spec.hosts.at(-1)!, name: 'backup-2', address: '10.0.0.32' }],
    }
    expect(await statesOtherThanValid(nowMs, changed)).toEqual([
      ...[1, 2, 3].map((n) => [`pg-node-${n}/postgresql`, 'outdated']),
      ['haproxy-1/haproxy', 'outdated'],
      ['haproxy-2/haproxy', 'outdated'],
      ['backup-2/pgbackrest', 'missing'],
    ])
    const pki = await ensurePki(home, changed, nowMs)
    expect(pki.issued).toHaveLength(6)
    const { subjectAltName } = new X509Certificate(pki.certificate('pg-node-1/postgresql').certificatePem)
    expect(subjectAltName).toContain('IP Address:10.0.0.110')
  })

  test('what expires within thirty days, and what has expired', async () => {
    const nearMs = nowMs + 367 * dayMs
    expect((await ensurePki(home, spec, nearMs - dayMs)).issued).toEqual([])
    expect(new Set((await statesOtherThanValid(nearMs)).map(([, state]) => state))).toEqual(
      new Set(['expiring']),
    )
    expect((await ensurePki(home, spec, nearMs)).issued).toHaveLength(certificatesOf(spec).length)
    expect((await ensurePki(home, spec, nearMs)).issued).toEqual([])
    const lateMs = nearMs + 400 * dayMs
    expect(new Set((await statesOtherThanValid(lateMs)).map(([, state]) => state))).toEqual(
      new Set(['expired']),
    )
  })

  test('the authority, with the same key, so that what it issued stays valid with the old and the new', async () => {
    const before = await readPki(home, spec)
    const lateMs = nowMs + 3_000 * dayMs
    const after = await ensurePki(home, spec, lateMs)
    expect(after.authorityPem).not.toBe(before.authorityPem)
    const newAuthority = new X509Certificate(after.authorityPem)
    expect(newAuthority.validToDate.getTime()).toBeGreaterThan(lateMs + 3_600 * dayMs)
    const old = new X509Certificate(before.certificate('operator').certificatePem)
    const fresh = new X509Certificate(after.certificate('operator').certificatePem)
    for (const authority of [newAuthority, new X509Certificate(before.authorityPem)])
      for (const leaf of [old, fresh]) {
        expect(leaf.checkIssued(authority)).toBe(true)
        expect(leaf.verify(authority.publicKey)).toBe(true)
      }
  })

  describe('after a death midway', () => {
    const files = () => certificateFiles(home, 'pg-node-1/etcd')
    const isRepaired = async () => {
      await failure(
        readPki(home, spec).then((pki) => pki.certificate('pg-node-1/etcd')),
        'missing_file',
      )
      expect(await statesOtherThanValid()).toEqual([['pg-node-1/etcd', 'missing']])
      const pki = await ensurePki(home, spec, nowMs)
      expect(pki.issued).toEqual(['pg-node-1/etcd'])
      const { certificatePem, privateKeyPem } = pki.certificate('pg-node-1/etcd')
      expect(new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(privateKeyPem))).toBe(true)
    }

    test('a new key beside the old certificate is not taken as issued', async () => {
      await writeFile(files().privateKey, await createKeyPem())
      await isRepaired()
    })

    test('a certificate without its key is not taken as issued', async () => {
      await rm(files().privateKey)
      await isRepaired()
    })

    test('a key without its certificate is not taken as issued', async () => {
      await rm(files().certificate)
      await isRepaired()
    })

    test('a file cut short is not taken as issued', async () => {
      await truncate(files().certificate, 100)
      await isRepaired()
    })

    test('an authority without its certificate signs it again, and what it issued stays valid', async () => {
      await rm(authorityFiles(home).certificate)
      await failure(readPki(home, spec), 'missing_file')
      expect((await ensurePki(home, spec, nowMs)).issued).toEqual([])
    })
  })

  test('by several programs at once, with one authority', async () => {
    const fresh = await newHome()
    try {
      await Promise.all(Array.from({ length: 4 }, () => ensurePki(fresh, spec, nowMs)))
      const { authorityPem } = await ensurePki(fresh, spec, nowMs)
      expect(new Set((await listCertificates(fresh, spec, nowMs)).map(({ state }) => state))).toEqual(
        new Set(['valid']),
      )
      const authority = new X509Certificate(authorityPem)
      const key = createPrivateKey(await readFile(authorityFiles(fresh).privateKey, 'utf8'))
      expect(authority.checkPrivateKey(key)).toBe(true)
    } finally {
      await rm(fresh.directory, { recursive: true })
    }
  })

  test('an authority whose key is kept elsewhere is enough until something must be issued', async () => {
    const elsewhere = join(home.directory, 'kept-elsewhere')
    await rename(authorityFiles(home).privateKey, elsewhere)
    expect((await ensurePki(home, spec, nowMs)).issued).toEqual([])
    const { message } = await failure(ensurePki(home, spec, nowMs, { renew: ['operator'] }), 'missing_file')
    expect(message).toBe(
      `The certificate operator must be issued, and the authority's key is not here: ${authorityFiles(home).privateKey}.`,
    )
    await rename(elsewhere, authorityFiles(home).privateKey)
    expect((await ensurePki(home, spec, nowMs, { renew: ['operator'] })).issued).toEqual(['operator'])
  })

  test('not with the key of another authority', async () => {
    await writeFile(authorityFiles(home).privateKey, await createKeyPem())
    const { message } = await failure(ensurePki(home, spec, nowMs), 'missing_file')
    expect(message).toContain('is not the key of')
  })

  test('certificates of another authority are replaced', async () => {
    const other = await newHome()
    try {
      await ensurePki(other, spec, nowMs)
      const [from, to] = [certificateFiles(other, 'operator'), certificateFiles(home, 'operator')]
      await rename(from.certificate, to.certificate)
      await rename(from.privateKey, to.privateKey)
      expect(await statesOtherThanValid()).toEqual([['operator', 'foreign']])
      expect((await ensurePki(home, spec, nowMs)).issued).toEqual(['operator'])
    } finally {
      await rm(other.directory, { recursive: true })
    }
  })

  test.each(['ca', 'pg-node-2/patroni'])(
    'a private key that others may read is refused: %s',
    async (name) => {
      const { privateKey } = certificateFiles(home, name)
      await chmod(privateKey, 0o640)
      const { message, fix } = await failure(ensurePki(home, spec, nowMs), 'unsafe_file')
      expect(message).toContain(`${privateKey} has mode 0640`)
      expect(fix).toContain(`chmod 600 ${privateKey}`)
    },
  )
})
