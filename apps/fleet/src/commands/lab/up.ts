import { defineCommand } from '../../command.ts'
import { renderTable } from '../../table.ts'
import { labEnvironment, nameOption, nameWords } from './lab-options.ts'
import { createStepLines } from './step-lines.ts'

export const labUp = defineCommand({
  name: 'up',
  summary: 'Make a lab: real Debian 13 machines inside this one',
  description:
    'Machines with systemd, sshd and disks of their own, in a network of their own, 10.0.0.0/24, that meets no other:\n' +
    'two labs have the same addresses. small: three database machines with etcd, two HAProxy, one for backups.\n' +
    'full: nine machines, etcd on three of its own. Where the lab is there already, machines that are off are started.',
  options: {
    topology: { type: 'string', summary: 'Which machines', choices: ['small', 'full'] },
    ...nameOption,
    'no-deploy': { type: 'boolean', summary: 'Boot the machines and deploy nothing on them' },
  },
  positionals: [],
  environment: labEnvironment,
  examples: [
    { line: 'fleet lab up', says: 'Six machines' },
    { line: 'fleet lab up --name second --topology full', says: 'Nine more, beside the first lab' },
  ],
  async run({ options }, world) {
    const { createLab, openLabHome } = await import('@fleet/lab')
    const startMs = world.now()
    const lab = await createLab(openLabHome(world.env), {
      name: options.name,
      topology: options.topology as 'small' | 'full' | null,
      nowMs: startMs,
      steps: createStepLines(world),
      signal: world.stop,
    })
    const { machines, topology, name } = lab.state
    const durationMs = world.now() - startMs
    const rows = machines.map((machine) => [machine.name, machine.address, machine.roles.join(', ')])
    return {
      data: { name, topology, machines, durationMs, clusterFile: lab.places.clusterFile },
      text: [
        renderTable(['MACHINE', 'ADDRESS', 'ROLES'], rows),
        `${machines.length} machines run, after ${(durationMs / 1_000).toFixed(1)} s.`,
        `Look in: fleet lab ssh ${machines[0]?.name}${nameWords(name)}   Remove: fleet lab down${nameWords(name)}`,
      ].join('\n'),
    }
  },
})
