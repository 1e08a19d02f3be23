import { defineDrill } from './drill.ts'

export const bothStandbysOff = defineDrill({
  name: 'both-standbys-off',
  title: 'Both standbys lose their power silently',
  expects:
    'Commits wait, since nobody is left to acknowledge them. Where etcd is on the same machines it has no ' +
    'majority either, and writes wait until a standby is back; where it is not, Patroni lets the primary ' +
    'go on alone after a while. Nothing acknowledged is lost. Standby reads are answered by the primary, ' +
    'or wait.',
  steps: [
    { atS: 10, fault: { do: 'power-off', on: 'standby' }, healAtS: 45 },
    { atS: 10, fault: { do: 'power-off', on: 'other-standby' }, healAtS: 45 },
  ],
  limits: { writeGapMs: 90_000, readGapMs: 90_000, appGapMs: 92_000, healthyAgainMs: 180_000 },
})
