import { describe, expect, test } from 'vitest'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { sampleInput } from '../../testing/render-sample.ts'
import { paths } from '../layout.ts'
import { type ClusterSpec, type HostRole, hostsWith } from '../spec/cluster-spec.ts'
import { renderPatroni } from './patroni.ts'
import { renderPgbackrest } from './pgbackrest.ts'
import { renderPostgresql } from './postgresql.ts'
import type { RenderedFile } from './rendered-file.ts'

// What the database's daemons get, as files to read in a review. `vitest -u` writes them anew.

const daemons = [renderPatroni, renderPostgresql, renderPgbackrest]

function filesOfFirst(spec: ClusterSpec, role: HostRole): readonly RenderedFile[] {
  const host = hostsWith(spec, role)[0]!
  return daemons.flatMap((render) => render(sampleInput(spec), host))
}

const golden = (name: string) => `golden/database/${name}`
const isCertificate = ({ path }: RenderedFile) => path.startsWith(paths.tls)

describe('the files of', () => {
  const spec = referenceSpec()

  for (const role of ['postgresql', 'backup'] as const)
    test(`a ${role} host`, async () => {
      for (const file of filesOfFirst(spec, role).filter((each) => !isCertificate(each)))
        await expect(file.content).toMatchFileSnapshot(golden(`${role}${file.path}`))
    })

  test('a HAProxy host: none', () => {
    expect(filesOfFirst(spec, 'haproxy')).toEqual([])
  })

  test('every host, with owner, mode and what a change asks for', async () => {
    const lines = (['postgresql', 'backup'] as const).flatMap((role) =>
      filesOfFirst(spec, role).map(({ path, mode, owner, group, secret, onChange }) =>
        [role, mode, `${owner}:${group}`, secret ? 'secret' : 'open', path, ...Object.values(onChange)].join(
          ' ',
        ),
      ),
    )
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(golden('files.txt'))
  })

  const repositories: Readonly<Record<string, ClusterSpec['backup']['repository']>> = {
    nfs: {
      type: 'nfs',
      server: '10.0.0.41',
      export: '/srv/backup',
      path: '/mnt/fleet-backup',
      options: 'nfsvers=4.2,hard,noatime',
    },
    s3: {
      type: 's3',
      bucket: 'fleet-backup',
      endpoint: 's3.eu-central-1.amazonaws.com',
      region: 'eu-central-1',
      path: '/bike-fleet',
      uriStyle: 'host',
    },
  }
  for (const [name, repository] of Object.entries(repositories))
    test(`a backup host with its repository on ${name}`, async () => {
      const files = filesOfFirst({ ...spec, backup: { ...spec.backup, repository } }, 'backup')
      const shown = files.filter(({ path }) =>
        /pgbackrest\.conf|fleet\.conf|\.mount$|-full\.service$/.test(path),
      )
      for (const file of shown)
        await expect(file.content).toMatchFileSnapshot(golden(`backup-${name}${file.path}`))
    })
})

describe('secrets', () => {
  const spec = referenceSpec()
  const { secrets } = sampleInput(spec)
  const secretTexts = Object.values(secrets).flatMap((secret) =>
    typeof secret === 'string' ? [secret] : Object.values<string>(secret ?? {}),
  )

  test('are in no file that others may read', () => {
    for (const host of spec.hosts)
      for (const file of daemons.flatMap((render) => render(sampleInput(spec), host)))
        if (!file.secret || file.mode !== '0600')
          for (const text of [...secretTexts, 'key of'])
            expect(file.content.includes(text), `${file.path} has ${text}`).toBe(false)
  })

  test('are not in the SQL of the roles, which has verifiers only', () => {
    const sql = filesOfFirst(spec, 'postgresql').find(({ path }) => path.endsWith('roles.sql'))!
    for (const text of secretTexts) expect(sql.content).not.toContain(text)
  })
})
