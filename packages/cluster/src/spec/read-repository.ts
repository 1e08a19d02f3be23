import type { RepositorySpec } from './cluster-spec.ts'
import * as read from './field-readers.ts'
import { Fault, type FieldReader, type Section } from './spec-source.ts'

const defaultPath = '/var/lib/pgbackrest'

/** Where backups are kept: each type has fields of its own, and those of another type are unknown. */
export function readRepository(section: Section): RepositorySpec {
  const type = section.optional('type', read.choice(['path', 'nfs', 's3']), 'path')
  const path = (absent: string) => section.optional('path', read.absolutePath, absent)
  const word = (name: string, example: string, why: string) =>
    section.required(
      name,
      read.textLike(name, /^[\w.-]+$/, 'letters, digits, dots, dashes and underscores'),
      example,
      why,
      `Add it, like ${name}: ${example}.`,
    )
  if (type === 'nfs')
    return {
      type,
      server: word('server', '10.0.0.41', 'The share is mounted from it.'),
      export: section.required(
        'export',
        read.absolutePath,
        '/srv/backup',
        'The server may share several folders.',
        'Add it, like export: /srv/backup.',
      ),
      path: path(defaultPath),
      // hard: a server that is away for a while must stall a backup, not break it.
      options: section.optional(
        'options',
        read.textLike('list of mount options', /^[\w=.,:-]+$/, 'words with commas and no blanks'),
        'nfsvers=4.2,hard,noatime',
      ),
    }
  if (type === 's3')
    return {
      type,
      bucket: word('bucket', 'fleet-backup', 'Backups are kept in it.'),
      endpoint: section.required(
        'endpoint',
        endpoint,
        's3.eu-central-1.amazonaws.com',
        'It is the address of the store.',
        'Add it, like endpoint: s3.eu-central-1.amazonaws.com.',
      ),
      region: word('region', 'eu-central-1', 'Requests are signed for a region.'),
      path: path('/bike-fleet'),
      uriStyle: section.optional('uri_style', read.choice(['host', 'path']), 'host'),
    }
  return { type, path: path(defaultPath) }
}

/** `HOST` or `HOST:PORT`; always by https. */
const endpoint: FieldReader<string> = ({ text }) => {
  if (/^http:/i.test(text))
    return new Fault(
      `"${text}" is not encrypted.`,
      'Keys and backups would cross the network in the clear; pgBackRest speaks https only.',
      'Write the address of the https port.',
    )
  const host = text.replace(/^https:\/\//i, '').replace(/\/$/, '')
  return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i.test(host)
    ? host
    : new Fault(
        `"${text}" is no host name.`,
        'It is the address of the store, without bucket and path.',
        'Write HOST or HOST:PORT, like s3.eu-central-1.amazonaws.com.',
      )
}
