import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { failure } from '../../testing/cluster-failure.ts'
import { type ClusterHome, createClusterHome } from '../home.ts'
import { runProgram } from '../hosts/run-program.ts'
import { ensurePki } from '../pki/pki-store.ts'
import { referenceOptions, renderClusterYml } from '../spec/cluster-yml-template.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import { parseClusterYml } from '../spec/parse-cluster-yml.ts'
import { parseSecretsFile, renderSecretsFile, secretNames, secretTable } from './secrets-file.ts'
import {
  checkSecrets,
  ensureSecrets,
  readSecrets,
  readStoredSecrets,
  writeStoredSecrets,
} from './secrets-store.ts'

const spec = parseClusterYml(renderClusterYml(referenceOptions()), 'cluster.yml').spec!
const s3Spec: ClusterSpec = {
  ...spec,
  backup: {
    ...spec.backup,
    repository: { type: 's3', bucket: 'b', endpoint: 'e', region: 'r', path: '/', uriStyle: 'host' },
  },
}
const nowMs = Date.UTC(2026, 0, 31)

let folder: string
let home: ClusterHome
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-secrets-'))
  home = createClusterHome(join(folder, 'cluster.yml'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

const ensure = (of: ClusterSpec = spec) => ensureSecrets(home, of, randomBytes, nowMs)

describe('made', () => {
  test('once, strong and different, in a file that only its owner may read', async () => {
    const made = await ensure()
    const values = secretNames.map((name) => made[name])
    expect(new Set(values).size).toBe(8)
    for (const value of values) expect(value).toMatch(/^[\w-]{43}$/)
    expect((await stat(home.secretsFile)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['cluster.secrets.yml'])
    expect(await ensure()).toEqual(made)
    expect(await readSecrets(home, spec)).toEqual(made)
  })

  test('by two programs at once, and both go on with the same', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => ensure()))
    expect(new Set(all.map((each) => JSON.stringify(each))).size).toBe(1)
    expect(await readdir(folder)).toEqual(['cluster.secrets.yml'])
  })

  test('anew for an entry that was taken out, and the others stay', async () => {
    const before = await ensure()
    const text = await readFile(home.secretsFile, 'utf8')
    await writeFile(home.secretsFile, text.replace(/^monitor:\n( .*\n)+/m, ''))
    expect((await failure(readSecrets(home, spec), 'invalid_spec')).message).toContain('monitor is missing')
    const after = await ensure()
    expect(after).toEqual({ ...before, monitor: after.monitor })
    expect(after.monitor).not.toBe(before.monitor)
  })

  test('but never a new backup cipher for backups that another one made', async () => {
    await ensure()
    const text = await readFile(home.secretsFile, 'utf8')
    await writeFile(home.secretsFile, text.replace(/^backup_cipher:\n( .*\n)+/m, ''))
    const { message } = await failure(ensure(), 'invalid_spec')
    expect(message).toContain('backup_cipher is missing')
    expect(message).toContain('from your copy')
  })

  test('not when the file is lost and the certificates are there', async () => {
    await ensure()
    await ensurePki(home, spec, nowMs)
    await rm(home.secretsFile)
    const { message } = await failure(ensure(), 'missing_file')
    expect(message).toBe(
      `${home.secretsFile} is gone, but ${home.pkiDirectory} is there: this cluster had secrets.`,
    )
    expect(await readdir(folder)).toEqual(['pki'])
  })
})

describe('read', () => {
  test('only when nobody else may read the file', async () => {
    await ensure()
    for (const mode of [0o640, 0o604, 0o620, 0o777]) {
      await chmod(home.secretsFile, mode)
      const { message, fix } = await failure(readSecrets(home, spec), 'unsafe_file')
      expect(message).toContain(`mode 0${mode.toString(8)}`)
      expect(fix).toContain(`chmod 600 ${home.secretsFile}`)
    }
    expect(await checkSecrets(home, spec)).toMatchObject([{ severity: 'error', line: 1 }])
    await chmod(home.secretsFile, 0o400)
    await readSecrets(home, spec)
    expect(await checkSecrets(home, spec)).toEqual([])
  })

  test('a missing file is named, and is no problem to check', async () => {
    expect((await failure(readSecrets(home, spec), 'missing_file')).message).toContain(home.secretsFile)
    expect(await checkSecrets(home, spec)).toEqual([])
  })

  test('the keys of S3 come from the operator, who is shown the place', async () => {
    const { message } = await failure(ensure(s3Spec), 'invalid_spec')
    expect(message).toContain(`${home.secretsFile}:1: s3 is missing.`)
    const text = await readFile(home.secretsFile, 'utf8')
    const half = text.replace('  key:\n', '  key: AKIA/x+y\n')
    await writeFile(home.secretsFile, half)
    const line = half.split('\n').indexOf('s3:') + 1
    expect((await failure(ensure(s3Spec), 'invalid_spec')).message).toContain(`${home.secretsFile}:${line}: `)
    await writeFile(home.secretsFile, half.replace('  key_secret:\n', '  key_secret: "12=/34"\n'))
    expect((await ensure(s3Spec)).s3).toEqual({ key: 'AKIA/x+y', keySecret: '12=/34' })
    expect((await ensure(spec)).s3).toBe(null)
    const stored = (await readStoredSecrets(home))!
    await writeStoredSecrets(home, stored, s3Spec)
    expect(await readStoredSecrets(home)).toEqual(stored)
  })
})

