import type { CourierId, Delivery } from '@fleet/domain'
import type { Store } from '@fleet/store'
import type { SignedIn } from '../../auth/sessions.ts'
import { HttpProblem } from '../problem.ts'

/*
 * What is a courier's own. The route table says which roles may use a route; for the role `courier`, the routes
 * that read go on to ask here whose row it is. Commands are checked by the store, in the transaction that executes them.
 */

/**
 * The courier that somebody is restricted to; null for those who may act for any.
 *
 * @throws HttpProblem 403 when an account has the role but no courier
 */
export function restrictedTo(signedIn: SignedIn): CourierId | null {
  const { role, courierId } = signedIn.user
  if (role !== 'courier') return null
  if (courierId === null)
    throw new HttpProblem('forbidden', 'This account is not linked to a courier yet; an admin can do that.')
  return courierId
}

/**
 * Says no before it looks the row up, so that a courier does not learn which ids exist.
 *
 * @throws HttpProblem 403 for another courier's id
 */
export function checkOwnCourier(signedIn: SignedIn, id: string): void {
  const own = restrictedTo(signedIn)
  if (own !== null && id.toLowerCase() !== own)
    throw new HttpProblem(
      'forbidden',
      'Couriers may see and change their own shift, bike and deliveries only.',
    )
}

/**
 * @returns the delivery when the person may see it
 * @throws HttpProblem 404 when there is none, or when it is another courier's: the answer is the same for both
 */
export async function readOwnDelivery(store: Store, signedIn: SignedIn, id: string): Promise<Delivery> {
  const own = restrictedTo(signedIn)
  const delivery = await store.get('delivery', id)
  if (!delivery || (own !== null && delivery.courierId !== own))
    throw new HttpProblem('not_found', 'There is no such delivery.')
  return delivery
}
