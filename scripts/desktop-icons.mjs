// Writes the icons that Windows and macOS want, out of the PNG files beside them: `node scripts/desktop-icons.mjs`.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './setup.mjs'

const folder = join(root, 'apps/desktop/src-tauri/icons')
const pictures = [
  { size: 32, file: '32x32.png', type: 'ic11' },
  { size: 128, file: '128x128.png', type: 'ic07' },
  { size: 256, file: '128x128@2x.png', type: 'ic08' },
  { size: 512, file: 'icon.png', type: 'ic09' },
].map((each) => ({ ...each, png: readFileSync(join(folder, each.file)) }))

writeFileSync(join(folder, 'icon.ico'), icoOf(pictures.filter(({ size }) => size <= 256)))
writeFileSync(join(folder, 'icon.icns'), icnsOf(pictures))

/** A header, an entry of 16 bytes for each picture, the pictures. Numbers are little-endian; 0 stands for 256. */
function icoOf(all) {
  const header = Buffer.alloc(6 + 16 * all.length)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(all.length, 4)
  let offset = header.length
  for (const [index, { size, png }] of all.entries()) {
    const at = 6 + 16 * index
    header.writeUInt8(size % 256, at)
    header.writeUInt8(size % 256, at + 1)
    header.writeUInt16LE(1, at + 4)
    header.writeUInt16LE(32, at + 6)
    header.writeUInt32LE(png.length, at + 8)
    header.writeUInt32LE(offset, at + 12)
    offset += png.length
  }
  return Buffer.concat([header, ...all.map(({ png }) => png)])
}

/** Chunks of a type, their length with these 8 bytes, and what is in them. Numbers are big-endian. */
function icnsOf(all) {
  const chunk = (type, data) => {
    const head = Buffer.alloc(8)
    head.write(type, 'latin1')
    head.writeUInt32BE(8 + data.length, 4)
    return Buffer.concat([head, data])
  }
  return chunk('icns', Buffer.concat(all.map(({ type, png }) => chunk(type, png))))
}
