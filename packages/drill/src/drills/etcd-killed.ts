import { defineDrill } from './drill.ts'

/** Not a multiple of Patroni's loop: each kill meets it at another point. */
const everyS = 13.5

export const etcdKilled = defineDrill({
  name: 'etcd-killed',
  title: 'All of etcd is killed at once, five times',
  expects:
    'systemd starts each member again after a second, and failsafe mode bridges the time until they have a leader: the ' +
    'primary stays and hardly anybody notices. It gives up its role when one of the others does not answer it in that ' +
    'moment, as on a machine with too much to do; then writes wait for an election.',
  steps: Array.from({ length: 5 }, (_, index) => ({
    atS: 10 + index * everyS,
    fault: { do: 'kill', process: 'etcd', on: 'every-etcd' },
    healAtS: null,
  })),
  limits: { writeGapMs: 28_000, readGapMs: 4_000, appGapMs: 29_500, healthyAgainMs: 120_000 },
})
