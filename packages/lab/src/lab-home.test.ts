import { expect, test } from 'vitest'
import { openLabHome, placesOf } from './lab-home.ts'

test('labs and their image are below /var unless told otherwise', () => {
  expect(openLabHome({})).toEqual({
    labsDirectory: '/var/lib/amsterdam-bike-fleet/labs',
    cacheDirectory: '/var/cache/amsterdam-bike-fleet/lab',
  })
  expect(openLabHome({ FLEET_LAB_HOME: '/srv/labs', FLEET_LAB_CACHE: '/srv/image' })).toEqual({
    labsDirectory: '/srv/labs',
    cacheDirectory: '/srv/image',
  })
})

test.each(['labs', '/srv/my labs', '/srv/a,b', '/srv/a:b'])(
  'a folder that mount cannot take is refused: %s',
  (path) => {
    expect(() => openLabHome({ FLEET_LAB_HOME: path })).toThrow('FLEET_LAB_HOME')
  },
)

test.each(['', '..', 'a/b', 'Lab', '1st', 'lab-', 'a'.repeat(25), 'a b'])('no lab is called "%s"', (name) => {
  expect(() => placesOf(openLabHome({}), name)).toThrow('is no name for a lab')
})

test('two labs share no place', () => {
  const home = openLabHome({})
  const [first, second] = [placesOf(home, 'first'), placesOf(home, 'second')]
  const shared = Object.entries(first).filter(([key, value]) => second[key as keyof typeof second] === value)
  expect(shared).toEqual([])
})
