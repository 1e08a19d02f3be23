import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { ClusterHome } from '../home.ts'
import type { RenderedCluster, RenderedFile } from '../render/rendered-file.ts'
import { unitOfChange } from './host-units.ts'
import { type ClusterSpec, hostRoles, type HostSpec, hostsWith } from '../spec/cluster-spec.ts'

/** A folder that must be there before a daemon starts. */
export interface HostDirectory {
  readonly path: string
  readonly owner: string
  readonly group: string
  readonly mode: string
}

/** What a playbook gets to know of one host, beside its files. */
export type HostVariables = Readonly<Record<string, unknown>>

export interface AnsibleInput {
  readonly spec: ClusterSpec
  readonly rendered: RenderedCluster
  readonly variables: (host: HostSpec, files: readonly RenderedFile[]) => HostVariables
}

/** Folders that no package makes. */
function directoriesOf(spec: ClusterSpec, host: HostSpec): readonly HostDirectory[] {
  const postgres = { owner: 'postgres', group: 'postgres' } as const
  const { repository } = spec.backup
  return [
    ...(host.roles.includes('postgresql')
      ? [{ path: spec.postgresql.dataDirectory, ...postgres, mode: '0700' }]
      : []),
    ...(host.roles.includes('backup') && repository.type === 'path'
      ? [{ path: repository.path, ...postgres, mode: '0750' }]
      : []),
  ]
}

/**
 * Writes Ansible's inventory and the files of every host into a folder that only we can read, and removes it when
 * `work` is done. What a killed run left behind is removed by the next.
 *
 * @param work gets the path of the inventory
 */
export async function withAnsibleInput<T>(
  home: ClusterHome,
  input: AnsibleInput,
  work: (inventory: string) => Promise<T>,
): Promise<T> {
  const parent = join(home.stateDirectory, 'ansible')
  await rm(parent, { recursive: true, force: true })
  await mkdir(parent, { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(parent, 'run-'))
  try {
    for (const host of input.spec.hosts)
      await writeFile(join(folder, host.name), renderPayload(input, host), { mode: 0o600 })
    const inventory = join(folder, 'inventory.json')
    await writeFile(inventory, JSON.stringify(createInventory(input, folder)), { mode: 0o600 })
    return await work(inventory)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** For our module rendered_files. Base64, so that Ansible sees no braces that it would take for a template. */
function renderPayload({ spec, rendered }: AnsibleInput, host: HostSpec): string {
  const files = filesOf(rendered, host).map((file) => ({
    ...file,
    onChange:
      file.onChange.do === 'nothing' ? file.onChange : { do: file.onChange.do, unit: unitOfChange(file) },
  }))
  // A host without files is being taken out of the cluster: its folders are not ours to make.
  const directories = files.length === 0 ? [] : directoriesOf(spec, host)
  return gzipSync(JSON.stringify({ cluster: spec.name, directories, files })).toString('base64')
}

function createInventory({ spec, rendered, variables }: AnsibleInput, folder: string): object {
  const hostvars = Object.fromEntries(
    spec.hosts.map((host) => [
      host.name,
      {
        ansible_host: host.address,
        ansible_become: spec.ssh.user !== 'root',
        fleet_payload: join(folder, host.name),
        ...variables(host, filesOf(rendered, host)),
      },
    ]),
  )
  const groups = Object.fromEntries(
    hostRoles.map((role) => [
      `${role}_hosts`,
      { hosts: Object.fromEntries(hostsWith(spec, role).map(({ name }) => [name, {}])) },
    ]),
  )
  return { all: { hosts: hostvars, children: groups } }
}

const filesOf = (rendered: RenderedCluster, host: HostSpec): readonly RenderedFile[] =>
  rendered.get(host.name) ?? []
