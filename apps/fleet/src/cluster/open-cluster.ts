import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ClusterHome, ClusterPki, ClusterSecrets, ClusterSpec, HostShell } from '@fleet/cluster'
import { ClusterError } from '@fleet/cluster/error'
import type { CommandResult, CommandWorld, OptionSpec } from '../command.ts'
import { createPaint } from '../terminal.ts'
import { countProblems, renderProblems } from './render-problems.ts'

/** Which cluster a command is about. */
export const clusterOptions = {
  file: {
    type: 'string',
    value: 'FILE',
    summary: 'The cluster.yml; secrets and certificates are beside it',
    default: 'cluster.yml',
    env: 'FLEET_CLUSTER',
  },
  lab: {
    type: 'string',
    value: 'NAME',
    summary: "The cluster of this lab, from a client in the lab's network, instead of --file",
  },
} as const satisfies Record<string, OptionSpec>

export interface ClusterChoice {
  readonly file: string
  readonly lab: string | null
}

/** A cluster's description, and the way to its hosts; no host is asked before the first command on it. */
export interface DescribedCluster {
  readonly home: ClusterHome
  readonly spec: ClusterSpec
  readonly shell: HostShell
}

/** With what is needed to render its files and to speak to its daemons. */
export interface OpenCluster extends DescribedCluster {
  readonly secrets: ClusterSecrets
  readonly pki: ClusterPki
}

interface Opened {
  /** cluster.yml is enough. */
  readonly description: DescribedCluster
  /** Secrets and certificates of a cluster that was deployed. */
  readonly identity: OpenCluster
  /** Those, and what is missing of them is made: for deploy and render. */
  readonly 'new identity': OpenCluster
}

/**
 * Opens the cluster that the options choose, works on it, and closes it.
 *
 * With `--lab` the work is done by this very command line once more inside the lab's network: here only its exit code
 * is handed on.
 *
 * @throws ClusterError missing_file, unsafe_file, invalid_spec with all that is wrong, lab_not_found, lab_failed; and
 *   what `work` throws
 */
export async function withCluster<const N extends keyof Opened>(
  world: CommandWorld,
  options: ClusterChoice,
  needs: N,
  work: (cluster: Opened[N]) => Promise<CommandResult | null>,
): Promise<CommandResult | null> {
  if (options.lab !== null) {
    const { enteredVariable, enterLab, findLab, openLabHome } = await import('@fleet/lab')
    const lab = findLab(openLabHome(world.env), options.lab)
    if (world.env[enteredVariable] !== lab.places.name)
      return { data: undefined, text: '', exitCode: await enterLab(lab, world.env) }
    return await openAndWork(world, lab.places.clusterFile, needs, work)
  }
  return await openAndWork(world, options.file, needs, work)
}

async function openAndWork<N extends keyof Opened>(
  world: CommandWorld,
  file: string,
  needs: N,
  work: (cluster: Opened[N]) => Promise<CommandResult | null>,
): Promise<CommandResult | null> {
  const { createClusterHome, ensurePki, ensureSecrets, openSshShell, readPki, readSecrets } =
    await import('@fleet/cluster')
  const spec = await readSpec(file)
  const home = createClusterHome(resolve(file))
  const identity = async () => {
    if (needs === 'description') return {}
    if (needs === 'identity')
      return { secrets: await readSecrets(home, spec), pki: await readPki(home, spec) }
    const nowMs = world.now()
    // In this order: a folder with certificates and without secrets has lost them.
    const secrets = await ensureSecrets(home, spec, world.randomBytes, nowMs)
    return { secrets, pki: await ensurePki(home, spec, nowMs) }
  }
  const files = { home, spec, ...(await identity()) }
  const shell = openSshShell(spec, home)
  try {
    // Each need opens what its type names: see `identity`.
    return await work({ ...files, shell } as Opened[N])
  } finally {
    await shell.close()
  }
}

/** @param file as it was given, for the messages */
async function readSpec(file: string): Promise<ClusterSpec> {
  const { parseClusterYml } = await import('@fleet/cluster')
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ClusterError(
      'missing_file',
      error.code === 'ENOENT' ? `There is no ${file}.` : `${file} cannot be read: ${error.message}`,
      { cause: error },
    )
  })
  const { spec, problems } = parseClusterYml(text, file)
  if (spec) return spec
  // Warnings are for `check`: they stop nobody.
  const errors = problems.filter(({ severity }) => severity === 'error')
  const plain = createPaint(false)
  throw new ClusterError(
    'invalid_spec',
    `${renderProblems(errors, plain)}\n\n${file} cannot be used: ${countProblems(errors)}.`,
  )
}
