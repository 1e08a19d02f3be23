import {
  maxPinFailures,
  type AttachmentId,
  type CourierId,
  type DeliveryId,
  type IssueId,
  dayMs,
} from '@fleet/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CommandContext, Store } from '../port.ts'
import {
  makeContext,
  makeCourier,
  makeDelivery,
  makeId,
  refusalOf,
  run,
  startMs,
  unique,
  type FreshDatabase,
  type MakeDatabase,
} from './harness.ts'

const policy = { positionsDays: 30, idempotencyDays: 7 }

export function describeProofContract(name: string, makeDatabase: MakeDatabase): void {
  describe(`${name}: proof of delivery`, () => {
    let database: FreshDatabase
    let store: Store
    let courierId: CourierId
    beforeAll(async () => {
      database = await makeDatabase()
      store = await database.open()
      courierId = await makeCourier(store)
    })
    afterAll(async () => {
      await store.close()
      await database.close()
    })

    const pickedUp = async (pinRequired = false): Promise<DeliveryId> => {
      const id = await makeDelivery(store)
      await run(store, { type: 'delivery.update', id, expectedVersion: null, patch: { pinRequired } })
      await run(store, { type: 'delivery.assign', id, expectedVersion: null, courierId })
      await run(store, { type: 'delivery.pick_up', id, expectedVersion: null })
      return id
    }
    const photoOf = async (deliveryId: DeliveryId, more: { nowMs?: number; bytes?: Uint8Array } = {}) => {
      const id = makeId<AttachmentId>()
      const photo = {
        id,
        subject: { kind: 'delivery', id: deliveryId },
        kind: 'photo',
        mediaType: 'image/png',
        bytes: Uint8Array.from([137, 80, 0, 255, 10]),
        createdBy: null,
        nowMs: startMs,
        ...more,
      } as const
      expect(await store.putAttachment(photo)).toMatchObject({ ok: true })
      return photo
    }

    test('a delivery keeps what was given as proof', async () => {
      const id = await pickedUp()
      const { id: photoId } = await photoOf(id)
      const { entity } = await run(store, {
        type: 'delivery.deliver',
        id,
        expectedVersion: null,
        proof: { receivedBy: 'Mw. Ünal', note: 'Left with the neighbours', photoId },
      })
      expect(entity).toMatchObject({
        status: 'delivered',
        proof: {
          receivedBy: 'Mw. Ünal',
          note: 'Left with the neighbours',
          pinChecked: false,
          photoId,
          signatureId: null,
        },
      })
      expect(await store.get('delivery', id)).toEqual(entity)
      expect((await store.list('delivery', { limit: 5, search: 'unal neighbours' })).items).toHaveLength(1)
    })

    test('an attachment is read back byte by byte, and stored once under its id', async () => {
      const id = await pickedUp()
      const bytes = Uint8Array.from({ length: 2 * 1024 * 1024 }, (_, index) => (index * 31) % 256)
      const photo = await photoOf(id, { bytes })
      expect(await store.putAttachment(photo)).toEqual({ ok: true, value: null })
      const read = (await store.attachment(photo.id))!
      expect(read).toMatchObject({ id: photo.id, subject: { id }, kind: 'photo', mediaType: 'image/png' })
      expect(Buffer.compare(Buffer.from(read.bytes), Buffer.from(bytes))).toBe(0)
      const other = await store.putAttachment({ ...photo, bytes: bytes.subarray(1) })
      expect(other).toMatchObject({ ok: false, refusal: { code: 'already_exists' } })
      expect(await store.attachment(makeId<AttachmentId>())).toBeNull()
    })

    test('an attachment is for a delivery that exists and, from a courier, is theirs', async () => {
      const id = await pickedUp()
      const photo = await photoOf(id)
      const other = await makeCourier(store)
      for (const attempt of [
        {
          ...photo,
          id: makeId<AttachmentId>(),
          subject: { kind: 'delivery', id: makeId<DeliveryId>() },
        } as const,
        { ...photo, id: makeId<AttachmentId>(), onlyForCourier: other },
      ])
        expect(await store.putAttachment(attempt)).toMatchObject({
          ok: false,
          refusal: { code: 'not_found' },
        })
    })

    test('a proof names attachments of its own delivery and of the right kind', async () => {
      const [id, other] = [await pickedUp(), await pickedUp()]
      const { id: photoId } = await photoOf(other)
      const deliver = { type: 'delivery.deliver', id, expectedVersion: null } as const
      for (const proof of [{ photoId }, { photoId: makeId<AttachmentId>() }])
        expect(await refusalOf(store, { ...deliver, proof })).toBe('invalid_reference')
      const { id: own } = await photoOf(id)
      expect(await refusalOf(store, { ...deliver, proof: { signatureId: own } })).toBe('invalid_reference')
      expect((await store.get('delivery', id))!.status).toBe('picked_up')
    })

    test('attachments that no delivery names are removed after as long as an undo may bring it back', async () => {
      const id = await pickedUp()
      const [named, orphan] = [await photoOf(id), await photoOf(id)]
      const key = unique('deliver')
      await run(
        store,
        { type: 'delivery.deliver', id, expectedVersion: null, proof: { photoId: named.id } },
        { key },
      )
      await store.maintain(startMs + 6 * dayMs, policy)
      expect(await store.attachment(orphan.id)).not.toBeNull()
      await store.maintain(startMs + 8 * dayMs, { ...policy, idempotencyDays: 7 })
      expect(await store.attachment(orphan.id)).toBeNull()
      expect(await store.attachment(named.id)).not.toBeNull()
    })

    test('a delivery that was undone is delivered again only while its photo is there', async () => {
      const id = await pickedUp()
      const photo = await photoOf(id, { nowMs: startMs - 10 * dayMs })
      const [key, undoKey] = [unique('deliver'), unique('undo')]
      const allowed = ['delivery.deliver'] as const
      await run(
        store,
        { type: 'delivery.deliver', id, expectedVersion: null, proof: { photoId: photo.id } },
        { key },
      )
      expect((await store.undo({ key, allowed }, makeContext({ key: undoKey }))).ok).toBe(true)
      expect(await store.get('delivery', id)).toMatchObject({ status: 'picked_up', proof: null })
      const again = unique('redo')
      expect((await store.undo({ key: undoKey, allowed }, makeContext({ key: again }))).ok).toBe(true)
      expect((await store.get('delivery', id))!.proof).toMatchObject({ photoId: photo.id })
      const last = unique('undo')
      await store.undo({ key: again, allowed }, makeContext({ key: last }))
      await store.maintain(startMs, policy)
      expect(await store.undo({ key: last, allowed }, makeContext())).toMatchObject({
        ok: false,
        refusal: { code: 'invalid_reference', field: 'photoId' },
      })
    })

    describe('of an issue', () => {
      const issueOf = (id: IssueId, photoId: AttachmentId | null) =>
        ({
          type: 'issue.create',
          id,
          kind: 'bike_problem',
          reporter: 'courier',
          description: 'Broken spoke',
          bikeId: null,
          courierId,
          deliveryId: null,
          photoId,
        }) as const
      const stored = async (id: IssueId, more: { nowMs?: number; onlyForCourier?: CourierId } = {}) => {
        const photo = {
          id: makeId<AttachmentId>(),
          subject: { kind: 'issue', id },
          kind: 'photo',
          mediaType: 'image/png',
          bytes: Uint8Array.from([137]),
          createdBy: null,
          nowMs: startMs,
          ...more,
        } as const
        return { id: photo.id, outcome: await store.putAttachment(photo) }
      }

      test('a photo is stored before the issue that names it, and kept as long as it does', async () => {
        const id = makeId<IssueId>()
        const [named, orphan] = [await stored(id, { onlyForCourier: courierId }), await stored(id)]
        const key = unique('report')
        const { entity } = await run(store, issueOf(id, named.id), { key })
        expect(entity).toMatchObject({ photoId: named.id })
        expect(await store.get('issue', id)).toEqual(entity)
        await store.maintain(startMs + 8 * dayMs, policy)
        expect(await store.attachment(named.id)).toMatchObject({ subject: { kind: 'issue', id } })
        expect(await store.attachment(orphan.id)).toBeNull()
      })

      test('it names a photo of its own', async () => {
        const [id, other] = [makeId<IssueId>(), makeId<IssueId>()]
        const photo = await stored(other)
        expect(await refusalOf(store, issueOf(id, photo.id))).toBe('invalid_reference')
      })

      test('a courier adds nothing to the report of another', async () => {
        const id = makeId<IssueId>()
        await run(store, issueOf(id, null))
        const { outcome } = await stored(id, { onlyForCourier: await makeCourier(store) })
        expect(outcome).toMatchObject({ ok: false, refusal: { code: 'not_found' } })
      })
    })

    describe('with a PIN', () => {
      const asCourier = (id: DeliveryId, pin: string | null, more: Partial<CommandContext> = {}) =>
        store.execute<'delivery.deliver'>(
          { type: 'delivery.deliver', id, expectedVersion: null, ...(pin === null ? {} : { pin }) },
          makeContext({ onlyForCourier: courierId, ...more }),
        )
      const wrong = (pin: string) => String((Number(pin) + 1) % 10_000).padStart(4, '0')

      test('the courier must give it; it is four digits, its own, and in no row', async () => {
        const [id, other] = [await pickedUp(true), await pickedUp(true)]
        const pin = await store.deliveryPin(id)
        expect(pin).toMatch(/^\d{4}$/)
        const pins = await Promise.all(
          Array.from({ length: 20 }, () => store.deliveryPin(makeId<DeliveryId>())),
        )
        expect(new Set([pin, await store.deliveryPin(other), ...pins]).size).toBeGreaterThan(15)
        expect(await asCourier(id, null)).toMatchObject({
          ok: false,
          refusal: { code: 'wrong_pin', field: 'pin' },
        })
        expect(await asCourier(id, pin)).toMatchObject({
          ok: true,
          entity: { status: 'delivered', proof: { pinChecked: true } },
        })
        const lines = await store.audit({ limit: 50, id })
        expect(Object.keys(lines.items[0]!.entity!)).not.toContain('pin')
      })

      test('wrong ones are counted, each once, until a dispatcher allows more', async () => {
        const id = await pickedUp(true)
        const pin = await store.deliveryPin(id)
        const key = unique('try')
        const first = await asCourier(id, wrong(pin), { key })
        expect(first).toMatchObject({
          ok: false,
          refusal: { message: 'This PIN is wrong; 4 tries are left.', current: { pinFailures: 1 } },
        })
        // The phone sends it again, because the answer was lost.
        expect(await asCourier(id, wrong(pin), { key })).toEqual({ ...first, replayed: true })
        for (let failures = 2; failures <= maxPinFailures; failures++) {
          await asCourier(id, wrong(pin))
          expect(await store.get('delivery', id)).toMatchObject({
            pinFailures: failures,
            status: 'picked_up',
          })
        }
        expect(await asCourier(id, pin)).toMatchObject({ ok: false, refusal: { code: 'wrong_pin' } })
        expect((await store.get('delivery', id))!.timeline.at(-1)).toMatchObject({ event: 'wrong_pin' })
        const patch = { pinRequired: true }
        await run(store, { type: 'delivery.update', id, expectedVersion: null, patch })
        expect(await asCourier(id, pin)).toMatchObject({ ok: true })
      })

      test('many guesses at once are still five', async () => {
        const id = await pickedUp(true)
        const pin = await store.deliveryPin(id)
        const guesses = Array.from({ length: 20 }, () => asCourier(id, wrong(pin)))
        for (const outcome of await Promise.all(guesses)) expect(outcome.ok).toBe(false)
        expect(await store.get('delivery', id)).toMatchObject({ pinFailures: maxPinFailures })
      })

      test('a dispatcher need not give it', async () => {
        const id = await pickedUp(true)
        const { entity } = await run(store, { type: 'delivery.deliver', id, expectedVersion: null })
        expect(entity).toMatchObject({ status: 'delivered', proof: null })
      })
    })
  })
}
