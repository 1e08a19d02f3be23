import type { CommandType, Role } from '@fleet/domain'
import { routes } from './routes/index.ts'

/** Whoever may do something may undo it: the roles of each command's own route. */
const undoRoles: Readonly<Record<CommandType, readonly Role[]>> = {
  'bike.create': routes.createBike.roles,
  'bike.update': routes.updateBike.roles,
  'bike.step': routes.stepBike.roles,
  'bike.remove': routes.removeBike.roles,
  'courier.create': routes.createCourier.roles,
  'courier.update': routes.updateCourier.roles,
  'courier.shift': routes.stepShift.roles,
  'courier.take_bike': routes.takeBike.roles,
  'courier.return_bike': routes.returnBike.roles,
  'courier.remove': routes.removeCourier.roles,
  'delivery.create': routes.createDelivery.roles,
  'delivery.update': routes.updateDelivery.roles,
  'delivery.assign': routes.assignDelivery.roles,
  'delivery.unassign': routes.unassignDelivery.roles,
  'delivery.pick_up': routes.pickUpDelivery.roles,
  'delivery.deliver': routes.deliverDelivery.roles,
  'delivery.fail': routes.failDelivery.roles,
  'delivery.retry': routes.retryDelivery.roles,
  'delivery.cancel': routes.cancelDelivery.roles,
  'delivery.rate': routes.rateDelivery.roles,
  'issue.create': routes.createIssue.roles,
  'issue.update': routes.updateIssue.roles,
  'issue.step': routes.stepIssue.roles,
  'issue.comment': routes.commentIssue.roles,
  'zone.create': routes.createZone.roles,
  'zone.update': routes.updateZone.roles,
  'zone.remove': routes.removeZone.roles,
  'device.create': routes.createDevice.roles,
  'device.update': routes.updateDevice.roles,
  'device.rotate': routes.rotateDevice.roles,
  'device.remove': routes.removeDevice.roles,
  'service.create': routes.createServiceEntry.roles,
  'service.update': routes.updateServiceEntry.roles,
  'service.remove': routes.removeServiceEntry.roles,
  'user.create': routes.createUser.roles,
  'user.update': routes.updateUser.roles,
  'user.password': routes.setPassword.roles,
}

/** What somebody with this role may undo. */
export const undoableBy = (role: Role): readonly CommandType[] =>
  (Object.keys(undoRoles) as CommandType[]).filter((type) => undoRoles[type].includes(role))
