import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { ClusterError, type HostRole } from '@fleet/cluster'
import { type LabHome, type LabPlaces, placesOf } from './lab-home.ts'
import type { TopologyName } from './topology.ts'

export interface MachineState {
  readonly name: string
  readonly address: string
  readonly roles: readonly HostRole[]
}

/** What is written about a lab before any of it is made, and once more when it stands. */
export interface LabState {
  readonly version: 1
  readonly name: string
  readonly topology: TopologyName
  /** `making`: its files may be incomplete, so it is made anew. `made`: its disks are kept. */
  readonly phase: 'making' | 'made'
  readonly createdMs: number
  /** The root that all machines share. */
  readonly imageDirectory: string
  readonly machines: readonly MachineState[]
}

export function writeLabState(places: LabPlaces, state: LabState): void {
  mkdirSync(places.directory, { recursive: true, mode: 0o700 })
  const fresh = `${places.stateFile}.new`
  writeFileSync(fresh, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 })
  renameSync(fresh, places.stateFile)
}

/** @returns null when there is no such lab, or none that this version can read */
export function readLabState(places: LabPlaces): LabState | null {
  if (!existsSync(places.stateFile)) return null
  const state = JSON.parse(readFileSync(places.stateFile, 'utf8')) as LabState
  return state.version === 1 ? state : null
}

/** Names of all labs that have a folder, sorted. */
export function listLabs(home: LabHome): readonly string[] {
  if (!existsSync(home.labsDirectory)) return []
  return readdirSync(home.labsDirectory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

/** A lab that stands. */
export interface Lab {
  readonly places: LabPlaces
  readonly state: LabState
}

/** @throws ClusterError lab_not_found when there is none of this name, lab_failed when it was never finished */
export function findLab(home: LabHome, name: string): Lab {
  const places = placesOf(home, name)
  const state = readLabState(places)
  if (!state) {
    const others = listLabs(home)
    throw new ClusterError('lab_not_found', `There is no lab "${name}".`, {
      fix: `Make it: fleet lab up${name === defaultLabName ? '' : ` --name ${name}`}.${
        others.length > 0 ? ` There is: ${others.join(', ')} (--name).` : ''
      }`,
    })
  }
  if (state.phase === 'making')
    throw new ClusterError(
      'lab_failed',
      `The lab "${name}" is not finished: \`up\` was interrupted, or still runs.`,
      {
        fix: `Run \`fleet lab up --name ${name}\` to make it again, or \`fleet lab down --name ${name}\` to remove it.`,
      },
    )
  return { places, state }
}

const defaultLabName = 'lab'

/** @throws ClusterError lab_not_found when the lab has no machine of this name */
export function findMachine(lab: Lab, name: string): MachineState {
  const machine = lab.state.machines.find((each) => each.name === name)
  if (machine) return machine
  const names = lab.state.machines.map((each) => each.name).join(', ')
  throw new ClusterError('lab_not_found', `The lab has no machine "${name}".`, {
    fix: `Its machines: ${names}.`,
  })
}
