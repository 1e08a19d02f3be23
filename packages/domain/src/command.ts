import type { Bike, BikeEvent, BikeKind } from './bike.ts'
import type { Courier, ShiftEvent } from './courier.ts'
import type { Delivery, DeliverySize, Priority, Stop } from './delivery.ts'
import type { Device, DeviceMount } from './device.ts'
import type {
  AttachmentId,
  BikeId,
  CourierId,
  DeliveryId,
  DeviceId,
  IssueId,
  ServiceEntryId,
  UserId,
  ZoneId,
} from './ids.ts'
import type { Issue, IssueEvent, IssueKind, IssueReporter } from './issue.ts'
import type { Point } from './geo.ts'
import type { ServiceEntry, ServiceKind } from './service-entry.ts'
import type { Role, User } from './user.ts'
import type { Zone, ZoneKind } from './zone.ts'

/**
 * Every mutation there is, as data. `expectedVersion` is the version that the person saw; null accepts any.
 * An id in a create command is chosen by the caller, so that a client can name what it has not yet been told of.
 */
export type Command =
  | { type: 'bike.create'; id: BikeId; code: string; kind: BikeKind; note: string }
  | {
      type: 'bike.update'
      id: BikeId
      expectedVersion: number | null
      patch: { code?: string; kind?: BikeKind; note?: string }
    }
  | {
      type: 'bike.step'
      id: BikeId
      expectedVersion: number | null
      event: Exclude<BikeEvent, 'take' | 'return'>
    }
  | { type: 'bike.remove'; id: BikeId; expectedVersion: number | null }
  | { type: 'courier.create'; id: CourierId; name: string; phone: string }
  | {
      type: 'courier.update'
      id: CourierId
      expectedVersion: number | null
      patch: { name?: string; phone?: string }
    }
  | { type: 'courier.shift'; id: CourierId; expectedVersion: number | null; event: ShiftEvent }
  | { type: 'courier.take_bike'; id: CourierId; expectedVersion: number | null; bikeId: BikeId }
  | { type: 'courier.return_bike'; id: CourierId; expectedVersion: number | null }
  | { type: 'courier.remove'; id: CourierId; expectedVersion: number | null }
  | {
      type: 'delivery.create'
      id: DeliveryId
      pickup: Stop
      dropoff: Stop
      size: DeliverySize
      priority: Priority
      pinRequired?: boolean
    }
  | {
      type: 'delivery.update'
      id: DeliveryId
      expectedVersion: number | null
      patch: {
        pickup?: Stop
        dropoff?: Stop
        size?: DeliverySize
        priority?: Priority
        /** Also when it is as it was: wrong PINs are forgotten. */
        pinRequired?: boolean
      }
    }
  | { type: 'delivery.assign'; id: DeliveryId; expectedVersion: number | null; courierId: CourierId }
  | { type: 'delivery.unassign'; id: DeliveryId; expectedVersion: number | null }
  | ({ type: 'delivery.pick_up'; id: DeliveryId; expectedVersion: number | null } & StepTaken)
  | ({
      type: 'delivery.deliver'
      id: DeliveryId
      expectedVersion: number | null
      proof?: ProofGiven
      /** What the customer said, where a PIN is asked for. */
      pin?: string
    } & StepTaken)
  | ({ type: 'delivery.fail'; id: DeliveryId; expectedVersion: number | null; reason: string } & StepTaken)
  | { type: 'delivery.retry'; id: DeliveryId; expectedVersion: number | null }
  | { type: 'delivery.cancel'; id: DeliveryId; expectedVersion: number | null; reason: string }
  | {
      type: 'delivery.rate'
      id: DeliveryId
      expectedVersion: number | null
      rating: number
      complaint: string | null
    }
  | {
      type: 'issue.create'
      id: IssueId
      kind: IssueKind
      reporter: IssueReporter
      description: string
      bikeId: BikeId | null
      courierId: CourierId | null
      deliveryId: DeliveryId | null
      photoId?: AttachmentId | null
    }
  | {
      type: 'issue.update'
      id: IssueId
      expectedVersion: number | null
      patch: {
        kind?: IssueKind
        description?: string
        bikeId?: BikeId | null
        courierId?: CourierId | null
        deliveryId?: DeliveryId | null
      }
    }
  | { type: 'issue.step'; id: IssueId; expectedVersion: number | null; event: IssueEvent }
  | { type: 'issue.comment'; id: IssueId; text: string }
  | { type: 'zone.create'; id: ZoneId; name: string; kind: ZoneKind; polygon: readonly Point[] }
  | {
      type: 'zone.update'
      id: ZoneId
      expectedVersion: number | null
      patch: { name?: string; kind?: ZoneKind; polygon?: readonly Point[] }
    }
  | { type: 'zone.remove'; id: ZoneId; expectedVersion: number | null }
  /** `secretHash` is sha-256 of the tracker's secret, hex; the secret itself is never stored. */
  | {
      type: 'device.create'
      id: DeviceId
      trackerId: string
      name: string
      mount: DeviceMount
      secretHash: string
    }
  | {
      type: 'device.update'
      id: DeviceId
      expectedVersion: number | null
      patch: { name?: string; mount?: DeviceMount }
    }
  | { type: 'device.rotate'; id: DeviceId; expectedVersion: number | null; secretHash: string }
  | { type: 'device.remove'; id: DeviceId; expectedVersion: number | null }
  /** `passwordHash` is an encoded argon2id hash; null for the owner who signs in by one-time link only. */
  | {
      type: 'user.create'
      id: UserId
      name: string
      role: Role
      courierId: CourierId | null
      passwordHash: string | null
    }
  | {
      type: 'user.update'
      id: UserId
      expectedVersion: number | null
      patch: { role?: Role; disabled?: boolean; courierId?: CourierId | null }
    }
  | {
      type: 'service.create'
      id: ServiceEntryId
      bikeId: BikeId
      kind: ServiceKind
      atMs: number
      costCents: number
      odometerKm: number | null
      note: string
      dueMs: number | null
      dueKm: number | null
    }
  | {
      type: 'service.update'
      id: ServiceEntryId
      expectedVersion: number | null
      patch: {
        kind?: ServiceKind
        atMs?: number
        costCents?: number
        odometerKm?: number | null
        note?: string
        dueMs?: number | null
        dueKm?: number | null
      }
    }
  | { type: 'service.remove'; id: ServiceEntryId; expectedVersion: number | null }
  | { type: 'user.password'; id: UserId; expectedVersion: number | null; passwordHash: string }

/** A step that a courier may have taken without a network. */
export interface StepTaken {
  /** When, by the clock of the courier's phone; left out: when it arrives. Epoch ms. For couriers only. */
  readonly happenedAtMs?: number
}

/** The attachments were stored before. */
export interface ProofGiven {
  readonly receivedBy?: string
  readonly note?: string
  readonly photoId?: AttachmentId | null
  readonly signatureId?: AttachmentId | null
}

export type CommandType = Command['type']
export type CommandOf<T extends CommandType> = Extract<Command, { type: T }>

export interface EntityByKind {
  bike: Bike
  courier: Courier
  delivery: Delivery
  issue: Issue
  zone: Zone
  device: Device
  user: User
  service: ServiceEntry
}

export type AnyEntity = EntityByKind[keyof EntityByKind]

/** `bike.create` is about a `bike`. */
export type KindOf<T extends CommandType> = T extends `${infer Kind extends keyof EntityByKind}.${string}`
  ? Kind
  : never
