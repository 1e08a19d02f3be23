import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { readExtractFormat } from './extract-format.ts'

const folder = mkdtempSync(join(tmpdir(), 'fleet-format-'))
afterAll(() => rmSync(folder, { recursive: true }))
const written = (name: string, content: string | Buffer) => {
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}
const xml = '<?xml version="1.0"?>\n<!-- exported -->\n<osm version="0.6">\n</osm>\n'

test('the content tells what a file is, whatever its name', async () => {
  const pbf = Buffer.concat([Buffer.from([0, 0, 0, 13]), Buffer.from('\n\tOSMHeader\x18\x7c', 'latin1')])
  expect(await readExtractFormat(written('a.gz', pbf))).toBe('pbf')
  expect(await readExtractFormat(written('a.pbf', xml))).toBe('osm')
  expect(await readExtractFormat(written('a', gzipSync(xml)))).toBe('osm.gz')
  // Larger than what is looked at, so that the end of the gzip is not there.
  const long = xml + Array.from({ length: 200_000 }, (_, i) => `<node id="${i}"/>`).join('\n')
  expect(await readExtractFormat(written('long.gz', gzipSync(long)))).toBe('osm.gz')
})

test.each([
  ['empty.osm', '', 'is empty'],
  ['photo.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'is not an OpenStreetMap extract'],
  ['page.html', '<!doctype html><title>Not found</title>', 'is not an OpenStreetMap extract'],
  ['pbf.gz', gzipSync('\0\0\0\r\n\tOSMHeader'), 'is not an OpenStreetMap extract'],
  ['cut.gz', Buffer.from([0x1f, 0x8b, 8]), 'is not an OpenStreetMap extract'],
  ['day.osc', '<?xml version="1.0"?><osmChange version="0.6"></osmChange>', 'holds changes between two days'],
] as const)('%s is refused', async (name, content, message) => {
  const file = written(name, content)
  await expect(readExtractFormat(file)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(`${file} ${message}`),
  })
})

test('a file that cannot be read is named', async () => {
  await expect(readExtractFormat(join(folder, 'none.osm.pbf'))).rejects.toMatchObject({
    code: 'not_found',
    message: `There is no file ${join(folder, 'none.osm.pbf')}.`,
  })
  await expect(readExtractFormat(folder)).rejects.toMatchObject({ message: `${folder} is a folder.` })
})
