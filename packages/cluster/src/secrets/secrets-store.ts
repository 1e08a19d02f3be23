import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { ClusterError } from '../cluster-error.ts'
import type { ClusterHome } from '../home.ts'
import { authorityFiles } from '../pki/pki-files.ts'
import type { ClusterSpec, SpecProblem } from '../spec/cluster-spec.ts'
import type { ClusterSecrets } from './cluster-secrets.ts'
import { createFileOnce, replaceFile } from './private-file.ts'
import {
  createSecret,
  parseSecretsFile,
  renderSecretsFile,
  type SecretName,
  secretNames,
  type SecretRecord,
  type SecretsFile,
  secretTable,
} from './secrets-file.ts'
import { closeVault, isVault, openVault } from './vault.ts'

/** The file with what is not in ClusterSecrets: the age of each secret, and whether it is encrypted on disk. */
export interface StoredSecrets extends SecretsFile {
  readonly isEncrypted: boolean
}

/**
 * The cluster's secrets, from a file that only its owner can read or that Ansible Vault has encrypted.
 *
 * @throws ClusterError missing_file; unsafe_file when others may read it; invalid_spec with every problem and its
 *   line; command_failed when ansible-vault does not open it
 */
export async function readSecrets(home: ClusterHome, spec: ClusterSpec): Promise<ClusterSecrets> {
  const stored = await readStoredSecrets(home)
  if (!stored)
    throw new ClusterError('missing_file', `There is no ${home.secretsFile}.`, {
      fix: 'fleet cluster deploy makes it for a new cluster. For one that runs already, bring it back from your copy.',
    })
  return complete(stored, home, spec)
}

/**
 * As `readSecrets`; makes the file, or the secrets that it lacks, when need be. To be called before `ensurePki`.
 *
 * @throws ClusterError as `readSecrets` does; missing_file when the file is gone but the cluster's certificates are
 *   there: a new backup_cipher would make its backups unreadable
 */
export async function ensureSecrets(
  home: ClusterHome,
  spec: ClusterSpec,
  randomBytes: (count: number) => Uint8Array,
  nowMs = Date.now(),
): Promise<ClusterSecrets> {
  const make = (): SecretRecord => ({ value: createSecret(randomBytes), sinceMs: nowMs, previous: null })
  let found = await readStoredSecrets(home)
  if (!found) {
    if (existsSync(authorityFiles(home).privateKey))
      throw new ClusterError(
        'missing_file',
        `${home.secretsFile} is gone, but ${home.pkiDirectory} is there: this cluster had secrets.`,
        {
          fix: `Bring the file back from your copy. For a new cluster in this folder, remove ${home.pkiDirectory} as well.`,
        },
      )
    const fresh = { records: new Map(secretNames.map((name) => [name, make()])), s3: null }
    // Two programs that start at once: both go on with what the first one wrote.
    await createFileOnce(home.secretsFile, renderSecretsFile(fresh, wantsS3(spec)))
    found = (await readStoredSecrets(home))!
  }
  let stored: StoredSecrets = found
  // An older file, or an entry that the operator took out to have it made. Not backup_cipher: see above.
  const made = secretNames.filter((name) => secretTable[name].rotatable && !found.records.has(name))
  if (made.length > 0) {
    const records = new Map([...stored.records, ...made.map((name) => [name, make()] as const)])
    stored = { ...stored, records }
    await writeStoredSecrets(home, stored, spec)
  }
  return complete(stored, home, spec)
}

/** What is wrong with the secrets, for `fleet cluster check`. A file that is not there yet has no problems. */
export async function checkSecrets(home: ClusterHome, spec: ClusterSpec): Promise<readonly SpecProblem[]> {
  try {
    const read = await openSecretsFile(home)
    if (!read) return []
    const { content, problems } = parseSecretsFile(read.text, home.secretsFile)
    return problems.length > 0 ? problems : missingSecrets(content, home.secretsFile, spec)
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error
    const { message, fix } = error
    const why = 'Whoever reads the secrets owns the cluster, and nothing can be deployed without them.'
    return [{ severity: 'error', file: home.secretsFile, line: 1, field: '', message, why, fix }]
  }
}

