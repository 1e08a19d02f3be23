import type { CommitLatency, FaultRun } from '@fleet/lab'
import { defineCommand } from '../../command.ts'
import { renderTable } from '../../table.ts'
import { labEnvironment, nameOption } from './lab-options.ts'

const latencyName = 'commit-latency'

export const labMeasure = defineCommand({
  name: 'measure',
  summary: 'Do faults to the cluster of a lab under writes, and count what they cost',
  description:
    'A client writes through the virtual IP every few milliseconds and keeps what was acknowledged. Each fault waits until\n' +
    'all is well, happens, is healed, and is counted: the longest time without an acknowledged write, acknowledged rows\n' +
    'that are missing, moments with two primaries, and what status said that was not so.\n' +
    `Without FAULT: every fault and ${latencyName}, the time of one commit beside a PostgreSQL without replication.`,
  options: {
    ...nameOption,
    runs: { type: 'integer', summary: 'How often each fault happens', default: 5, min: 1, max: 100 },
  },
  positionals: [{ name: 'fault', summary: `One fault by its name, or ${latencyName}`, required: false }],
  environment: labEnvironment,
  examples: [
    { line: 'fleet lab measure', says: 'Everything, five times: about an hour' },
    { line: 'fleet lab measure switchover --runs 1', says: 'One switchover' },
  ],
  async run({ options, positionals }, world) {
    const measure = await import('@fleet/lab')
    const { withCluster } = await import('../../cluster/open-cluster.ts')
    const { fault: name } = positionals
    const lab = measure.findLab(measure.openLabHome(world.env), options.name)
    const faults =
      name === null ? measure.faultsOf(lab) : name === latencyName ? [] : [measure.findFault(name)]
    return withCluster(world, { file: '', lab: options.name }, 'identity', async (cluster) => {
      const context = measure.openMeasureContext(lab, cluster, world.stop)
      const runs: FaultRun[] = []
      try {
        for (const fault of faults)
          for (let run = 1; run <= options.runs; run += 1) {
            const say = (text: string) => {
              if (!world.json) world.terminal.err(`${fault.name} ${run}/${options.runs}: ${text}\n`)
            }
            const done = await measure.runFault(context, fault, say)
            say(describeRun(done))
            runs.push(done)
          }
        const latency =
          name === null || name === latencyName ? await measure.measureCommitLatency(context) : null
        return {
          data: { faults: faults.map((fault) => summarise(fault.name, runs)), runs, latency },
          text: [
            ...(runs.length > 0 ? [renderRuns(runs, measure.spreadOf)] : []),
            ...(latency ? [renderLatency(latency)] : []),
          ].join('\n\n'),
          exitCode: runs.every(({ passed }) => passed) ? 0 : 1,
        }
      } catch (error) {
        // An hour of measuring is worth what was measured.
        const measured = world.json ? JSON.stringify({ runs }) : renderRuns(runs, measure.spreadOf)
        if (runs.length > 0) world.terminal.err(`${measured}\n`)
        throw error
      } finally {
        await context.operation.patroni.close()
      }

      function summarise(fault: string, all: readonly FaultRun[]) {
        const own = all.filter((each) => each.fault === fault)
        return {
          fault,
          gapMs: measure.spreadOf(own.map(({ gapMs }) => gapMs)),
          healthyAgainMs: measure.spreadOf(own.map(({ healthyAgainMs }) => healthyAgainMs)),
          passed: own.every(({ passed }) => passed),
        }
      }
    })
  },
})

function describeRun(run: FaultRun): string {
  return [
    `write gap ${seconds(run.gapMs)}`,
    `${run.acknowledged} acknowledged`,
    `${run.missing.length} missing`,
    `${run.twoPrimaries} times two primaries`,
    `healthy again after ${seconds(run.healthyAgainMs)}`,
    `status answered within ${seconds(run.slowestStatusMs)}`,
    ...run.untruths.map((untruth) => `status: ${untruth}`),
    run.passed ? 'as promised' : 'NOT AS PROMISED',
  ].join(', ')
}

function renderRuns(
  runs: readonly FaultRun[],
  spreadOf: (values: readonly number[]) => { min: number; median: number; max: number },
): string {
  const names = [...new Set(runs.map(({ fault }) => fault))]
  const spread = (values: readonly number[]) => {
    const { min, median, max } = spreadOf(values)
    return [min, median, max].map(seconds)
  }
  return renderTable(
    [
      'FAULT',
      'RUNS',
      'GAP MIN',
      'MEDIAN',
      'MAX',
      'LIMIT',
      'MISSING',
      'TWO PRIMARIES',
      'WELL AGAIN',
      'VERDICT',
    ],
    names.map((name) => {
      const own = runs.filter(({ fault }) => fault === name)
      return [
        name,
        String(own.length),
        ...spread(own.map(({ gapMs }) => gapMs)),
        seconds(own[0]?.limitMs ?? 0),
        String(own.reduce((sum, { missing }) => sum + missing.length, 0)),
        String(own.reduce((sum, { twoPrimaries }) => sum + twoPrimaries, 0)),
        spread(own.map(({ healthyAgainMs }) => healthyAgainMs))[1] ?? '',
        own.every(({ passed }) => passed) ? 'as promised' : 'NOT AS PROMISED',
      ]
    }),
  )
}

function renderLatency({ commits, cluster, singleNode }: CommitLatency): string {
  const row = (where: string, { p50, p99 }: { p50: number; p99: number }) => [
    where,
    `${p50.toFixed(2)} ms`,
    `${p99.toFixed(2)} ms`,
  ]
  return [
    `One commit after another, ${commits} on each:`,
    renderTable(
      ['COMMIT', 'P50', 'P99'],
      [row('cluster, through the virtual IP', cluster), row('PostgreSQL without replication', singleNode)],
    ),
  ].join('\n')
}

const seconds = (ms: number): string => (ms < 100 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`)
