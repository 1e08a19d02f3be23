import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAddressIndex, readManifest } from '@fleet/server/map'
import { findAddresses } from '@fleet/domain'
import { PMTiles, type RangeResponse, type Source } from 'pmtiles'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { runCommand, startCommand, until } from '../../testing/fleet-command.ts'
import { createTinyCity, OsmExtract, writeExtract } from '../../testing/osm-extract.ts'
import { decodeTile } from '../../testing/vector-tile.ts'

/*
 * With the real tilemaker and osmium of Debian: `npm test` installs both.
 */

// An import takes seconds, and some tests make several.
vi.setConfig({ testTimeout: 90_000 })

const folder = mkdtempSync(join(tmpdir(), 'fleet-map-import-'))
afterAll(() => rmSync(folder, { recursive: true }))
interface World {
  readonly env: Record<string, string>
  readonly mapFolder: string
}
let worlds = 0
function createWorld(): World {
  const own = join(folder, `world-${(worlds += 1)}`)
  mkdirSync(own)
  return { env: { FLEET_DB: join(own, 'fleet.db') }, mapFolder: join(own, 'fleet-map') }
}
let world: World
beforeEach(() => {
  world = createWorld()
})

const tinyCity = writeExtract(join(folder, 'tiny.osm'), createTinyCity().xml())
interface Imported {
  readonly map: {
    readonly id: string
    readonly addresses: number
    readonly streets: number
    readonly tiles: number
  }
  readonly isCut: boolean
  readonly skippedAddresses: number
}
const importFile = (file: string) => runCommand(`map import ${file} --json`, world.env)
const imported = async (file: string): Promise<Imported> => {
  const { code, stdout, stderr } = await importFile(file)
  if (code !== 0) throw new Error(`fleet map import ended with ${code}: ${stdout}${stderr}`)
  return JSON.parse(stdout) as Imported
}
const refusal = async (file: string) => {
  const { code, stdout } = await importFile(file)
  const { error } = JSON.parse(stdout) as { error: { code: string; message: string; fix: string } }
  return { exitCode: code, ...error }
}
const currentId = () => {
  const read = readManifest(world.mapFolder)
  return read.state === 'current' ? read.manifest.id : read.state
}
const partOf = (name: string) => join(world.mapFolder, currentId(), name)
const search = (text: string) => {
  const index = openAddressIndex(partOf('addresses.db'))
  try {
    return findAddresses(text, index, 5).map(({ label }) => label)
  } finally {
    index.close()
  }
}

class FileSource implements Source {
  readonly #bytes: Buffer
  constructor(file: string) {
    this.#bytes = readFileSync(file)
  }
  getKey = () => 'test'
  async getBytes(offset: number, length: number): Promise<RangeResponse> {
    const { buffer, byteOffset } = this.#bytes
    return { data: (buffer as ArrayBuffer).slice(byteOffset + offset, byteOffset + offset + length) }
  }
}

/** What the tile over a place holds: for each layer its features' attributes. */
async function tileAt(zoom: number, lon: number, lat: number) {
  const n = 2 ** zoom
  const x = Math.floor(((lon + 180) / 360) * n)
  const radians = (lat * Math.PI) / 180
  const y = Math.floor(((1 - Math.asinh(Math.tan(radians)) / Math.PI) / 2) * n)
  const tile = await new PMTiles(new FileSource(partOf('tiles.pmtiles'))).getZxy(zoom, x, y)
  return tile === undefined ? null : decodeTile(new Uint8Array(tile.data))
}

