/**
 * 128 bits that tell texts apart, not that keep secrets: `crypto.subtle` is kept from pages that came over plain http.
 * Four lanes of FNV-1a, each stirred with its neighbour.
 */
export function contentHash(text: string): Uint8Array {
  const lanes = new Uint32Array([0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35])
  const stir = (value: number, shift: number) => {
    for (let lane = 0; lane < 4; lane++)
      lanes[lane] = Math.imul(lanes[lane]! ^ value ^ (lanes[(lane + 1) % 4]! >>> shift), 0x01000193)
  }
  for (let i = 0; i < text.length; i++) stir(text.charCodeAt(i), 15)
  // The last letters, too, reach every bit.
  for (let round = 0; round < 8; round++) stir(text.length, 11)
  return new Uint8Array(lanes.buffer)
}

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
