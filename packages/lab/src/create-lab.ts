import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ClusterError } from '@fleet/cluster'
import { labCgroup, removeCgroup } from './cgroup.ts'
import { requireLabSupport } from './host-support.ts'
import { ensureImage } from './image/build-image.ts'
import { type LabHome, type LabPlaces, machinePlaces, placesOf } from './lab-home.ts'
import { createNetwork, removeNetwork } from './lab-network.ts'
import { raiseKernelLimits } from './kernel-limits.ts'
import { renderLabClusterYml } from './lab-cluster-yml.ts'
import { type Lab, type LabState, readLabState, writeLabState } from './lab-state.ts'
import { withLabLock } from './lab-lock.ts'
import { findInit, startMachine, waitForMachine } from './machine.ts'
import { machineFiles, writeMachineFiles } from './machine-files.ts'
import { createSshKey, knownHostLine } from './ssh-keys.ts'
import type { Steps } from './steps.ts'
import { topologies, type TopologyName } from './topology.ts'

export interface LabRequest {
  readonly name: string
  /** Null: small, or what the lab that is there has. */
  readonly topology: TopologyName | null
  readonly nowMs: number
  readonly steps: Steps
  readonly signal: AbortSignal
}

/**
 * Makes a lab and boots its machines; or, where it was made before, boots those that are off, with their disks.
 * One that was interrupted while it was made is made anew.
 *
 * @throws ClusterError lab_failed
 */
export async function createLab(home: LabHome, request: LabRequest): Promise<Lab> {
  const { steps, signal } = request
  requireLabSupport()
  const places = placesOf(home, request.name)
  const image = await ensureImage(home.cacheDirectory, steps, signal)
  return withLabLock(places, async () => {
    const before = readLabState(places)
    if (before && request.topology !== null && before.topology !== request.topology)
      throw new ClusterError(
        'lab_failed',
        `The lab "${places.name}" is there already, with topology ${before.topology}.`,
        {
          fix: `Give the new one a --name of its own, or remove this one: fleet lab down --name ${places.name}`,
        },
      )
    const lab =
      before?.phase === 'made'
        ? { places, state: before }
        : await steps.step('Prepare disks and keys', () => prepare(places, request, image.directory))
    if (!existsSync(lab.state.imageDirectory))
      throw new ClusterError('lab_failed', `The image of this lab is gone: ${lab.state.imageDirectory}.`)
    raiseKernelLimits()
    await createNetwork(places)
    await steps.step(`Boot ${lab.state.machines.length} machines`, async (note) => {
      await bootMachines(lab, note, signal)
    })
    const made: LabState = { ...lab.state, phase: 'made' }
    writeLabState(places, made)
    return { places, state: made }
  })
}

async function prepare(places: LabPlaces, request: LabRequest, imageDirectory: string): Promise<Lab> {
  await clear(places)
  const topology = request.topology ?? 'small'
  const machines = topologies[topology].map(({ name, address, roles }) => ({ name, address, roles }))
  const state: LabState = {
    version: 1,
    name: places.name,
    topology,
    phase: 'making',
    createdMs: request.nowMs,
    imageDirectory,
    machines,
  }
  writeLabState(places, state)
  const operator = await createSshKey(places.identityFile)
  writeFileSync(places.knownHostsFile, '', { mode: 0o600 })
  for (const machine of machines) {
    const at = machinePlaces(places, machine.name)
    mkdirSync(at.directory, { recursive: true, mode: 0o700 })
    const hostKeyFile = join(at.directory, 'host_key')
    const hostKey = await createSshKey(hostKeyFile)
    for (const file of [hostKeyFile, `${hostKeyFile}.pub`]) rmSync(file)
    appendFileSync(places.knownHostsFile, knownHostLine([machine.address, machine.name], hostKey.public))
    writeMachineFiles(
      at.upper,
      machineFiles(machine, machines, {
        machineId: randomBytes(16).toString('hex'),
        hostKey: hostKey.private,
        hostKeyPublic: hostKey.public,
        authorizedKey: operator.public,
      }),
    )
  }
  mkdirSync(dirname(places.clusterFile), { recursive: true, mode: 0o700 })
  writeFileSync(places.clusterFile, renderLabClusterYml(places, topologies[topology]), { mode: 0o600 })
  return { places, state }
}

async function bootMachines(lab: Lab, note: (text: string) => void, signal: AbortSignal): Promise<void> {
  const off = lab.state.machines.filter((machine) => findInit(lab, machine.name) === null)
  let running = lab.state.machines.length - off.length
  await Promise.all(
    off.map(async (machine) => {
      await waitForMachine(lab, machine, await startMachine(lab, machine), signal)
      running += 1
      note(`${running} of ${lab.state.machines.length} run`)
    }),
  )
}

/**
 * Removes everything that a lab of this name has or may have on this machine; what is not there is passed over.
 *
 * @returns false when there was nothing
 * @throws ClusterError lab_failed when another process is making this very lab
 */
export async function removeLab(home: LabHome, name: string): Promise<boolean> {
  requireLabSupport()
  const places = placesOf(home, name)
  const wasThere =
    existsSync(places.directory) || existsSync(places.netnsFile) || existsSync(labCgroup(places.name))
  await withLabLock(places, async () => {
    await clear(places)
    rmSync(places.lockFile, { force: true })
  })
  return wasThere
}

async function clear(places: LabPlaces): Promise<void> {
  // Processes first: with them go the mounts and the links.
  await removeCgroup(labCgroup(places.name))
  await removeNetwork(places)
  rmSync(places.directory, { recursive: true, force: true })
}