describe('an extract', () => {
  test('becomes tiles with every layer, and an index of every door', async () => {
    const { map, isCut, skippedAddresses } = await imported(tinyCity)
    expect({ isCut, skippedAddresses }).toEqual({ isCut: false, skippedAddresses: 1 })
    expect(map.addresses).toBe(43)
    const tile = await tileAt(14, 4.8865, 52.3713)
    expect(Object.keys(tile ?? {}).toSorted()).toEqual(
      expect.arrayContaining(['buildings', 'house_numbers', 'rail', 'roads', 'street_names', 'water']),
    )
    expect(tile?.['green']).toContainEqual({ kind: 'park' })
    expect(tile?.['places']).toEqual(
      expect.arrayContaining([
        { kind: 'station', name: 'Proefstation' },
        { kind: 'neighbourhood', name: 'Proefbuurt' },
        { kind: 'park', name: 'Proefpark' },
        { kind: 'water', name: 'Testgracht' },
      ]),
    )
    expect(tile?.['street_names']).toEqual(
      expect.arrayContaining([
        { kind: 'main-street', name: 'Hoofdweg' },
        { kind: 'street', name: 'Eerste Curaçaodwarsstraat' },
      ]),
    )
    expect(tile?.['waterways']).toContainEqual({ kind: 'canal', name: 'Testgracht' })
    expect(tile?.['roads']?.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['main-street', 'street', 'cycle-route', 'path']),
    )
    expect(tile?.['house_numbers']?.map(({ number }) => number)).toContain('1;3')
    expect(search('testgr 12')).toEqual([
      'Testgracht 12, 1016 GV Amsterdam',
      'Testgracht 12-H, 1016 GV Amsterdam',
    ])
    expect(search('1e curacaodwars 3')[0]).toBe('Eerste Curaçaodwarsstraat 3, 1058 AA Amsterdam')
    expect(search('hoofdweg')).toEqual(['Hoofdweg'])
    expect(search('proefbuurt')).toEqual(['Proefbuurt'])
    // Nothing of the work is left, and nobody else may read it.
    expect(readdirSync(join(world.mapFolder, map.id)).toSorted()).toEqual(['addresses.db', 'tiles.pmtiles'])
  })

  test('is the same map as .osm, .osm.gz and .osm.pbf, in any order of its objects, by any name', async () => {
    const first = (await imported(tinyCity)).map
    const pbf = join(folder, 'tiny.bin')
    expect(spawnSync('osmium', ['cat', tinyCity, '-f', 'pbf', '-o', pbf]).status).toBe(0)
    const others = [
      writeExtract(join(folder, 'tiny.osm.gz'), createTinyCity().xml()),
      writeExtract(join(folder, 'shuffled.osm'), createTinyCity().xml(true)),
      pbf,
    ]
    for (const file of others) {
      const { addresses, streets, tiles } = (await imported(file)).map
      expect({ file, addresses, streets, tiles }).toEqual({
        file,
        addresses: first.addresses,
        streets: first.streets,
        tiles: first.tiles,
      })
      expect(search('testgr 12')[0]).toBe('Testgracht 12, 1016 GV Amsterdam')
    }
  })

  test('that reaches beyond what the app shows is cut', async () => {
    const city = createTinyCity()
    const far = { 'addr:street': 'Maasboulevard', 'addr:housenumber': '1', 'addr:city': 'Rotterdam' }
    city.node([4.49, 51.92], far)
    const { isCut, map } = await imported(writeExtract(join(folder, 'wide.osm'), city.xml()))
    expect({ isCut, addresses: map.addresses }).toEqual({ isCut: true, addresses: 43 })
    expect(search('maasboulevard')).toEqual([])
    expect((await tileAt(14, 4.8865, 52.3713))?.['roads']?.length).toBeGreaterThan(0)
  })
})

describe('refused, with the map that was there unchanged:', () => {
  let withMap: World
  beforeAll(async () => {
    world = withMap = createWorld()
    await imported(tinyCity)
  })
  beforeEach(() => {
    world = withMap
  })

  test.each([
    ['what is no extract', 'page.html', '<!doctype html>', 'is not an OpenStreetMap extract'],
    ['an extract without a point', 'void.osm', '<osm version="0.6"></osm>', 'there is not one point in it'],
    [
      'one that ends too early',
      'half.osm',
      createTinyCity().xml().slice(0, 2_000),
      'is damaged or was not downloaded to its end',
    ],
    ['one of another region', 'utrecht.osm', cityOf([5.12, 52.09]).xml(), 'nothing of Amsterdam'],
    ['one with nothing to draw', 'bare.osm', bare(), 'has nothing to draw'],
  ])('%s', async (_, name, xml, message) => {
    const before = currentId()
    const refused = await refusal(writeExtract(join(folder, name), xml))
    expect(refused).toMatchObject({ code: 'usage', message: expect.stringContaining(message) })
    expect(refused.fix).not.toBe('')
    expect(currentId()).toBe(before)
    expect(readdirSync(world.mapFolder).filter((entry) => entry.startsWith('work-'))).toEqual([])
  })

  test('a machine without the programs is told how to get them', async () => {
    const { code, stdout } = await runCommand(`map import ${tinyCity} --json`, { ...world.env, PATH: folder })
    expect(code).toBe(1)
    const { error } = JSON.parse(stdout) as { error: { message: string; fix: string } }
    expect(error.message).toContain('tilemaker and osmium-tool, which are not installed')
    expect(error.fix).toContain('apt-get install -y --no-install-recommends tilemaker osmium-tool')
  })
})

test('a program that fails is named with what it said', async () => {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const osmium = spawnSync('sh', ['-c', 'command -v osmium'], { encoding: 'utf8' }).stdout.trim()
  writeFileSync(join(bin, 'osmium'), `#!/bin/sh\nexec ${osmium} "$@"\n`)
  writeFileSync(join(bin, 'tilemaker'), '#!/bin/sh\necho "lua: something broke" >&2\nexit 3\n')
  for (const name of ['osmium', 'tilemaker']) chmodSync(join(bin, name), 0o755)
  world.env['PATH'] = bin
  expect(await refusal(tinyCity)).toMatchObject({
    code: 'storage_failed',
    message: expect.stringMatching(/tilemaker ended with code 3: lua: something broke/),
  })
  expect(currentId()).toBe('none')
})

