import type { AnyEntity, Bike, Courier, Device, DeviceMount, EntityKind } from '@fleet/domain'
import type { Change } from '@fleet/store'
import { beforeEach, expect, test } from 'vitest'
import { DeviceDirectory } from './device-directory.ts'

const bike = (id: string, no: number) => ({ id, no }) as Bike
const courier = (id: string, no: number, bikeId: string | null = null) => ({ id, no, bikeId }) as Courier
const device = (id: string, no: number, trackerId: string, mount: object) =>
  ({ id, no, trackerId, mount: mount as DeviceMount }) as Device
const change = (kind: EntityKind, id: string, entity: AnyEntity | null) => ({ kind, id, entity }) as Change

let directory: DeviceDirectory
beforeEach(() => {
  directory = new DeviceDirectory()
  directory.load({
    bikes: [bike('b1', 1), bike('b2', 2)],
    couriers: [courier('c1', 10)],
    devices: [
      device('d1', 100, 'on-bike', { on: 'bike', bikeId: 'b1' }),
      device('d2', 200, 'in-pocket', { on: 'courier', courierId: 'c1' }),
    ],
  })
})

test('a tracker counts for what it is mounted on', () => {
  expect(directory.find('on-bike')).toMatchObject({ deviceNo: 100, bikeNo: 1, courierNo: null })
  expect(directory.find('in-pocket')).toMatchObject({ deviceNo: 200, bikeNo: null, courierNo: 10 })
  expect(directory.find('nobody')).toBeUndefined()
})

test('a courier who takes a bike counts with its tracker, and the phone moves the bike', () => {
  directory.apply([change('courier', 'c1', courier('c1', 10, 'b1'))])
  expect(directory.find('on-bike')).toMatchObject({ bikeNo: 1, courierNo: 10 })
  expect(directory.find('in-pocket')).toMatchObject({ bikeNo: 1, courierNo: 10 })
  directory.apply([change('courier', 'c1', courier('c1', 10, 'b2'))])
  expect(directory.find('on-bike')).toMatchObject({ bikeNo: 1, courierNo: null })
  expect(directory.find('in-pocket')).toMatchObject({ bikeNo: 2, courierNo: 10 })
})

test('a tracker that is moved to another bike counts there', () => {
  directory.apply([change('device', 'd1', device('d1', 100, 'on-bike', { on: 'bike', bikeId: 'b2' }))])
  expect(directory.find('on-bike')).toMatchObject({ bikeNo: 2 })
})

test('a name that was given to another device is that device, in whichever order the two are told', () => {
  const heir = device('d3', 300, 'on-bike', { on: 'bike', bikeId: 'b2' })
  directory.apply([change('device', 'd1', null), change('device', 'd3', heir)])
  expect(directory.find('on-bike')).toMatchObject({ deviceNo: 300, bikeNo: 2 })
  directory.apply([change('device', 'd1', null)])
  expect(directory.find('on-bike')).toMatchObject({ deviceNo: 300 })
})

test('removed bikes are told, and their trackers count for no bike', () => {
  expect(directory.apply([change('bike', 'b1', null), change('delivery', 'x', null)])).toEqual([1])
  expect(directory.find('on-bike')).toMatchObject({ bikeNo: null })
})
