import type { LabStatus } from '@fleet/lab'
import { renderTable } from '../../table.ts'
import { nameWords } from './lab-options.ts'

const stateNotes: Readonly<Record<LabStatus['state'], (name: string) => string>> = {
  up: () => 'up',
  stopped: (name) => `stopped, this machine was started again: fleet lab up${nameWords(name)} boots it`,
  unfinished: (name) =>
    `unfinished: fleet lab up${nameWords(name)} makes it anew, fleet lab down${nameWords(name)} removes it`,
}

/** One lab, for people. */
export function renderLab(lab: LabStatus): string {
  const totalBytes = lab.machines.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
  const rows = lab.machines.map((machine) => [
    machine.name,
    machine.address,
    machine.roles.join(', '),
    machine.power === 'off' ? '-' : megabytes(machine.memoryBytes),
    machine.power,
  ])
  return [
    `${lab.name}: ${lab.topology}, ${stateNotes[lab.state](lab.name)}, ${megabytes(totalBytes)} of memory`,
    renderTable(['MACHINE', 'ADDRESS', 'ROLES', 'MEMORY', 'POWER'], rows),
    ...lab.cuts.map(({ from, to }) => `Cut: what ${from} sends to ${to} is dropped.`),
    ...(lab.cuts.length > 0 ? [`Mend the network: fleet lab heal${nameWords(lab.name)}`] : []),
    `cluster.yml: ${lab.clusterFile}`,
  ].join('\n')
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`
