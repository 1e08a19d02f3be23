import { resolve } from 'node:path'
import { clusterOptions, withCluster } from '../../cluster/open-cluster.ts'
import { defineCommand } from '../../command.ts'

export const clusterRender = defineCommand({
  name: 'render',
  summary: 'Write every file of every host into a folder, to look at or to deploy by other means',
  description:
    'One folder for each host, with the paths that the files have there, and their modes. render.json says owners and\n' +
    'what a change asks of which service. The files include passwords and private keys: only you can enter the folder.\n' +
    'Asks no host. What an earlier render left there and no host has any more is removed.',
  options: {
    ...clusterOptions,
    out: {
      type: 'string',
      value: 'DIR',
      summary: 'A folder that is empty, not there yet, or of an earlier render',
      required: true,
    },
  },
  positionals: [],
  examples: [
    { line: 'fleet cluster render --out rendered', says: 'What a deploy would place' },
    { line: 'fleet cluster render --out rendered --json', says: 'For programs' },
  ],
  run: ({ options }, world) =>
    withCluster(world, options, 'new identity', async (cluster) => {
      const { renderCluster, writeRender } = await import('@fleet/cluster')
      const rendered = renderCluster(cluster)
      const directory = resolve(options.out)
      const { written, unchanged, removed } = await writeRender(rendered, directory)
      const hosts = [...rendered].map(([host, files]) => ({
        host,
        files: files.length,
        secrets: files.filter(({ secret }) => secret).length,
      }))
      const counts = [
        `${written.length} written`,
        `${unchanged.length} unchanged`,
        ...(removed.length > 0 ? [`${removed.length} removed`] : []),
      ]
      return {
        data: { directory, hosts, written, unchanged, removed },
        text: `${hosts.length} hosts in ${directory}: ${counts.join(', ')}. Passwords and private keys are among them.`,
      }
    }),
})
