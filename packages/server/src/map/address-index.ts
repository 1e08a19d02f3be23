import { DatabaseSync, type StatementSync } from 'node:sqlite'
import {
  type AddressDirectory,
  type AddressSearch,
  type AddressStreet,
  createAddressSearch,
  type House,
} from '@fleet/domain'

/** Raised with every change of the tables: an index of another format is made anew by importing again. */
const format = 1

const tables = `
  CREATE TABLE street (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('street', 'place')),
    name TEXT NOT NULL,
    place TEXT NOT NULL,
    lat REAL NOT NULL,
    lon REAL NOT NULL,
    houses INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE house (
    street INTEGER NOT NULL REFERENCES street (id),
    number INTEGER NOT NULL,
    house_number TEXT NOT NULL,
    postcode TEXT NOT NULL,
    lat REAL NOT NULL,
    lon REAL NOT NULL,
    PRIMARY KEY (street, number, house_number, postcode)
  ) STRICT, WITHOUT ROWID;
`

/** A door to be written; `number` is what `house.houseNumber` begins with. */
export interface IndexedHouse extends House {
  readonly number: number
}

/** An address index that is open for reading. */
export interface AddressIndex extends AddressDirectory {
  close(): void
}

interface HouseRow {
  readonly house_number: string
  readonly postcode: string
  readonly lat: number
  readonly lon: number
}

/**
 * Writes an index to a new file. It is not safe against a crash, and need not be: nobody knows of it before it is
 * whole.
 *
 * @param streets with the doors of each
 * @throws what SQLite throws when the disk is full
 */
export function writeAddressIndex(
  file: string,
  streets: Iterable<readonly [AddressStreet, readonly IndexedHouse[]]>,
): void {
  const db = new DatabaseSync(file)
  try {
    db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA user_version = ${format}; BEGIN`)
    db.exec(tables)
    const addStreet = db.prepare('INSERT INTO street VALUES (?, ?, ?, ?, ?, ?, ?)')
    // The same door is often there twice: as a point of its own and on a shop in it.
    const addHouse = db.prepare('INSERT OR IGNORE INTO house VALUES (?, ?, ?, ?, ?, ?)')
    for (const [{ id, kind, name, place, point, houses }, doors] of streets) {
      addStreet.run(id, kind, name, place, point.lat, point.lon, houses)
      for (const { number, houseNumber, postcode, point } of doors)
        addHouse.run(id, number, houseNumber, postcode, point.lat, point.lon)
    }
    db.exec('CREATE INDEX house_postcode ON house (postcode, number); COMMIT')
  } finally {
    db.close()
  }
}

/**
 * Opens an index that `writeAddressIndex` wrote. Names are searched in memory, doors are read as they are asked for.
 *
 * @throws Error when the file is no such index or of another format
 */
export function openAddressIndex(file: string): AddressIndex {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    const { user_version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
    if (user_version !== format)
      throw new Error(`${file} has format ${user_version}, this version of the app reads ${format}`)
    return createReader(db)
  } catch (error) {
    db.close()
    throw error
  }
}

function createReader(db: DatabaseSync): AddressIndex {
  const streetRows = db.prepare('SELECT id, kind, name, place, lat, lon, houses FROM street ORDER BY id')
  const ofStreet = db.prepare(
    `SELECT house_number, postcode, lat, lon FROM house WHERE street = ? AND number = ?
     ORDER BY house_number, postcode LIMIT 200`,
  )
  const atPostcode = db.prepare(
    `SELECT street, house_number, postcode, lat, lon FROM house
     WHERE postcode = ? AND (?2 IS NULL OR number = ?2) ORDER BY number, house_number LIMIT ?3`,
  )
  let streets: ReadonlyMap<number, AddressStreet> | null = null
  let search: AddressSearch | null = null
  const allStreets = () => (streets ??= readStreets(streetRows))
  return {
    get search() {
      // Made when somebody searches for the first time: a start of the app should not wait for it.
      return (search ??= createAddressSearch([...allStreets().values()]))
    },
    housesOf: (street, number) => (ofStreet.all(street.id, number) as unknown as HouseRow[]).map(houseOf),
    housesAt: (postcode, number, limit) =>
      (atPostcode.all(postcode, number, limit) as unknown as (HouseRow & { street: number })[]).map(
        (row) => ({ street: allStreets().get(row.street)!, house: houseOf(row) }),
      ),
    close: () => db.close(),
  }
}

const houseOf = ({ house_number, postcode, lat, lon }: HouseRow): House => ({
  houseNumber: house_number,
  postcode,
  point: { lat, lon },
})

function readStreets(statement: StatementSync): ReadonlyMap<number, AddressStreet> {
  const rows = statement.all() as unknown as (Omit<AddressStreet, 'point'> & { lat: number; lon: number })[]
  return new Map(rows.map(({ lat, lon, ...street }) => [street.id, { ...street, point: { lat, lon } }]))
}
