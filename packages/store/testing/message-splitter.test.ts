import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MessageSplitter } from './message-splitter.ts'

function encode(type: string, body: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(4 + body.length)
  return Buffer.concat([Buffer.from(type, 'latin1'), length, body])
}

test('messages come out whole and in order, however they are cut', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 20 }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(bodies, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (all, sizes) => {
      // The first message has no type.
      const messages = all.map((body, index) => encode(index === 0 ? '' : 'Q', body))
      const bytes = Buffer.concat(messages)
      const splitter = new MessageSplitter()
      const found: Buffer[] = []
      for (let at = 0; at < bytes.length;) {
        const { value: size } = sizes.next()
        found.push(...splitter.split(bytes.subarray(at, at + size!)))
        at += size!
      }
      expect(found).toEqual(messages)
    }),
  )
})
