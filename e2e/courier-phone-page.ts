import { type ApiClient, createClient } from '@fleet/api'
import type { Courier, CourierId, Delivery } from '@fleet/domain'
import { expect, type Locator, type Page } from '@playwright/test'
import { apiOf, createCourier, createDelivery } from './delivery-fixture.ts'
import type { Fleet } from './fleet-fixture.ts'

export const password = 'een lang wachtwoord'

/** The courier's own page as they name its parts, in English. */
export class CourierPhone {
  readonly page: Page
  /** The stop that is shown large. */
  readonly card: Locator
  readonly toasts: Locator
  readonly sheet: Locator
  /** What was refused. */
  readonly alerts: Locator

  constructor(page: Page) {
    this.page = page
    this.card = page.getByRole('article')
    this.toasts = page.getByRole('region', { name: 'Messages' })
    this.sheet = page.getByRole('dialog')
    this.alerts = page.getByRole('alert')
  }

  async open(fleet: Pick<Fleet, 'url'>, cookie: string, search = ''): Promise<void> {
    const [name, value] = cookie.split('=')
    await this.page.context().addCookies([{ name: name!, value: value!, url: fleet.url }])
    await this.page.goto(`${fleet.url}/#/me${search}`)
    await expect(this.page.getByRole('heading', { name: 'Today', level: 1 })).toBeVisible()
  }

  /** The page opens without a network from now on. */
  async expectKept(): Promise<void> {
    await expect
      .poll(() => this.page.evaluate('Boolean(navigator.serviceWorker.controller)'), { timeout: 30_000 })
      .toBe(true)
  }

  /** What there is to do, under the thumb. */
  action(name: string): Locator {
    return this.page.getByRole('group', { name: 'What to do' }).getByRole('button', { name, exact: true })
  }

  async expectWaiting(count: number): Promise<void> {
    const mark = this.page.getByRole('banner').getByRole('button')
    if (count === 0) await expect(mark.filter({ hasText: 'waiting' })).toBeHidden({ timeout: 45_000 })
    else await expect(mark.filter({ hasText: `${count} waiting` })).toBeVisible()
  }

  async pickUp(): Promise<void> {
    await this.action('Picked up').click()
  }

  /** Hands over what is on the card, with no proof. */
  async deliver(): Promise<void> {
    await this.action('Deliver').click()
    await this.sheet.getByRole('button', { name: 'Delivered' }).click()
    await expect(this.sheet).toBeHidden()
  }
}

export interface CourierAccount {
  readonly courier: Courier
  readonly name: string
  /** Of a session of theirs. */
  readonly cookie: string
  readonly api: ApiClient
}

/** A courier on shift with an account, signed in. */
export async function createCourierAccount(
  { url }: Pick<Fleet, 'url'>,
  admin: ApiClient,
  name: string,
): Promise<CourierAccount> {
  const courier = await createCourier(admin, `${name} Fietser`)
  const account = name.toLowerCase()
  const cookie = await createAccountOf({ url }, admin, courier.id, account)
  return { courier, name: account, cookie, api: createClient(url, fetch, { cookie }) }
}

/** @returns the Cookie header of a session of theirs */
export async function createAccountOf(
  { url }: Pick<Fleet, 'url'>,
  admin: ApiClient,
  courierId: CourierId,
  name = 'courier',
): Promise<string> {
  await admin.call('createUser', { body: { name, role: 'courier', courierId, password } })
  const response = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password }),
  })
  return response.headers.getSetCookie()[0]!.split(';')[0]!
}

/** A delivery of theirs. */
export async function give(
  admin: ApiClient,
  { courier }: Pick<CourierAccount, 'courier'>,
  address: string,
  more: { readonly pinRequired?: boolean; readonly contact?: string } = {},
): Promise<Delivery> {
  const { pinRequired = false, ...fields } = more
  const { id } = await createDelivery(admin, address, fields)
  if (pinRequired) await admin.call('updateDelivery', { params: { id }, body: { pinRequired } })
  return admin.call('assignDelivery', { params: { id }, body: { courierId: courier.id } })
}

/** A courier's day on their phone, and what those know who gave it to them. */
export interface PhoneDay {
  readonly phone: CourierPhone
  readonly account: CourierAccount
  readonly admin: ApiClient
  /** Given in the order of the addresses. */
  readonly deliveries: readonly [Delivery, ...Delivery[]]
}

/** Opens the page of a new courier who has deliveries to these addresses. */
export async function openDay(
  { page, fleet, sessionCookie }: { page: Page; fleet: Pick<Fleet, 'url'>; sessionCookie: string },
  name: string,
  ...addresses: readonly [string, ...string[]]
): Promise<PhoneDay> {
  const admin = apiOf(fleet, sessionCookie)
  const account = await createCourierAccount(fleet, admin, name)
  const [first, ...rest] = addresses
  const deliveries: [Delivery, ...Delivery[]] = [await give(admin, account, first)]
  for (const address of rest) deliveries.push(await give(admin, account, address))
  const phone = new CourierPhone(page)
  await phone.open(fleet, account.cookie)
  await expect(phone.card).toBeVisible()
  return { phone, account, admin, deliveries }
}

/** How often each step is in a delivery's history. */
export const stepsOf = async (admin: ApiClient, id: Delivery['id']): Promise<readonly string[]> =>
  (await admin.call('getDelivery', { params: { id } })).timeline.map(({ event }) => event)

/** That these steps were taken, each once; they may be on their way. */
export const expectSteps = (admin: ApiClient, id: Delivery['id'], steps: readonly string[]): Promise<void> =>
  expect.poll(() => stepsOf(admin, id), { timeout: 45_000 }).toEqual(steps)

/** A picture as a camera takes one: 8 x 8 px, PNG. */
export const picture = {
  name: 'door.png',
  mimeType: 'image/png',
  buffer: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mM4UaGBFTEMLQkAUtVaASL5fhoAAAAASUVORK5CYII=',
    'base64',
  ),
}
