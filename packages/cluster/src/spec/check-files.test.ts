import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { type ClusterHome, createClusterHome } from '../home.ts'
import { renderSecretsFile, secretNames } from '../secrets/secrets-file.ts'
import { checkFiles } from './check-files.ts'
import type { ClusterSpec } from './cluster-spec.ts'

let folder: string
let home: ClusterHome
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-files-'))
  home = createClusterHome(join(folder, 'cluster.yml'))
})
afterEach(() => rm(folder, { recursive: true }))

const check = (spec: ClusterSpec = referenceSpec()) =>
  checkFiles(home, spec, (field) => (field === 'ssh.identity_file' ? 7 : 8))
const withSsh = (ssh: Partial<ClusterSpec['ssh']>): ClusterSpec => {
  const spec = referenceSpec()
  return { ...spec, ssh: { ...spec.ssh, ...ssh } }
}

test('before the first deploy nothing is missing', async () => expect(await check()).toEqual([]))

test.each([0o640, 0o604, 0o660])('private keys and secrets of mode %o are named', async (mode) => {
  const key = join(home.pkiDirectory, 'pg-node-1', 'etcd.key')
  await mkdir(join(home.pkiDirectory, 'pg-node-1'), { recursive: true })
  await writeFile(key, 'key')
  await writeFile(join(home.pkiDirectory, 'ca.crt'), 'certificate', { mode: 0o644 })
  await writeFile(home.secretsFile, 'app: { value: x }\n')
  for (const file of [key, home.secretsFile]) await chmod(file, mode)
  const problems = await check()
  expect(problems.map(({ file }) => file)).toEqual([home.secretsFile, key])
  for (const { severity, message } of problems) {
    expect(severity).toBe('error')
    expect(message).toContain(`0${mode.toString(8)}`)
  }
  await chmod(key, 0o600)
  expect((await check()).map(({ file }) => file)).not.toContain(key)
})

test('an identity file that is not there, or open to others, is named at its line', async () => {
  const identityFile = join(folder, 'id')
  expect(await check(withSsh({ identityFile }))).toMatchObject([
    {
      file: home.specFile,
      line: 7,
      field: 'ssh.identity_file',
      message: `There is no file ${identityFile}.`,
    },
  ])
  await writeFile(identityFile, 'key', { mode: 0o644 })
  expect(await check(withSsh({ identityFile }))).toMatchObject([
    { line: 7, message: `${identityFile} has mode 0644.`, fix: `chmod 600 ${identityFile}` },
  ])
  await chmod(identityFile, 0o600)
  expect(await check(withSsh({ identityFile }))).toEqual([])
})

test('known hosts may be public, but must be there', async () => {
  const knownHostsFile = join(folder, 'known_hosts')
  expect(await check(withSsh({ knownHostsFile }))).toMatchObject([{ line: 8, field: 'ssh.known_hosts_file' }])
  await writeFile(knownHostsFile, '', { mode: 0o644 })
  expect(await check(withSsh({ knownHostsFile }))).toEqual([])
})

test('the keys of an S3 repository are asked for where there are secrets without them', async () => {
  const spec = referenceSpec()
  const repository = {
    type: 's3',
    bucket: 'b',
    endpoint: 'e',
    region: 'r',
    path: '/p',
    uriStyle: 'host',
  } as const
  const record = { value: 'x'.repeat(43), sinceMs: 0, previous: null }
  const secrets = { records: new Map(secretNames.map((name) => [name, record])), s3: null }
  await writeFile(home.secretsFile, renderSecretsFile(secrets, true), { mode: 0o600 })
  expect(await check()).toEqual([])
  const problems = await check({ ...spec, backup: { ...spec.backup, repository } })
  expect(problems).not.toEqual([])
  for (const { file, field } of problems)
    expect([file, field]).toEqual([home.secretsFile, expect.stringMatching(/^s3/)])
})
