import { join } from 'node:path'
import { AppError, deliveryTransitions } from '@fleet/domain'
import type { Drill, DrillReport } from '@fleet/drill'
import type { Lab } from '@fleet/lab'
import { type OpenCluster, withCluster } from '../../cluster/open-cluster.ts'
import { type CommandWorld, defineCommand, StoppedError } from '../../command.ts'
import { nameOption } from '../lab/lab-options.ts'
import { chooseDrill, drillEnvironment, exitCodeOf } from './drill-options.ts'
import { type DrillRunSummary, renderReport, summarise } from './report-text.ts'

export const drillRun = defineCommand({
  name: 'run',
  summary:
    'Break the cluster on purpose while clients work on it, and print a verdict from what they recorded',
  description:
    'On a lab (fleet lab up), with the app running on it. Every operation is recorded as done, refused or unknown; the\n' +
    'verdict is ok, violated or unknown, and the report is a page for an auditor. What was broken is mended at the end,\n' +
    'after Ctrl-C too. With --file a harmless drill runs on a cluster in use, by SQL only, in tables of its own.\n' +
    'Exit codes: 0 every promise held, 1 one was broken, 2 the command line is wrong, 3 not known.',
  options: {
    lab: { ...nameOption.name, summary: 'Which lab' },
    file: {
      type: 'string',
      value: 'FILE',
      summary: 'The cluster.yml of a cluster in use, instead of a lab: harmless drills only',
    },
    'name-it': {
      type: 'string',
      value: 'CLUSTER',
      summary: "With --file: the cluster's name, to show that it is meant",
    },
    destructive: { type: 'boolean', summary: 'With --file: drills that are not harmless, too' },
    all: { type: 'boolean', summary: 'Every drill that suits the cluster, one after another' },
    runs: { type: 'integer', summary: 'How often each', default: 1, min: 1, max: 100 },
  },
  positionals: [{ name: 'drill', summary: 'One drill by its name: see fleet drill list', required: false }],
  environment: drillEnvironment,
  examples: [
    { line: 'fleet drill run primary-power-off', says: 'On the lab; two minutes' },
    { line: 'fleet drill run --all', says: 'All of them: an hour' },
    {
      line: 'fleet drill run switchover --file cluster.yml --name-it bike-fleet-cluster',
      says: 'On a cluster in use',
    },
  ],
  async run({ options, positionals }, world) {
    const { drills } = await import('@fleet/drill')
    if (options.all === (positionals.drill !== null))
      throw new AppError('usage', 'Name one drill, or give --all.', { fix: 'See: fleet drill list' })
    const named = positionals.drill === null ? null : chooseDrill(drills, positionals.drill)
    const isLab = options.file === null
    if (named && !isLab && !named.harmless && !options.destructive)
      throw new AppError('usage', `${named.name} is not harmless, and ${options.file} is a cluster in use.`, {
        fix: `Run it on a lab: fleet lab up, then fleet drill run ${named.name}. Who means it gives --destructive.`,
      })
    const choice = { file: options.file ?? '', lab: isLab ? options.lab : null }
    return withCluster(world, choice, 'identity', async (cluster) => {
      const { findLab, openLabHome } = await import('@fleet/lab')
      const lab = isLab ? findLab(openLabHome(world.env), options.lab) : null
      if (!lab) warnOfUse(cluster, options['name-it'], world)
      const topology = lab?.state.topology ?? null
      const chosen = named
        ? [named]
        : drills.filter(
            (drill) =>
              (lab !== null || drill.harmless || options.destructive) &&
              (drill.topology === 'any' || drill.topology === topology),
          )
      const ends = await withDrillLock(cluster, lab, world, () =>
        runEach(chosen, options.runs, cluster, lab, world),
      )
      const verdicts = ends.map(({ report }) => report?.verdict ?? 'unknown')
      const worst = verdicts.includes('violated')
        ? 'violated'
        : verdicts.includes('unknown')
          ? 'unknown'
          : 'ok'
      return {
        data: { verdict: worst, runs: ends.map(summariseEnd) },
        text:
          ends.length > 1 ? `${verdicts.filter((each) => each === 'ok').length} of ${ends.length} ok` : '',
        exitCode: exitCodeOf[worst],
      }
    })
  },
})

