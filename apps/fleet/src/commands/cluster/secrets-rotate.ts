import type { SecretName } from '@fleet/cluster'
import { AppError } from '@fleet/domain'
import { withDeployProgress } from '../../cluster/deploy-progress.ts'
import { clusterOptions, withCluster } from '../../cluster/open-cluster.ts'
import { defineCommand } from '../../command.ts'

export const clusterSecretsRotate = defineCommand({
  name: 'rotate',
  summary: 'Give secrets new values, on a cluster that goes on working',
  description:
    "Without names: the cluster's own (superuser, replication, rewind, patroni_api), which nobody outside it holds. No\n" +
    'connection breaks, and nothing fails over. A standby that happens to connect anew before its host has the new files\n' +
    'tries again until it has. The others are changed when they are named:\n' +
    'haproxy_stats reloads HAProxy, one host at a time; what is connected through it is cut off once, half a minute later,\n' +
    'and connects anew.\n' +
    'app and monitor are used by others. PostgreSQL has one password for a role and no time of grace: from then on a new\n' +
    'connection needs the new one, so have PG_PASSWORD changed on every instance right after; what is connected goes on.\n' +
    'backup_cipher cannot be changed: pgBackRest reads a repository with the passphrase that it was made with.\n' +
    'Stopped or dead midway: the same command again goes on with the same values.',
  options: clusterOptions,
  positionals: [{ name: 'names', summary: 'Which ones, with commas between', required: false }],
  examples: [
    { line: 'fleet cluster secrets rotate', says: "The cluster's own, or what was not finished" },
    { line: 'fleet cluster secrets rotate app', says: 'Then give the app its new PG_PASSWORD' },
  ],
  run: ({ options, positionals }, world) =>
    withCluster(world, options, 'identity', async (cluster) => {
      const { createPatroniClient, deployCluster, rotateSecrets, secretTable } =
        await import('@fleet/cluster')
      const names = await readNames(positionals.names)
      const patroni = createPatroniClient(cluster)
      const stopped = 'Stopped. See fleet cluster secrets list: rotate finishes what was begun.'
      try {
        const { fresh, resumed, deployed } = await withDeployProgress(world, stopped, (run) =>
          rotateSecrets(
            {
              ...cluster,
              names,
              randomBytes: world.randomBytes,
              nowMs: world.now(),
              patroni,
              signal: world.stop,
            },
            (secrets) => deployCluster({ ...cluster, secrets, ...run }),
          ),
        )
        const keys = [...resumed, ...fresh].map((name) => secretTable[name].key)
        return {
          data: { rotated: keys, resumed: resumed.map((name) => secretTable[name].key), deployed },
          text: [
            `New: ${keys.join(', ')}. The values are in ${cluster.home.secretsFile}; renew your copy of it.`,
            ...nextSteps([...resumed, ...fresh], cluster.home.secretsFile),
          ].join('\n'),
        }
      } finally {
        await patroni.close()
      }
    }),
})

/** @throws AppError usage for a name that is none or cannot be changed */
async function readNames(text: string | null): Promise<readonly SecretName[]> {
  const { findSecret, secretNames, secretTable } = await import('@fleet/cluster')
  const keys = (text ?? '').split(',').filter((key) => key !== '')
  return [...new Set(keys)].map((key) => {
    const name = findSecret(key)
    if (name === null)
      throw new AppError('usage', `There is no secret "${key}".`, {
        fix: `Names: ${secretNames
          .filter((each) => secretTable[each].rotatable)
          .map((each) => secretTable[each].key)
          .join(', ')}.`,
      })
    if (!secretTable[name].rotatable)
      throw new AppError(
        'usage',
        `${key} cannot be changed: pgBackRest reads a repository with the passphrase that it was made with, and has no command to change it.`,
        {
          fix: 'For a new one, begin a new repository: another path in cluster.yml and a value of your own in cluster.secrets.yml, then deploy. Keep the old value for as long as the old backups.',
        },
      )
    return name
  })
}

const nextSteps = (names: readonly SecretName[], file: string): readonly string[] => [
  ...(names.includes('app')
    ? [`Now give every instance of the app its new PG_PASSWORD: app.value in ${file}.`]
    : []),
  ...(names.includes('monitor')
    ? [`Now give the monitoring system its new password: monitor.value in ${file}.`]
    : []),
]