describe("an operator's mistake", () => {
  const good = 'q'.repeat(20)
  const problemsOf = (text: string) =>
    parseSecretsFile(text, 'cluster.secrets.yml').problems.map(({ line, message }) => `${line}: ${message}`)

  test('every one is told at once, with its line and without the secret', () => {
    const text = `superuser: { value: short }
replication: { value: ${good}, since: yesterday }
rewind: { value: "with blank in it" }
app: hunter2hunter2hunter2
monitor: { value: ${good}, previous: tiny }
haproxy: { value: ${good} }
s3: { key: abc }
patroni_api:
  value: ${good}
`
    expect(problemsOf(text)).toEqual([
      '1: superuser.value is too short, too long or has other signs in it.',
      '2: replication.since is no time.',
      '3: rewind.value is too short, too long or has other signs in it.',
      '4: app has no fields.',
      '5: monitor.previous is too short, too long or has other signs in it.',
      '6: This line names no secret of the cluster.',
      '7: One of s3.key and s3.key_secret is missing or has blanks in it.',
    ])
  })

  test('a field that means nothing is told, so that a misspelt one is not taken for missing', () => {
    expect(problemsOf(`s3: { value: ${good} }\napp:\n  value: ${good}\n  previos: ${good}\n`)).toEqual([
      '1: s3 has a field that means nothing.',
      '4: app has a field that means nothing.',
    ])
  })

  test.each([
    ['superuser: { value: *hunter2hunter2hunter2 }', 1],
    ['superuser:\n\t{ value: hunter2hunter2hunter2 }', 2],
    ['superuser: { value: "hunter2hunter2hunter2 }', 1],
    ['superuser: { value: hunter2hunter2hunter2', 1],
    [`app: {}\nsuperuser: { value: hunter2hunter2hunter2 } x`, 2],
    ['hunter2hunter2hunter2', 1],
    ['- hunter2hunter2hunter2', 1],
    ['hunter2hunter2hunter2: 1', 1],
    ['s3: hunter2hunter2hunter2', 1],
  ])('broken text is refused without showing it: %j', (text) => {
    const problems = JSON.stringify(parseSecretsFile(text, 'f').problems)
    expect(problems).not.toBe('[]')
    expect(problems).not.toContain('hunter2')
  })

  test('no problem ever shows what was in the file', () => {
    const line = fc.tuple(
      fc.constantFrom(...secretNames.map((name) => secretTable[name].key), 's3', 'other'),
      fc.constantFrom(': ', ': { value: ', ': { key: ', ':\n  value: ', ' ', ': [', ': |\n', ': &a ', ': *'),
      fc.constantFrom('', ' }', ']', '"', "'", ' #', ':'),
    )
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 10 }), (lines) => {
        const text = lines.map(([key, before, after]) => `${key}${before}hunter2 hunter2${after}`).join('\n')
        const { problems } = parseSecretsFile(text, 'f')
        expect(problems).not.toEqual([])
        expect(JSON.stringify(problems)).not.toContain('hunter2')
      }),
    )
  })

  test('what is written is read back as it was', () => {
    const secret = fc.stringMatching(/^[\w.~-]{16,128}$/)
    const record = fc.record({
      value: secret,
      sinceMs: fc.integer({ min: 0, max: 4e12 }),
      previous: fc.option(secret),
    })
    const key = fc.stringMatching(/^[\x21-\x7e]{1,256}$/)
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...secretNames), record, { minKeys: 1 }),
        fc.option(fc.record({ key, keySecret: key })),
        fc.boolean(),
        (records, s3, wantsS3) => {
          const content = { records: new Map(Object.entries(records)), s3 } as never
          const read = parseSecretsFile(renderSecretsFile(content, wantsS3), 'f')
          expect(read).toEqual({ content, problems: [] })
        },
      ),
    )
  })
})

describe('in Ansible Vault', () => {
  test('the file is read and written encrypted, with the password from a file', async () => {
    const made = await ensure()
    const passwordFile = join(folder, 'vault-password')
    await writeFile(passwordFile, 'a vault password\n', { mode: 0o600 })
    vi.stubEnv('ANSIBLE_VAULT_PASSWORD_FILE', passwordFile)
    expect((await runProgram(['ansible-vault', 'encrypt', home.secretsFile])).exitCode).toBe(0)
    // What is encrypted may be kept where others read it.
    await chmod(home.secretsFile, 0o644)
    expect(await readSecrets(home, spec)).toEqual(made)
    const stored = (await readStoredSecrets(home))!
    const records = new Map(stored.records).set('app', {
      value: 'n'.repeat(43),
      sinceMs: nowMs,
      previous: made.app,
    })
    await writeStoredSecrets(home, { ...stored, records }, spec)
    expect(await readFile(home.secretsFile, 'utf8')).toMatch(/^\$ANSIBLE_VAULT;/)
    expect(await readSecrets(home, spec)).toEqual({ ...made, app: 'n'.repeat(43) })

    vi.stubEnv('ANSIBLE_VAULT_PASSWORD_FILE', undefined)
    const { message, fix } = await failure(readSecrets(home, spec), 'command_failed')
    expect(message).toContain(home.secretsFile)
    expect(fix).toContain('ANSIBLE_VAULT_PASSWORD_FILE')
    await writeFile(passwordFile, 'another password\n')
    vi.stubEnv('ANSIBLE_VAULT_PASSWORD_FILE', passwordFile)
    expect((await failure(readSecrets(home, spec), 'command_failed')).message).toContain('Decryption failed')
  }, 60_000)
})
