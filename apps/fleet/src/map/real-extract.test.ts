import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { distanceM, findAddresses } from '@fleet/domain'
import { type AddressIndex, openAddressIndex, readManifest } from '@fleet/server/map'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../../testing/fleet-command.ts'

/*
 * An extract of the centre and the city's own list of addresses, which are not ours to ship. Whoever has them beside the
 * checkout runs these tests as well; `map-commands.test.ts` covers the same code with a city of its own.
 */
const data = join(import.meta.dirname, '../../../../../shared/data')
const extract = join(data, 'centre.osm.gz')
const list = join(data, 'addresses.csv.gz')

interface Listed {
  readonly street: string
  readonly number: string
  readonly postcode: string
  readonly lat: number
  readonly lon: number
}

describe.skipIf(!existsSync(extract) || !existsSync(list))('the real centre of Amsterdam', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-real-map-'))
  let index: AddressIndex
  let listed: readonly Listed[]

  beforeAll(async () => {
    const { code, stderr } = await runCommand(`map import ${extract} --json`, {
      FLEET_DB: join(folder, 'fleet.db'),
    })
    if (code !== 0) throw new Error(stderr)
    const maps = join(folder, 'fleet-map')
    const read = readManifest(maps)
    if (read.state !== 'current') throw new Error('there is no map after the import')
    index = openAddressIndex(join(maps, read.manifest.id, 'addresses.db'))
    const [west, south, east, north] = read.manifest.bounds
    const ofCity = readList().filter(({ lat, lon }) => lon > west && lon < east && lat > south && lat < north)
    // The city's list has few addresses there; the extract's own doors are read here without any code of ours.
    listed = [...ofCity, ...readDoors().filter((_, i) => i % 20 === 0)]
  }, 180_000)
  afterAll(() => {
    index?.close()
    rmSync(folder, { recursive: true })
  })

  const first = (query: string) => findAddresses(query, index, 5)[0]
  const shareOf = (fits: (one: Listed) => boolean) => listed.filter(fits).length / listed.length
  const isThere = (query: string, { lat, lon }: Listed) => {
    const found = first(query)
    return found !== undefined && distanceM(found.point, { lat, lon }) < 60
  }

  test('has every kind of thing in its tiles, and its addresses', () => {
    const read = readManifest(join(folder, 'fleet-map'))
    expect(read).toMatchObject({ state: 'current', manifest: { minZoom: 9, maxZoom: 14 } })
    expect(read.state === 'current' && read.manifest.addresses).toBeGreaterThan(7_500)
  })

  test('finds addresses where they are: by street, abbreviated, and by postcode', () => {
    expect(listed.length).toBeGreaterThan(300)
    expect(shareOf((one) => isThere(`${one.street} ${one.number}`, one))).toBeGreaterThan(0.9)
    const short = (street: string) => street.replace(/straat$/i, 'str').replace(/gracht$/i, 'gr')
    expect(
      shareOf((one) => isThere(`${short(one.street).toLowerCase()} ${one.number}`, one)),
    ).toBeGreaterThan(0.9)
    expect(shareOf((one) => isThere(`${one.postcode} ${one.number}`, one))).toBeGreaterThan(0.9)
  })

  test('finds them in spite of a swap of two letters', () => {
    const swapped = (street: string) =>
      `${street.slice(0, 3)}${street[4] ?? ''}${street[3] ?? ''}${street.slice(5)}`
    expect(shareOf((one) => isThere(`${swapped(one.street)} ${one.number}`, one))).toBeGreaterThan(0.85)
  })
})

function readList(): readonly Listed[] {
  const [, ...lines] = gunzipSync(readFileSync(list)).toString().trim().split('\n')
  return lines.map((line) => {
    const [street = '', number = '', postcode = '', , , lat, lon] = line.split(',')
    return { street, number, postcode, lat: Number(lat), lon: Number(lon) }
  })
}

/** Address points of the extract. */
function readDoors(): readonly Listed[] {
  const xml = gunzipSync(readFileSync(extract)).toString()
  return [...xml.matchAll(/<node id="\d+" lat="([\d.]+)" lon="([\d.]+)">([^]*?)<\/node>/g)].flatMap(
    ([, lat, lon, tags = '']) => {
      const tag = (key: string) => new RegExp(`k="addr:${key}" v="([^"]*)"`).exec(tags)?.[1]
      const [street, number, postcode] = [tag('street'), tag('housenumber'), tag('postcode')]
      return street && number && postcode && /^\d+\S*$/.test(number) && !street.includes('&')
        ? [{ street, number, postcode, lat: Number(lat), lon: Number(lon) }]
        : []
    },
  )
}
