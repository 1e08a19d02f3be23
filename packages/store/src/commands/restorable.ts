import {
  accept,
  activeDeliveryStatuses,
  refuse,
  type AnyEntity,
  type Bike,
  type Decision,
  type Delivery,
  type DeliveryStatus,
  type Device,
  type User,
} from '@fleet/domain'
import { checkBikeIsFree } from './bike.ts'
import { checkCourierIsFree } from './courier.ts'
import { checkAttachment, checkAttachments } from './delivery-proof.ts'
import { checkExists, type CommandReader, type Write } from './handler.ts'
import { isWorkingAdmin } from './user.ts'

/**
 * Whether an undo may write this row. The row itself is as the action left it; what leads to it and what it leads to may
 * not be: a bike that was created carries a tracker now, a courier to whom a delivery goes back was removed.
 *
 * @param current the row before the write; null when it comes back
 */
export async function checkRestorable(
  tx: CommandReader,
  write: Write,
  current: AnyEntity | null,
): Promise<Decision<null>> {
  switch (write.kind) {
    case 'bike':
      return write.change === 'remove' ? checkBikeIsFree(tx, write.entity) : checkCodeIsFree(tx, write.entity)
    case 'courier':
      return write.change === 'remove'
        ? checkCourierIsFree(tx, write.entity)
        : checkExists(tx, 'bike', write.entity.bikeId, 'bikeId')
    case 'delivery':
      return write.change === 'remove' ? accept(null) : checkDelivery(tx, write.entity)
    case 'device':
      return write.change === 'remove' ? accept(null) : checkMountOf(tx, write.entity)
    case 'user':
      return write.change === 'remove' ? accept(null) : checkUser(tx, write.entity, current as User | null)
    case 'issue':
      return write.change === 'remove'
        ? accept(null)
        : checkAttachment(tx, write.entity.id, 'photo', write.entity.photoId)
    case 'service':
    case 'zone':
      break
  }
  return accept(null)
}

async function checkCodeIsFree(tx: CommandReader, { id, code }: Bike): Promise<Decision<null>> {
  return (await tx.find('bikesWithCode', code)).every((owner) => owner === id)
    ? accept(null)
    : refuse('already_exists', `Another bike has the code ${code} now.`, { field: 'code' })
}

async function checkDelivery(tx: CommandReader, delivery: Delivery): Promise<Decision<null>> {
  const courier = await checkCourierOf(tx, delivery)
  return courier.ok ? checkAttachments(tx, delivery.id, delivery.proof) : courier
}

/** Only what is under way needs its courier: a delivered parcel keeps the id of one who left. */
async function checkCourierOf(tx: CommandReader, { status, courierId }: Delivery): Promise<Decision<null>> {
  const isActive = (activeDeliveryStatuses as readonly DeliveryStatus[]).includes(status)
  return isActive ? checkExists(tx, 'courier', courierId, 'courierId') : accept(null)
}

async function checkMountOf(tx: CommandReader, { mount }: Device): Promise<Decision<null>> {
  return mount.on === 'bike'
    ? checkExists(tx, 'bike', mount.bikeId, 'mount')
    : checkExists(tx, 'courier', mount.courierId, 'mount')
}

async function checkUser(tx: CommandReader, user: User, current: User | null): Promise<Decision<null>> {
  const courier = await checkExists(tx, 'courier', user.courierId, 'courierId')
  if (!courier.ok) return courier
  if (current === null || !isWorkingAdmin(current) || isWorkingAdmin(user)) return accept(null)
  const admins = await tx.find('enabledUsersWithRole', 'admin')
  return admins.some((admin) => admin !== user.id)
    ? accept(null)
    : refuse('in_use', `${user.name} is the only admin who can sign in. Make somebody else admin first.`, {
        field: 'role',
      })
}
