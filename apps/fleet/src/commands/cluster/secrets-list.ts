import { ClusterError } from '@fleet/cluster/error'
import { clusterOptions, withCluster } from '../../cluster/open-cluster.ts'
import { defineCommand } from '../../command.ts'
import { renderTable } from '../../table.ts'

export const clusterSecretsList = defineCommand({
  name: 'list',
  summary: 'List the secrets: names and age, never a value',
  description: 'Reads cluster.secrets.yml beside cluster.yml; no host is asked.',
  options: clusterOptions,
  positionals: [],
  examples: [
    { line: 'fleet cluster secrets list', says: 'What is due, and what a rotation has left unfinished' },
  ],
  run: ({ options }, world) =>
    withCluster(world, options, 'description', async ({ home }) => {
      const { readStoredSecrets, secretNames, secretTable } = await import('@fleet/cluster')
      const stored = await readStoredSecrets(home)
      if (!stored)
        throw new ClusterError('missing_file', `There is no ${home.secretsFile}.`, {
          fix: 'fleet cluster deploy makes it.',
        })
      const nowMs = world.now()
      const secrets = secretNames.flatMap((name) => {
        const record = stored.records.get(name)
        if (!record) return []
        const { key, summary, rotatable } = secretTable[name]
        const isUnfinished = record.previous !== null
        return [
          { name: key, opens: summary, sinceMs: record.sinceMs || null, rotatable, unfinished: isUnfinished },
        ]
      })
      const rows = secrets.map(({ name, opens, sinceMs, rotatable, unfinished }) => [
        name,
        sinceMs === null ? 'not known' : new Date(sinceMs).toLocaleDateString('sv'),
        sinceMs === null ? '' : describeAge(nowMs - sinceMs),
        unfinished ? `${opens}; being replaced` : rotatable ? opens : `${opens}; stays as it is`,
      ])
      return {
        data: { file: home.secretsFile, encrypted: stored.isEncrypted, s3: stored.s3 !== null, secrets },
        text: [
          renderTable(['NAME', 'SINCE', 'AGE', 'OPENS'], rows),
          ...(stored.s3
            ? ['The keys of S3 are there, too: change them at the provider and in the file.']
            : []),
          ...(secrets.some(({ unfinished }) => unfinished)
            ? [
                world.terminal.paint.yellow(
                  'A rotation was not finished. Finish it: fleet cluster secrets rotate',
                ),
              ]
            : []),
        ].join('\n'),
      }
    }),
})

const describeAge = (ms: number): string => {
  const days = Math.floor(ms / 86_400_000)
  return days === 1 ? '1 day' : `${Math.max(0, days)} days`
}
