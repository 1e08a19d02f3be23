import { isMap, isScalar, LineCounter, type Node, parseDocument, stringify, type YAMLMap } from 'yaml'
import type { SpecProblem } from '../spec/cluster-spec.ts'
import type { ClusterSecrets } from './cluster-secrets.ts'

/** A secret that is made here; the keys of S3 are somebody else's. */
export type SecretName = Exclude<keyof ClusterSecrets, 's3'>

/** By name: how the file spells it, and what it opens. */
export const secretTable: Readonly<
  Record<SecretName, { readonly key: string; readonly summary: string; readonly rotatable: boolean }>
> = {
  superuser: { key: 'superuser', summary: "PostgreSQL's role postgres", rotatable: true },
  replication: { key: 'replication', summary: "PostgreSQL's role replicator", rotatable: true },
  rewind: { key: 'rewind', summary: "PostgreSQL's role rewinder", rotatable: true },
  app: { key: 'app', summary: "the application's role: PG_PASSWORD", rotatable: true },
  monitor: { key: 'monitor', summary: "the monitoring system's role", rotatable: true },
  patroniApi: { key: 'patroni_api', summary: "changes by Patroni's REST API", rotatable: true },
  haproxyStats: { key: 'haproxy_stats', summary: "HAProxy's stats page", rotatable: true },
  // pgBackRest encrypts a repository with the passphrase that it was made with; there is no command to change it.
  backupCipher: {
    key: 'backup_cipher',
    summary: 'the backups: without it none can be read',
    rotatable: false,
  },
}
export const secretNames = Object.keys(secretTable) as readonly SecretName[]

export interface SecretRecord {
  readonly value: string
  readonly sinceMs: number
  /** What the hosts may still have while a rotation is under way; else null. */
  readonly previous: string | null
}

/** What `cluster.secrets.yml` holds. */
export interface SecretsFile {
  readonly records: ReadonlyMap<SecretName, SecretRecord>
  readonly s3: ClusterSecrets['s3']
}

/** 256 bits, in letters that no configuration file and no URL has to quote. */
export const createSecret = (randomBytes: (count: number) => Uint8Array): string =>
  Buffer.from(randomBytes(32)).toString('base64url')

const header = `# The cluster's passwords, written by fleet. Whoever reads this file owns the cluster.
# Keep a copy where a fire here does not reach it: without backup_cipher no backup can be read.
# To change one: fleet cluster secrets rotate NAME. To encrypt the file: ansible-vault encrypt FILE.
`

/** @param wantsS3 leaves places for the keys of S3 when there are none yet */
export function renderSecretsFile({ records, s3 }: SecretsFile, wantsS3: boolean): string {
  const entries = secretNames.flatMap((name) => {
    const record = records.get(name)
    if (!record) return []
    const { value, sinceMs, previous } = record
    const since = new Date(sinceMs).toISOString()
    return [[secretTable[name].key, { value, since, ...(previous === null ? {} : { previous }) }]]
  })
  const keys = s3
    ? stringify({ s3: { key: s3.key, key_secret: s3.keySecret } })
    : wantsS3
      ? '# The keys of the S3 bucket, from whoever runs it.\ns3:\n  key:\n  key_secret:\n'
      : ''
  return `${header}${stringify(Object.fromEntries(entries))}${keys}`
}

/**
 * Reads the file's text. Problems name the line and never a value. A secret that is not there is no problem here:
 * see `missingSecrets`.
 *
 * @param file its name, for the problems
 */
