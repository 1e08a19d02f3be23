import type { BikeId, Courier, CourierId, Device, DeviceId, DeviceMount } from '@fleet/domain'
import type { Change, Snapshot } from '@fleet/store'

/** What ingest needs to know of a tracker, resolved. One object a device for as long as the device exists. */
export interface DirectoryEntry {
  readonly deviceNo: number
  readonly trackerId: string
  mount: DeviceMount
  /** The bike that the tracker's fixes move now, if any. */
  bikeNo: number | null
  /** The courier whom they count for now, if any. */
  courierNo: number | null
}

/**
 * Who a tracker is: in memory, because a query for every fix would cost more than storing it. Starts from a snapshot
 * and follows the change log.
 */
export class DeviceDirectory {
  readonly #entries = new Map<DeviceId, DirectoryEntry>()
  readonly #byTracker = new Map<string, DirectoryEntry>()
  readonly #bikeNos = new Map<BikeId, number>()
  readonly #couriers = new Map<CourierId, { readonly no: number; readonly bikeId: BikeId | null }>()

  load(snapshot: Pick<Snapshot, 'devices' | 'bikes' | 'couriers'>): void {
    this.#entries.clear()
    this.#byTracker.clear()
    this.#bikeNos.clear()
    this.#couriers.clear()
    for (const bike of snapshot.bikes) this.#bikeNos.set(bike.id, bike.no)
    for (const courier of snapshot.couriers) this.#setCourier(courier)
    for (const device of snapshot.devices) this.#setDevice(device)
    this.#resolve()
  }

  find(trackerId: string): DirectoryEntry | undefined {
    return this.#byTracker.get(trackerId)
  }

  /**
   * Applies what the change log says, in its order.
   *
   * @returns the numbers of bikes that were removed
   */
  apply(changes: readonly Change[]): number[] {
    const removedBikes: number[] = []
    let isRelevant = false
    for (const change of changes) {
      const { kind, entity } = change
      if (kind === 'device') {
        if (entity === null) this.#removeDevice(change.id as DeviceId)
        else this.#setDevice(entity as Device)
      } else if (kind === 'courier') {
        if (entity === null) this.#couriers.delete(change.id as CourierId)
        else this.#setCourier(entity as Courier)
      } else if (kind === 'bike') {
        const id = change.id as BikeId
        if (entity === null) {
          const no = this.#bikeNos.get(id)
          if (no !== undefined) removedBikes.push(no)
          this.#bikeNos.delete(id)
        } else this.#bikeNos.set(id, (entity as { no: number }).no)
      } else continue
      isRelevant = true
    }
    if (isRelevant) this.#resolve()
    return removedBikes
  }

  #setCourier(courier: Courier): void {
    this.#couriers.set(courier.id, { no: courier.no, bikeId: courier.bikeId })
  }

  #setDevice(device: Device): void {
    const known = this.#entries.get(device.id)
    if (known) {
      known.mount = device.mount
      return
    }
    const entry: DirectoryEntry = {
      deviceNo: device.no,
      trackerId: device.trackerId,
      mount: device.mount,
      bikeNo: null,
      courierNo: null,
    }
    this.#entries.set(device.id, entry)
    this.#byTracker.set(device.trackerId, entry)
  }

  #removeDevice(id: DeviceId): void {
    const entry = this.#entries.get(id)
    if (!entry) return
    this.#entries.delete(id)
    // The name may belong to a younger device already.
    if (this.#byTracker.get(entry.trackerId) === entry) this.#byTracker.delete(entry.trackerId)
  }

  /** All of them, because a courier who changes bikes moves up to three trackers; 2,000 cost about 0.1 ms. */
  #resolve(): void {
    const riders = new Map<BikeId, number>()
    for (const courier of this.#couriers.values())
      if (courier.bikeId !== null) riders.set(courier.bikeId, courier.no)
    for (const entry of this.#entries.values()) {
      const { mount } = entry
      if (mount.on === 'bike') {
        entry.bikeNo = this.#bikeNos.get(mount.bikeId) ?? null
        entry.courierNo = riders.get(mount.bikeId) ?? null
      } else {
        const courier = this.#couriers.get(mount.courierId)
        entry.courierNo = courier?.no ?? null
        entry.bikeNo = courier?.bikeId ? (this.#bikeNos.get(courier.bikeId) ?? null) : null
      }
    }
  }
}
