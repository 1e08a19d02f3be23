import { describe, expect, test } from 'vitest'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { sampleInput } from '../../testing/render-sample.ts'
import { paths } from '../layout.ts'
import { type HostRole, hostsWith } from '../spec/cluster-spec.ts'
import { renderEtcd } from './etcd.ts'
import { renderEtcdctlProfile } from './etcdctl-profile.ts'
import { renderHaproxy } from './haproxy.ts'
import { renderKeepalived } from './keepalived.ts'
import { renderKernelSettings } from './kernel-settings.ts'
import { renderNftables } from './nftables.ts'
import type { RenderedFile } from './rendered-file.ts'

// What the daemons of the network get, as files to read in a review. `vitest -u` writes them anew.

const daemons = [
  renderEtcd,
  renderHaproxy,
  renderKeepalived,
  renderNftables,
  renderKernelSettings,
  renderEtcdctlProfile,
]
const golden = (name: string) => `golden/network/${name}`
const isCertificate = ({ path }: RenderedFile) => path.startsWith(paths.tls)

for (const etcd of ['colocated', 'separate'] as const)
  describe(`with etcd ${etcd}, the files of`, () => {
    const spec = referenceSpec(etcd)
    const roles: readonly HostRole[] =
      etcd === 'colocated' ? ['postgresql', 'haproxy', 'backup'] : ['postgresql', 'etcd']
    const filesOf = (role: HostRole) =>
      daemons.flatMap((render) => render(sampleInput(spec), hostsWith(spec, role)[0]!))

    for (const role of roles)
      test(`a ${role} host`, async () => {
        for (const file of filesOf(role).filter((each) => !isCertificate(each)))
          await expect(file.content).toMatchFileSnapshot(golden(`${etcd}/${role}${file.path}`))
      })

    test('every host, with owner, mode and what a change asks for', async () => {
      const lines = roles.flatMap((role) =>
        filesOf(role).map(({ path, mode, owner, group, secret, onChange }) =>
          [
            role,
            mode,
            `${owner}:${group}`,
            secret ? 'secret' : 'open',
            path,
            ...Object.values(onChange),
          ].join(' '),
        ),
      )
      await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(golden(`${etcd}/files.txt`))
    })
  })