/** Says what will happen to a cluster in use, and goes on only when its name was given. */
function warnOfUse({ spec }: OpenCluster, nameIt: string | null, { terminal }: CommandWorld): void {
  terminal.err(
    `${terminal.paint.yellow('This is a cluster in use.')} Clients of the drill write to tables of their own (fleet_drill_*) in ${spec.postgresql.database},\n` +
      'and what happens to the cluster may hold up its users for some seconds.\n',
  )
  if (nameIt !== spec.name)
    throw new AppError('usage', `This cluster is ${spec.name}, and you named ${nameIt ?? 'nothing'}.`, {
      fix: `Nothing was changed. To go on: --name-it ${spec.name}`,
    })
}

/**
 * Two drills on one cluster would mend what the other has broken.
 *
 * @throws AppError usage when another one runs
 */
async function withDrillLock<T>(
  { spec }: OpenCluster,
  lab: Lab | null,
  world: CommandWorld,
  work: () => Promise<T>,
): Promise<T> {
  const { drillHome } = await import('@fleet/drill')
  const { openFileLock } = await import('@fleet/lab')
  const place = lab ? `lab-${lab.places.name}` : `cluster-${spec.name}`
  const lock = await openFileLock(join(drillHome(world.env), `.${place}.lock`), 0)
  if (!lock)
    throw new AppError('usage', `Another drill runs on the ${place.replace('-', ' ')}.`, {
      fix: 'Wait for its end, or stop it with Ctrl-C.',
    })
  try {
    return await work()
  } finally {
    lock.release()
  }
}

/** How one run ended. */
interface RunEnd {
  readonly drill: string
  /** Null when it did not get as far as its first client. */
  readonly report: DrillReport | null
  /** What kept it from its end. */
  readonly failure: string | null
}

const nothingKnown = { verdict: 'unknown', notHeld: [], streams: [], folder: null, startedAt: null } as const

const summariseEnd = ({ drill, report, failure }: RunEnd): DrillRunSummary =>
  report ? summarise(report) : { ...nothingKnown, drill, failure, healthyAgainMs: null }

/**
 * Runs drills one after another, and shows each when it is done. One that cannot be run keeps none after it.
 *
 * @throws StoppedError after Ctrl-C
 */
async function runEach(
  drills: readonly Drill[],
  runs: number,
  cluster: OpenCluster,
  lab: Lab | null,
  world: CommandWorld,
): Promise<readonly RunEnd[]> {
  const { terminal, json, stop } = world
  const ends: RunEnd[] = []
  for (const drill of drills)
    for (let run = 1; run <= runs; run += 1) {
      const end = await runOnce(drill, cluster, lab, world)
      ends.push(end)
      if (!json)
        terminal.out(
          end.report
            ? `${renderReport(end.report, terminal.paint)}\n`
            : `${drill.name} could not be run: ${end.failure}\n`,
        )
      if (stop.aborted) throw new StoppedError('Stopped; what was broken is mended.')
    }
  return ends
}

/** Runs a drill and judges what it recorded; what keeps it from its end is part of the report. */
async function runOnce(
  drill: Drill,
  cluster: OpenCluster,
  lab: Lab | null,
  world: CommandWorld,
): Promise<RunEnd> {
  const drilling = await import('@fleet/drill')
  const { clientEnvironment, openClusterContext } = await import('@fleet/lab')
  const folder = drilling.newDrillFolder(drilling.drillHome(world.env), drill.name, world.now())
  const context = openClusterContext(cluster, world.stop)
  const startMs = world.now()
  const onStep = (text: string) => {
    if (world.json) return
    const at = `${((world.now() - startMs) / 1_000).toFixed(1)} s`.padStart(9)
    world.terminal.err(`${at}  ${drill.name}: ${text}\n`)
  }
  const bySql = {
    ...drill,
    steps: drill.steps.filter(({ fault }) => fault.do !== 'restart-app'),
    workloads: drill.workloads.filter((name) => !drilling.appWorkloads.includes(name)),
  }
  const outside = Object.entries(world.env).filter(([name]) => !/^(FLEET_|PG)/.test(name))
  let failure: string | null = null
  try {
    await drilling.runDrill({
      drill: lab ? drill : bySql,
      folder,
      lab,
      context,
      app: {
        command: [process.execPath, ...process.execArgv, process.argv[1]!, 'serve', '--json'],
        env: {
          ...Object.fromEntries(outside),
          ...(lab ? await clientEnvironment(lab) : {}),
          // An app takes no spool that another one has, and what a killed drill left belongs to its own record.
          FLEET_SPOOL_DIR: join(folder.path, 'spool'),
        },
      },
      deliveries: { transitions: deliveryTransitions, begin: 'unassigned' },
      onStep,
    })
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error)
  } finally {
    await context.operation.patroni.close()
  }
  const report = folder.exists() ? drilling.writeReport(folder, failure) : null
  return { drill: drill.name, report, failure }
}
