import { newPassword } from '@fleet/api'
import { expect, test } from 'vitest'
import { createPassword } from './create-password.ts'
import { parsePeopleSearch } from './people-search.ts'
import { createTrackerSetup, isThisMachineOnly } from './tracker-setup.ts'

const randomBytes = (count: number) => crypto.getRandomValues(new Uint8Array(count))

test('passwords are never the same and as long as the server wants them', () => {
  const made = new Set(Array.from({ length: 500 }, () => createPassword(randomBytes)))
  expect(made.size).toBe(500)
  for (const password of made) {
    expect(newPassword.safeParse(password).success).toBe(true)
    expect(password).toMatch(/^([2-9a-hjkmnp-twxyz]{5}-){3}[2-9a-hjkmnp-twxyz]{5}$/)
  }
})

test('the code for a phone is the address of the app with the settings behind it', () => {
  const { serverUrl, link } = createTrackerSetup('https://fleet.example.nl', 'abc')
  expect(serverUrl).toBe('https://fleet.example.nl/ingest/osmand')
  const url = new URL(link)
  expect(url.pathname).toBe('/ingest/osmand')
  expect(url.searchParams.get('id')).toBe('abc')
  expect(url.searchParams.get('fastest_interval')).toBe('5')
  expect(isThisMachineOnly('127.0.0.1')).toBe(true)
  expect(isThisMachineOnly('192.168.1.20')).toBe(false)
})

test('an address keeps what makes sense and drops what does not', () => {
  expect(parsePeopleSearch({ tab: 'trackers', o: '12', new: '1', q: 'eva' })).toEqual({
    tab: 'trackers',
    o: '12',
    new: '1',
    q: 'eva',
  })
  expect(parsePeopleSearch({ tab: 'x', o: '', new: '2' })).toEqual({})
})
