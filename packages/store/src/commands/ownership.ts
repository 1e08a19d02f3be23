import { accept, refuse, type Command, type CourierId, type Decision } from '@fleet/domain'
import type { CommandReader } from './handler.ts'

const forbidden = refuse(
  'forbidden',
  'Couriers may see and change their own shift, bike and deliveries only.',
)
/** The same for a delivery that is another's and for one that does not exist: a guess must not tell which. */
const noSuchDelivery = refuse('not_found', 'There is no such delivery.', { field: 'id' })

/**
 * Whether a courier may ask for this: what concerns their own shift, bike and deliveries, and reports of their own.
 * A command that is not named here is not for couriers.
 *
 * The delivery is loaded, and so locked, before the command is decided on: a handover comes before both or after both.
 */
export async function checkOwnership(
  tx: CommandReader,
  command: Command,
  own: CourierId,
): Promise<Decision<null>> {
  // eslint-disable-next-line typescript/switch-exhaustiveness-check -- what is not named is not for couriers
  switch (command.type) {
    case 'courier.shift':
    case 'courier.take_bike':
    case 'courier.return_bike':
      return command.id === own ? accept(null) : forbidden
    case 'delivery.pick_up':
    case 'delivery.deliver':
    case 'delivery.fail':
      return checkOwnDelivery(tx, command.id, own)
    case 'issue.create':
      // What a courier reports is theirs: nobody speaks for a customer, or about a colleague's delivery.
      if (command.reporter !== 'courier' || command.courierId !== own)
        return refuse('forbidden', 'Couriers report as themselves, not for somebody else.')
      return command.deliveryId === null ? accept(null) : checkOwnDelivery(tx, command.deliveryId, own)
    default:
      return forbidden
  }
}

async function checkOwnDelivery(tx: CommandReader, id: string, own: CourierId): Promise<Decision<null>> {
  return (await tx.load('delivery', id))?.courierId === own ? accept(null) : noSuchDelivery
}
