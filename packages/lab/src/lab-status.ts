import { existsSync, readFileSync } from 'node:fs'
import { type Cut, cutsOf } from './faults.ts'
import { isFrozen, processesIn } from './cgroup.ts'
import { type LabHome, placesOf } from './lab-home.ts'
import { listLabs, type MachineState, readLabState } from './lab-state.ts'
import { findInit, machineCgroup } from './machine.ts'
import type { TopologyName } from './topology.ts'

export interface MachineStatus extends MachineState {
  readonly power: 'on' | 'off' | 'frozen'
  /** What its processes have for themselves, and their share of what they share. */
  readonly memoryBytes: number
}

export interface LabStatus {
  readonly name: string
  readonly topology: TopologyName
  /** `unfinished`: `up` was interrupted, or still runs. `stopped`: its network is gone, this machine was started again. */
  readonly state: 'up' | 'stopped' | 'unfinished'
  readonly createdMs: number
  readonly clusterFile: string
  readonly machines: readonly MachineStatus[]
  readonly cuts: readonly Cut[]
}

/** All labs of this machine, by name. */
export async function readLabs(home: LabHome): Promise<readonly LabStatus[]> {
  const all = await Promise.all(listLabs(home).map((name) => readLab(home, name)))
  return all.filter((lab) => lab !== null)
}

/** @returns null when there is no lab of this name */
export async function readLab(home: LabHome, name: string): Promise<LabStatus | null> {
  const places = placesOf(home, name)
  const state = readLabState(places)
  if (!state) return null
  const lab = { places, state }
  const hasNetwork = existsSync(places.netnsFile)
  return {
    name,
    topology: state.topology,
    state: state.phase === 'making' ? 'unfinished' : hasNetwork ? 'up' : 'stopped',
    createdMs: state.createdMs,
    clusterFile: places.clusterFile,
    machines: state.machines.map((machine) => {
      const cgroup = machineCgroup(lab, machine.name)
      const power = findInit(lab, machine.name) === null ? 'off' : isFrozen(cgroup) ? 'frozen' : 'on'
      return { ...machine, power, memoryBytes: memoryOf(processesIn(cgroup)) }
    }),
    cuts: hasNetwork ? await cutsOf(lab) : [],
  }
}

function memoryOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + proportionalBytes(readRollup(pid)), 0)
}

/** @param rollup of /proc/PID/smaps_rollup: `Pss: 1234 kB` */
export const proportionalBytes = (rollup: string): number =>
  Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024

function readRollup(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  } catch {
    // It ended in this moment.
    return ''
  }
}
