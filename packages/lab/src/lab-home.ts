import { isAbsolute, join } from 'node:path'
import { ClusterError } from '@fleet/cluster'

type Env = Readonly<Record<string, string | undefined>>

/** Where labs and their image live on this machine. All paths absolute. */
export interface LabHome {
  /** A folder for each lab, mode 0700. */
  readonly labsDirectory: string
  /** The base image: may be deleted while no lab is up, and is then built again. */
  readonly cacheDirectory: string
}

/**
 * @param env `FLEET_LAB_HOME` and `FLEET_LAB_CACHE` move the two folders
 * @throws ClusterError lab_unsupported when one of them is no path that overlayfs can take
 */
export function openLabHome(env: Env): LabHome {
  return {
    labsDirectory: readFolder(env, 'FLEET_LAB_HOME', '/var/lib/amsterdam-bike-fleet/labs'),
    cacheDirectory: readFolder(env, 'FLEET_LAB_CACHE', '/var/cache/amsterdam-bike-fleet/lab'),
  }
}

function readFolder(env: Env, variable: string, fallback: string): string {
  const path = env[variable]?.trim() || fallback
  // The options of mount(8) are separated by commas, the lower folders of an overlay by colons.
  if (isAbsolute(path) && !/[,:\\\s]/.test(path)) return path
  throw new ClusterError('lab_unsupported', `${variable} is "${path}", which cannot hold a lab.`, {
    fix: 'Set it to an absolute path without spaces, commas, colons and backslashes.',
  })
}

/** Where the things of one lab are, all derived from its name, so that they are found even when its state is lost. */
export interface LabPlaces {
  readonly name: string
  readonly directory: string
  readonly stateFile: string
  readonly lockFile: string
  readonly identityFile: string
  readonly knownHostsFile: string
  readonly machinesDirectory: string
  readonly clusterFile: string
  /** Unix sockets of published ports. */
  readonly socketsDirectory: string
  /** Name of the lab's network namespace, a file in /run/netns. */
  readonly netns: string
  readonly netnsFile: string
}

const namePattern = /^[a-z][a-z0-9-]{0,23}$/

/** @throws ClusterError lab_not_found when no lab can have this name */
export function placesOf(home: LabHome, name: string): LabPlaces {
  if (!namePattern.test(name) || name.endsWith('-'))
    throw new ClusterError('lab_not_found', `"${name}" is no name for a lab.`, {
      fix: 'Use 1 to 24 small letters, digits and hyphens, with a letter first.',
    })
  const directory = join(home.labsDirectory, name)
  const netns = `fleet-lab-${name}`
  return {
    name,
    directory,
    stateFile: join(directory, 'lab.json'),
    lockFile: join(home.labsDirectory, `.${name}.lock`),
    identityFile: join(directory, 'ssh', 'id_ed25519'),
    knownHostsFile: join(directory, 'ssh', 'known_hosts'),
    machinesDirectory: join(directory, 'machines'),
    clusterFile: join(directory, 'cluster', 'cluster.yml'),
    socketsDirectory: join(directory, 'sockets'),
    netns,
    netnsFile: `/run/netns/${netns}`,
  }
}

/** Folders of one machine: the overlay's three and its console. */
export interface MachinePlaces {
  readonly directory: string
  readonly upper: string
  readonly work: string
  readonly root: string
  readonly consoleFile: string
  /** Holds the name of the bridge's end of its link. */
  readonly portFile: string
}

export function machinePlaces(places: LabPlaces, machine: string): MachinePlaces {
  const directory = join(places.machinesDirectory, machine)
  return {
    directory,
    upper: join(directory, 'upper'),
    work: join(directory, 'work'),
    root: join(directory, 'root'),
    consoleFile: join(directory, 'console.log'),
    portFile: join(directory, 'port'),
  }
}
