type Attributes = Readonly<Record<string, string>>

/** Layers of a vector tile with the attributes of their features; geometry is left out (vector-tile-spec 2.1). */
export function decodeTile(bytes: Uint8Array): Readonly<Record<string, readonly Attributes[]>> {
  const layers: Record<string, Attributes[]> = {}
  for (const layer of fieldsOf(bytes, 3)) {
    const keys = fieldsOf(layer, 3).map(text)
    const values = fieldsOf(layer, 4).map((value) => fieldsOf(value, 1).map(text)[0] ?? '')
    layers[text(fieldsOf(layer, 1)[0]!)] = fieldsOf(layer, 2).map((feature) => {
      const tags = varints(fieldsOf(feature, 2)[0] ?? new Uint8Array())
      const attributes: Record<string, string> = {}
      for (let i = 0; i < tags.length; i += 2) attributes[keys[tags[i]!]!] = values[tags[i + 1]!]!
      return attributes
    })
  }
  return layers
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

/** All values of one length-delimited field of a protocol buffer. */
function fieldsOf(bytes: Uint8Array, wanted: number): Uint8Array[] {
  const found: Uint8Array[] = []
  const at = { offset: 0 }
  while (at.offset < bytes.length) {
    const tag = varint(bytes, at)
    const [field, type] = [tag >>> 3, tag & 7]
    if (type === 0) varint(bytes, at)
    else if (type === 1) at.offset += 8
    else if (type === 5) at.offset += 4
    else {
      const length = varint(bytes, at)
      if (field === wanted) found.push(bytes.subarray(at.offset, at.offset + length))
      at.offset += length
    }
  }
  return found
}

function varints(bytes: Uint8Array): number[] {
  const at = { offset: 0 }
  const values: number[] = []
  while (at.offset < bytes.length) values.push(varint(bytes, at))
  return values
}

function varint(bytes: Uint8Array, at: { offset: number }): number {
  let value = 0
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[at.offset++]!
    value += (byte & 0x7f) * factor
    if (byte < 0x80) return value
  }
}