export function parseSecretsFile(
  text: string,
  file: string,
): { readonly content: SecretsFile; readonly problems: readonly SpecProblem[] } {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  const problems: SpecProblem[] = []
  const lineOf = (node: unknown) => {
    const range = (node as Node | null)?.range
    return range ? counter.linePos(range[0]).line : 1
  }
  const report = (line: number, field: string, message: string, why: string, fix: string) =>
    problems.push({ severity: 'error', file, line, field, message, why, fix })
  const records = new Map<SecretName, SecretRecord>()
  let s3: ClusterSecrets['s3'] = null

  // The parser's own sentences may quote the line, and the line is a secret: its code must do.
  for (const { code, pos } of [...document.errors, ...document.warnings])
    report(
      counter.linePos(pos[0]).line,
      '',
      `This line is no YAML (${code}).`,
      'None of the secrets can be read.',
      'Write it as the lines around it are: name: { value: SECRET }, or bring the file back from your copy.',
    )
  if (problems.length > 0) return { content: { records, s3 }, problems }

  const textOf = (map: YAMLMap, key: string): string | null => {
    const node: unknown = map.get(key, true)
    if (!isScalar(node) || node.value === null) return null
    return typeof node.value === 'string' ? node.value : (node.source ?? null)
  }
  const readSecret = (name: SecretName, map: YAMLMap, line: number): void => {
    const { key } = secretTable[name]
    const value = textOf(map, 'value')
    const previous = textOf(map, 'previous')
    const sinceMs = Date.parse(textOf(map, 'since') ?? '1970-01-01')
    for (const [field, given] of [
      [`${key}.value`, value ?? ''],
      ...(previous === null ? [] : [[`${key}.previous`, previous]]),
    ] as const)
      if (!/^[\w.~-]{16,128}$/.test(given))
        report(
          line,
          field,
          `${field} is ${given === '' ? 'empty' : 'too short, too long or has other signs in it'}.`,
          'It goes into the configuration of several programs, and must stand up to guessing.',
          'Give it 16 to 128 letters, digits and _ . ~ - signs, or take the entry out to have one made.',
        )
    if (Number.isNaN(sinceMs))
      report(
        line,
        `${key}.since`,
        `${key}.since is no time.`,
        'It tells the age.',
        'Write it like 2026-01-31.',
      )
    records.set(name, { value: value ?? '', sinceMs, previous })
  }

  const reportUnknown = (map: YAMLMap, key: string, known: readonly string[]): void => {
    for (const item of map.items)
      if (!(isScalar(item.key) && known.includes(String(item.key.value))))
        report(
          lineOf(item.key),
          key,
          `${key} has a field that means nothing.`,
          'It would change nothing, which is seldom what was meant.',
          `Remove it. Fields here: ${known.join(', ')}.`,
        )
  }

  const { contents } = document
  if (contents !== null && !isMap(contents))
    report(
      1,
      '',
      'The file is no list of names and secrets.',
      'Nothing can be read.',
      'Bring it back from your copy.',
    )
  for (const { key: keyNode, value } of isMap(contents) ? contents.items : []) {
    const key = isScalar(keyNode) ? String(keyNode.value) : ''
    const line = lineOf(keyNode)
    const name = secretNames.find((each) => secretTable[each].key === key)
    if (name === undefined && key !== 's3')
      report(
        line,
        '',
        'This line names no secret of the cluster.',
        'It would change nothing.',
        `Remove it. Names here: ${[...secretNames.map((each) => secretTable[each].key), 's3'].join(', ')}.`,
      )
    else if (!isMap(value))
      report(
        line,
        key,
        `${key} has no fields.`,
        'A secret has a value and the time since when it is in use.',
        key === 's3' ? 'Write key: and key_secret: below it, indented.' : `Write ${key}: { value: SECRET }.`,
      )
    else if (name !== undefined) {
      reportUnknown(value, key, ['value', 'since', 'previous'])
      readSecret(name, value, line)
    } else {
      reportUnknown(value, key, ['key', 'key_secret'])
      const pair = { key: textOf(value, 'key'), keySecret: textOf(value, 'key_secret') }
      const isPlain = (each: string | null): each is string =>
        each !== null && /^[\x21-\x7e]{1,256}$/.test(each)
      if (isPlain(pair.key) && isPlain(pair.keySecret)) s3 = { key: pair.key, keySecret: pair.keySecret }
      else if (pair.key !== null || pair.keySecret !== null)
        report(
          line,
          's3',
          'One of s3.key and s3.key_secret is missing or has blanks in it.',
          'pgBackRest needs both to reach the bucket.',
          'Write both as the provider gave them.',
        )
    }
  }
  return { content: { records, s3 }, problems }
}
