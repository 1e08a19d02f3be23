import type { Command, CommandType } from '@fleet/domain'
import { bikeHandlers } from './bike.ts'
import { courierHandlers } from './courier.ts'
import { deliveryHandlers } from './delivery.ts'
import { deviceHandlers } from './device.ts'
import type { CommandReader, Handler, HandlerContext, Handling } from './handler.ts'
import { issueHandlers } from './issue.ts'
import { serviceHandlers } from './service.ts'
import { userHandlers } from './user.ts'
import { zoneHandlers } from './zone.ts'

/** Every command's handler. A command without one does not compile. */
const handlers: { readonly [T in CommandType]: Handler<T> } = {
  ...bikeHandlers,
  ...courierHandlers,
  ...deliveryHandlers,
  ...issueHandlers,
  ...zoneHandlers,
  ...deviceHandlers,
  ...userHandlers,
  ...serviceHandlers,
}

/** Decides on a command: the writes that it asks for, or a refusal. Writes nothing. */
export function decide(tx: CommandReader, command: Command, context: HandlerContext): Promise<Handling> {
  const handler = handlers[command.type] as Handler<CommandType>
  return handler(tx, command, context)
}
