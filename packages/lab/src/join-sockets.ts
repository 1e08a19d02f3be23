import { connect, type NetConnectOpts, type Socket } from 'node:net'

/** Connects a socket that was accepted (and paused) with another one: what either end says or closes, the other gets. */
export function joinSockets(accepted: Socket, target: NetConnectOpts): void {
  const other = connect({ ...target, allowHalfOpen: true })
  const endBoth = () => {
    accepted.destroy()
    other.destroy()
  }
  // Nobody listens there yet, or one end is gone: to the other one the connection just ends.
  accepted.on('error', endBoth)
  other.on('error', endBoth)
  accepted.pipe(other)
  other.pipe(accepted)
}
