import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { AppError } from '@fleet/domain'
import { defineCommand } from '../../command.ts'

export const clusterInit = defineCommand({
  name: 'init',
  summary: 'Write a commented cluster.yml with the reference addresses',
  description:
    'Three PostgreSQL nodes, two HAProxy with a virtual IP, a backup host. Edit names, addresses, interface and\n' +
    'sizes to yours. Nothing else is made, and a file that is there is left alone.',
  options: {
    file: { type: 'string', value: 'FILE', summary: 'Where to write it', default: 'cluster.yml' },
    etcd: {
      type: 'string',
      summary: 'etcd on the database hosts, or on three hosts of its own',
      default: 'colocated',
      choices: ['colocated', 'separate'],
    },
  },
  positionals: [],
  examples: [
    { line: 'fleet cluster init', says: 'Six machines' },
    { line: 'fleet cluster init --etcd separate', says: 'Nine machines' },
  ],
  async run({ options }) {
    const { referenceOptions, renderClusterYml } = await import('@fleet/cluster')
    const etcd = options.etcd === 'separate' ? 'separate' : 'colocated'
    const file = resolve(options.file)
    const content = renderClusterYml(referenceOptions(etcd))
    await mkdir(dirname(file), { recursive: true })
    try {
      // wx: a cluster.yml that describes a running cluster must never be lost to a slip.
      await writeFile(file, content, { flag: 'wx' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      throw new AppError('usage', `${options.file} is there already.`, {
        fix: 'Edit it, or write to another file with --file.',
      })
    }
    const place = options.file === 'cluster.yml' ? '' : ` --file ${options.file}`
    return {
      data: { file, etcd },
      text: [
        `Wrote ${options.file}. Next:`,
        '  1. Put your addresses, interface, memory and cores into it.',
        `  2. fleet cluster check${place}`,
        `  3. fleet cluster deploy${place}`,
        `Keep ${options.file} in version control; the secrets and keys that deploy makes beside it stay out of it.`,
      ].join('\n'),
    }
  },
})
