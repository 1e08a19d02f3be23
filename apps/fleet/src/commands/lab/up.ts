import type { MachineState } from '@fleet/lab'
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
    'full: nine machines, etcd on three of its own. Where the lab is there already, machines that are off are started.\n' +
    'Then the cluster is deployed on them, as fleet cluster deploy --lab NAME does; after a failure, run it again.\n' +
    'With --json, each event of the deploy is a line of JSON; the last line is about the lab.',
  options: {
    topology: { type: 'string', summary: 'Which machines', choices: ['small', 'full'] },
    ...nameOption,
    'no-deploy': { type: 'boolean', summary: 'Boot the machines and deploy nothing on them' },
  },
  positionals: [],
  environment: labEnvironment,
  examples: [
    { line: 'fleet lab up', says: 'Six machines with a cluster, in a few minutes' },
    { line: 'fleet lab up --name second --topology full', says: 'Nine more, beside the first lab' },
  ],
  async run({ options }, world) {
    const { createLab, enteredVariable, inLab, openLabHome, runAttached } = await import('@fleet/lab')
    const startMs = world.now()
    const lab = await createLab(openLabHome(world.env), {
      name: options.name,
      topology: options.topology as 'small' | 'full' | null,
      nowMs: startMs,
      steps: createStepLines(world),
      signal: world.stop,
    })
    const { machines, topology, name } = lab.state
    const bootMs = world.now() - startMs
    if (!world.json) world.terminal.out(`${renderMachines(machines, bootMs)}\n`)
    const deploy = ['cluster', 'deploy', '--lab', name, ...(world.json ? ['--json'] : [])]
    const exitCode = options['no-deploy']
      ? 0
      : await runAttached(inLab(lab, [process.execPath, ...process.execArgv, process.argv[1]!, ...deploy]), {
          ...world.env,
          [enteredVariable]: name,
        })
    const durationMs = world.now() - startMs
    const deployed = !options['no-deploy'] && exitCode === 0
    return {
      data: { name, topology, machines, bootMs, durationMs, deployed, clusterFile: lab.places.clusterFile },
      text: renderNext(name, machines, deployed),
      exitCode,
    }
  },
})

type Machines = readonly MachineState[]

function renderMachines(machines: Machines, bootMs: number): string {
  const rows = machines.map((machine) => [machine.name, machine.address, machine.roles.join(', ')])
  return [
    renderTable(['MACHINE', 'ADDRESS', 'ROLES'], rows),
    `${machines.length} machines run, after ${(bootMs / 1_000).toFixed(1)} s.`,
  ].join('\n')
}

/** What people do with a lab. */
function renderNext(name: string, machines: Machines, deployed: boolean): string {
  const words = nameWords(name)
  return [
    `A shell:     fleet lab ssh ${machines[0]?.name}${words}`,
    ...(deployed
      ? [
          `Its health:  fleet cluster status --lab ${name}`,
          `The app:     fleet lab run --publish 8484${words} -- npm start`,
        ]
      : []),
    `Remove it:   fleet lab down${words}`,
  ].join('\n')
}
