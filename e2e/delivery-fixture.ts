import { type ApiClient, createClient } from '@fleet/api'
import { type Courier, type Delivery, type Point, hourMs } from '@fleet/domain'
import type { Fleet } from './fleet-fixture.ts'

/** Around noon of today in Amsterdam, so that the list of today has them whenever the journey runs. */
function noonMs(): number {
  const date = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Amsterdam' }).format(Date.now())
  return Date.parse(`${date}T11:00:00Z`)
}

export const apiOf = (fleet: Pick<Fleet, 'url'>, cookie: string): ApiClient =>
  createClient(fleet.url, fetch, { cookie })

/** A delivery of today that nothing else of the demo is confused with. */
export function createDelivery(
  api: ApiClient,
  address: string,
  more: {
    readonly contact?: string
    readonly priority?: Delivery['priority']
    readonly point?: Point
  } = {},
): Promise<Delivery> {
  const stop = (place: string, fromMs: number) => ({
    address: place,
    point: more.point ?? { lat: 52.3731, lon: 4.8922 },
    window: { fromMs, toMs: fromMs + hourMs },
    contact: more.contact ?? '',
    note: '',
  })
  return api.call('createDelivery', {
    body: {
      pickup: stop('Keuken van de proef', noonMs()),
      dropoff: stop(address, noonMs() + hourMs),
      priority: more.priority ?? 'normal',
    },
  })
}

/** A courier on shift whom no demo rider is. */
export async function createCourier(api: ApiClient, name: string): Promise<Courier> {
  const courier = await api.call('createCourier', { body: { name, phone: '+31 6 1234 5678' } })
  return api.call('stepShift', { params: { id: courier.id }, body: { event: 'start' } })
}

/** A courier on shift, on a bike whose tracker said where it is. */
export async function createRider(fleet: Fleet, api: ApiClient, name: string, at: Point): Promise<Courier> {
  const courier = await createCourier(api, name)
  const code = `RID-${String(courier.no).padStart(4, '0')}`
  const bike = await api.call('createBike', { body: { code, kind: 'city' } })
  const { device } = await api.call('createDevice', {
    body: { name: code, mount: { on: 'bike', bikeId: bike.id } },
  })
  const url = `${fleet.process.osmandUrl}/?id=${device.trackerId}&lat=${at.lat}&lon=${at.lon}&speed=0`
  const { status } = await fetch(url)
  if (status !== 200) throw new Error(`The fix was answered with ${status}`)
  return api.call('takeBike', { params: { id: courier.id }, body: { bikeId: bike.id } })
}
