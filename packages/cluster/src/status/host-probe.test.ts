import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issuedInput } from '../../testing/render-sample.ts'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { ClusterError } from '../cluster-error.ts'
import type { HostShell } from '../hosts/host-shell.ts'
import { runProgram } from '../hosts/run-program.ts'
import { certificatePaths } from '../render/certificate-files.ts'
import { hostsWith } from '../spec/cluster-spec.ts'
import { type HostProbe, parseHostProbe, probeHost } from './host-probe.ts'

const spec = referenceSpec()
const database = hostsWith(spec, 'postgresql')[0]!
let folder = ''
const at = (...names: string[]) => join(folder, ...names)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-probe-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the script on this machine as it is run on a host, with paths of ours in place of the host's. */
async function probe(changes: object, parts: readonly string[], limitMs = 5_000): Promise<HostProbe> {
  const shell: HostShell = {
    async run(_, [program = '', dash = '', request = ''], { input = '' } = {}) {
      const changed = JSON.stringify({ ...JSON.parse(request), ...changes, parts, limitMs })
      return runProgram([program, dash, changed], { input })
    },
    close: async () => {},
  }
  const signal = new AbortController().signal
  return probeHost(shell, spec, database, { timeoutMs: limitMs, signal }, Date.now)
}

describe('the script on a host', () => {
  it('tells clock, name and disks', async () => {
    const { hostname, timeMs, sentMs, receivedMs, answers } = await probe({ disks: ['/', folder, '/no'] }, [
      'disks',
    ])
    expect(hostname).not.toBe('')
    expect(timeMs).toBeGreaterThanOrEqual(sentMs)
    expect(timeMs).toBeLessThanOrEqual(receivedMs)
    expect(answers.disks?.[0]?.path).toBe('/')
    for (const { totalBytes, freeBytes } of answers.disks ?? []) {
      expect(totalBytes).toBeGreaterThan(0)
      expect(freeBytes).toBeLessThanOrEqual(totalBytes)
    }
  })

  it('tells when certificates end', async () => {
    const { pki } = await issuedInput(spec)
    mkdirSync(at('tls/patroni'), { recursive: true })
    writeFileSync(at('tls/patroni/tls.crt'), pki.certificate(`${database.name}/patroni`).certificatePem)
    expect(certificatePaths('patroni').certificate).toMatch(/\/patroni\/tls\.crt$/u)
    const { answers, errors } = await probe({ tls: at('tls') }, ['certificates'])
    expect(errors).toEqual({})
    expect(answers.certificates).toMatchObject([{ daemon: 'patroni' }])
    const days = (answers.certificates![0]!.endsMs - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(300)
    expect(days).toBeLessThan(400)
  })

  it('counts WAL and what waits to be archived, and finds when some was dropped', async () => {
    mkdirSync(at('data/pg_wal/archive_status'), { recursive: true })
    for (const segment of ['0A', '0B'])
      writeFileSync(at('data/pg_wal', `0000000100000000000000${segment}`), Buffer.alloc(4_096))
    writeFileSync(at('data/pg_wal/00000002.history'), 'not a segment')
    writeFileSync(at('data/pg_wal/archive_status/00000001000000000000000A.done'), '')
    const ready = at('data/pg_wal/archive_status/00000001000000000000000B.ready')
    writeFileSync(ready, '')
    utimesSync(ready, 1_700_000_000, 1_700_000_000)
    mkdirSync(at('logs'), { recursive: true })
    writeFileSync(
      at('logs', `${spec.backup.stanza}-archive-push-async.log`),
      [
        "2026-01-05 10:00:00.123 P01   WARN: dropped WAL file '000000010000000000000003' because archive queue exceeded 1GB",
        "2026-01-06 11:30:00.456 P01   WARN: dropped WAL file '000000010000000000000009' because archive queue exceeded 1GB",
        '2026-01-06 12:00:00.000 P00   INFO: archive-push:async command end: completed successfully (12ms)',
      ].join('\n'),
    )
    const { answers, errors } = await probe({ dataDirectory: at('data'), pgbackrestLogs: at('logs') }, [
      'wal',
      'droppedWalMs',
    ])
    expect(errors).toEqual({})
    expect(answers.wal).toEqual({ bytes: 8_192, waitingCount: 1, oldestWaitingMs: 1_700_000_000_000 })
    // pgBackRest writes the host's own time.
    expect(answers.droppedWalMs).toBe(new Date(2026, 0, 6, 11, 30).getTime())
  })

  it('tells the result of a verify, and null before the first', async () => {
    expect((await probe({ verifyResult: at('none.json') }, ['verify'])).answers.verify).toBeNull()
    writeFileSync(at('verify.json'), JSON.stringify({ endedMs: 1_000, ok: false, message: 'checksum' }))
    const { answers } = await probe({ verifyResult: at('verify.json') }, ['verify'])
    expect(answers.verify).toEqual({ endedMs: 1_000, ok: false, message: 'checksum' })
  })

  it('names a part that fails, with its words, and tells the others', async () => {
    const { answers, errors } = await probe({ dataDirectory: at('nowhere'), disks: ['/'] }, ['wal', 'disks'])
    expect(errors['wal']).toContain('nowhere')
    expect(answers.disks).toHaveLength(1)
  })

  it('names what is not done in time and does not wait for it', async () => {
    // A pipe that nobody writes to: opening it hangs, as a dead NFS server's files do.
    const made = await runProgram(['mkfifo', at('stuck.json')])
    expect(made.exitCode).toBe(0)
    const { late, answers } = await probe(
      { verifyResult: at('stuck.json'), disks: ['/'] },
      ['verify', 'disks'],
      1_000,
    )
    expect(late).toEqual(['verify'])
    expect(answers.disks).toHaveLength(1)
  })
})

describe('parseHostProbe', () => {
  it.each(['', 'bash: python3: command not found', '{}', '{"hostname":1}'])('refuses %j in words', (text) => {
    expect(() => parseHostProbe(text)).toThrow(/the host/u)
  })

  it('hands on that a host cannot be reached', async () => {
    const error = new ClusterError('host_unreachable', 'pg-node-1 does not answer ssh: Connection refused')
    const shell: HostShell = { run: () => Promise.reject(error), close: async () => {} }
    const deadline = { timeoutMs: 1_000, signal: new AbortController().signal }
    await expect(probeHost(shell, spec, database, deadline, Date.now)).rejects.toBe(error)
  })
})