test('a full disk is said to be full, and the map that was there stays', async () => {
  const small = join(folder, 'small')
  mkdirSync(small)
  const script = `
    mount -t tmpfs -o size=1200k tmpfs "$1" && mkdir "$1/fleet-map" && shift && "$@"
    code=$?; ls "$0"; exit $code`
  const { stdout } = spawnSync(
    'unshare',
    [
      '--mount',
      'sh',
      '-c',
      script,
      join(small, 'fleet-map'),
      small,
      process.execPath,
      join(import.meta.dirname, '../main.ts'),
      'map',
      'import',
      bigCity(),
      '--json',
    ],
    { encoding: 'utf8', env: { ...process.env, FLEET_DB: join(small, 'fleet.db') } },
  )
  expect(stdout).toContain('is full; the map that was there is unchanged')
  expect(stdout).not.toContain('work-')
})

describe('an import that dies', () => {
  test('at any moment leaves the map that was there, and the next one cleans up', async () => {
    const { map } = await imported(tinyCity)
    const slow = bigCity()
    for (const seen of ['sorted.osm.pbf', 'tiles.mbtiles', 'tiles.pmtiles']) {
      const running = startCommand(['map', 'import', slow, '--json'], world.env)
      await until(`${seen} is being written`, () => (someWork(seen) ? true : null))
      running.kill('SIGKILL')
      await running.finished
      expect(currentId()).toBe(map.id)
      expect(search('testgr 12')[0]).toBe('Testgracht 12, 1016 GV Amsterdam')
    }
    const next = await imported(tinyCity)
    expect(next.map.id).not.toBe(map.id)
    expect(directories()).toEqual([next.map.id])
  })

  test('by Ctrl-C leaves nothing, not even a program that still runs', async () => {
    const running = startCommand(['map', 'import', bigCity(), '--json'], world.env)
    await until('tiles are being made', () => (someWork('sorted.osm.pbf') ? true : null))
    running.kill('SIGINT')
    const { code, stdout } = await running.finished
    expect([code, JSON.parse(stdout)]).toEqual([130, { error: { code: 'stopped', message: 'Stopped.' } }])
    expect(directories()).toEqual([])
    const left = spawnSync('pgrep', ['-f', world.mapFolder], { encoding: 'utf8' }).stdout
    expect(left).toBe('')
  })

  test('may not be joined by another', async () => {
    const running = startCommand(['map', 'import', bigCity(), '--json'], world.env)
    await until('it has begun', () => (directories().length > 0 ? true : null))
    expect(await refusal(tinyCity)).toMatchObject({
      code: 'database_locked',
      message: 'Another command imports or removes the map at this moment.',
    })
    running.kill('SIGINT')
    await running.finished
  })

  const directories = () =>
    existsSync(world.mapFolder)
      ? readdirSync(world.mapFolder, { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map(({ name }) => name)
      : []
  const someWork = (name: string) =>
    directories()
      .filter((entry) => entry.startsWith('work-'))
      .some((entry) =>
        [join(world.mapFolder, entry, name), join(world.mapFolder, entry, 'scratch', name)].some((file) =>
          existsSync(file),
        ),
      )
})

test('status says what is used, and remove takes it away', async () => {
  const status = async () => {
    const { code, stdout } = await runCommand('map status', world.env)
    return `${code} ${stdout}`
  }
  expect(await status()).toContain('0 No map was imported: the app draws its own.')
  expect((await runCommand('map remove', world.env)).stdout).toContain('No map was imported.')
  const { code, stdout } = await runCommand(`map import ${tinyCity}`, world.env)
  expect(code).toBe(0)
  expect(stdout).toContain('43 addresses on')
  expect(stdout).toContain('© OpenStreetMap contributors')
  expect(await status()).toContain(`0 Map of tiny.osm`)
  rmSync(partOf('tiles.pmtiles'))
  expect(await status()).toMatch(/^1 The imported map cannot be used: .*tiles\.pmtiles is missing/)
  await imported(tinyCity)
  expect((await runCommand('map remove', world.env)).stdout).toBe(
    'Removed the map of tiny.osm. The app draws its own again.\n',
  )
  expect(await status()).toContain('No map was imported')
})

function cityOf(at: readonly [number, number]): OsmExtract {
  const city = new OsmExtract()
  city.way([at, [at[0] + 0.01, at[1]]], { highway: 'residential', name: 'Elders' })
  return city
}

function bare(): string {
  const city = new OsmExtract()
  city.node([4.89, 52.37])
  return city.xml()
}

/** Large enough that each step takes long enough to be met in it. */
function bigCity(): string {
  const file = join(folder, 'big.osm')
  if (existsSync(file)) return file
  const city = new OsmExtract()
  for (let row = 0; row < 160; row++)
    for (let column = 0; column < 160; column++) {
      const [lon, lat] = [4.8 + column * 0.0012, 52.3 + row * 0.0006]
      city.area(
        [
          [lon, lat],
          [lon + 0.0004, lat],
          [lon + 0.0004, lat + 0.0002],
          [lon, lat + 0.0002],
        ],
        {
          building: 'yes',
          'addr:street': `Straat ${row}`,
          'addr:housenumber': String(column + 1),
          'addr:city': 'Amsterdam',
        },
      )
    }
  return writeExtract(file, city.xml())
}