/**
 * Null when there is no such file.
 *
 * @throws ClusterError unsafe_file, invalid_spec, command_failed
 */
export async function readStoredSecrets(home: ClusterHome): Promise<StoredSecrets | null> {
  const read = await openSecretsFile(home)
  if (!read) return null
  const { content, problems } = parseSecretsFile(read.text, home.secretsFile)
  if (problems.length > 0) throw unusable(problems)
  return { ...content, isEncrypted: read.isEncrypted }
}

/** Replaces the file in one step; encrypted again when it was. */
export async function writeStoredSecrets(
  home: ClusterHome,
  stored: StoredSecrets,
  spec: ClusterSpec,
): Promise<void> {
  const text = renderSecretsFile(stored, wantsS3(spec))
  await replaceFile(home.secretsFile, stored.isEncrypted ? await closeVault(text, home.secretsFile) : text)
}

const wantsS3 = ({ backup }: ClusterSpec): boolean => backup.repository.type === 's3'

async function openSecretsFile(
  home: ClusterHome,
): Promise<{ readonly text: string; readonly isEncrypted: boolean } | null> {
  const file = await open(home.secretsFile, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    if (error.code === 'EACCES')
      throw new ClusterError('unsafe_file', `${home.secretsFile} may not be read by you.`, {
        cause: error,
        fix: `Run this as the file's owner, or make it yours: chown "$USER" ${home.secretsFile}`,
      })
    throw error
  })
  if (!file) return null
  try {
    const text = await file.readFile('utf8')
    if (isVault(text)) return { text: await openVault(home.secretsFile), isEncrypted: true }
    // Of the file that was opened, not of its name: that may be another file by now.
    const mode = (await file.stat()).mode & 0o777
    if ((mode & 0o077) !== 0)
      throw new ClusterError(
        'unsafe_file',
        `${home.secretsFile} has mode 0${mode.toString(8)}: others than its owner may read or change it.`,
        {
          fix: `chmod 600 ${home.secretsFile}. If somebody may have read it meanwhile: fleet cluster secrets rotate.`,
        },
      )
    return { text, isEncrypted: false }
  } finally {
    await file.close()
  }
}

function missingSecrets(
  { records, s3 }: SecretsFile,
  file: string,
  spec: ClusterSpec,
): readonly SpecProblem[] {
  const problem = (field: string, why: string, fix: string): SpecProblem => ({
    severity: 'error',
    file,
    line: 1,
    field,
    message: `${field} is missing.`,
    why,
    fix,
  })
  const missing = secretNames
    .filter((name) => !records.has(name))
    .map((name) =>
      secretTable[name].rotatable
        ? problem(
            secretTable[name].key,
            `It opens ${secretTable[name].summary}.`,
            'fleet cluster deploy makes it.',
          )
        : problem(
            secretTable[name].key,
            'Without it no backup can be read, and a new one would not fit the backups that are there.',
            'Bring it back from your copy of the file.',
          ),
    )
  if (wantsS3(spec) && !s3)
    missing.push(
      problem(
        's3',
        `The backups go to an S3 bucket, whose keys only you have.`,
        'Write s3: and below it, indented, key: and key_secret: with the keys of the provider.',
      ),
    )
  return missing
}

function complete(stored: SecretsFile, home: ClusterHome, spec: ClusterSpec): ClusterSecrets {
  const missing = missingSecrets(stored, home.secretsFile, spec)
  if (missing.length > 0) throw unusable(missing)
  const value = (name: SecretName) => stored.records.get(name)!.value
  return {
    superuser: value('superuser'),
    replication: value('replication'),
    rewind: value('rewind'),
    app: value('app'),
    monitor: value('monitor'),
    patroniApi: value('patroniApi'),
    haproxyStats: value('haproxyStats'),
    backupCipher: value('backupCipher'),
    s3: wantsS3(spec) ? stored.s3 : null,
  }
}

const unusable = (problems: readonly SpecProblem[]): ClusterError =>
  new ClusterError(
    'invalid_spec',
    problems
      .map(({ file, line, message, why, fix }) => `${file}:${line}: ${message} ${why} ${fix}`)
      .join('\n'),
    { fix: `Correct the lines of ${basename(problems[0]!.file)} named above and run the command again.` },
  )
