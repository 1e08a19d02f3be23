import { type ClusterYmlOptions, renderClusterYml } from '@fleet/cluster'
import type { LabPlaces } from './lab-home.ts'
import { labNetwork, type MachinePlan } from './topology.ts'

/** The cluster.yml that describes the machines of a lab to the very commands that serve real ones. */
export const renderLabClusterYml = (places: LabPlaces, machines: readonly MachinePlan[]): string =>
  renderClusterYml(labClusterOptions(places, machines))

const labClusterOptions = (places: LabPlaces, machines: readonly MachinePlan[]): ClusterYmlOptions => ({
  name: 'bike-fleet-cluster',
  network: {
    subnet: labNetwork.subnet,
    interface: labNetwork.interface,
    vip: labNetwork.vip,
    clients: [labNetwork.subnet],
    operators: [labNetwork.subnet],
  },
  ssh: {
    user: 'root',
    port: 22,
    identityFile: places.identityFile,
    knownHostsFile: places.knownHostsFile,
  },
  hosts: machines.map(({ name, address, roles, memoryMb, cores }) => ({
    name,
    address,
    roles,
    memory: `${memoryMb} MB`,
    cores,
  })),
  timeZone: 'Europe/Amsterdam',
})
