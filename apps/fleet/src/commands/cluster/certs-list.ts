import { clusterOptions, withCluster } from '../../cluster/open-cluster.ts'
import { defineCommand } from '../../command.ts'
import { renderTable } from '../../table.ts'

const notes = {
  valid: 'valid',
  missing: 'missing, or without its key',
  foreign: 'signed by another authority',
  outdated: 'for other names or addresses than in cluster.yml',
  expiring: 'expires soon',
  expired: 'expired',
} as const

export const clusterCertsList = defineCommand({
  name: 'list',
  summary: 'List the certificates and how long they are valid',
  description:
    'Reads the folder pki beside cluster.yml; no host is asked. Deploy issues what is not valid, 30 days before it\n' +
    'expires at the latest. Exit code 0: all are valid; 1: deploy would issue some.',
  options: clusterOptions,
  positionals: [],
  examples: [{ line: 'fleet cluster certs list', says: 'The authority first, then host by host' }],
  run: ({ options }, world) =>
    withCluster(world, options, 'description', async ({ home, spec }) => {
      const { listCertificates } = await import('@fleet/cluster')
      const nowMs = world.now()
      const certificates = (await listCertificates(home, spec, nowMs)).map((each) => ({
        ...each,
        daysLeft: each.validUntilMs === null ? null : Math.floor((each.validUntilMs - nowMs) / 86_400_000),
      }))
      const { paint } = world.terminal
      const rows = certificates.map(({ name, state, validUntilMs, daysLeft }) => [
        name,
        validUntilMs === null ? '-' : new Date(validUntilMs).toLocaleDateString('sv'),
        daysLeft === null ? '-' : String(daysLeft),
        state === 'valid' ? notes[state] : paint.yellow(notes[state]),
      ])
      const due = certificates.filter(({ state }) => state !== 'valid').length
      return {
        data: { directory: home.pkiDirectory, certificates },
        text: [
          renderTable(['NAME', 'UNTIL', 'DAYS', 'STATE'], rows),
          ...(due > 0 ? [paint.yellow(`${due} to be issued: fleet cluster deploy does it.`)] : []),
        ].join('\n'),
        exitCode: due > 0 ? 1 : 0,
      }
    }),
})
