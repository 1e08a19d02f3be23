const typeBytes = 1
const lengthBytes = 4

/** Splits what a PostgreSQL client sends, without TLS, into its messages, however the network has cut it. */
export class MessageSplitter {
  #rest: Buffer = Buffer.alloc(0)
  /** The first message has a length and no type. */
  #isFirst = true

  /** The messages that this chunk completes, whole and in order. */
  split(chunk: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const messages: Buffer[] = []
    for (;;) {
      const before = this.#isFirst ? 0 : typeBytes
      if (this.#rest.length < before + lengthBytes) return messages
      const length = before + this.#rest.readInt32BE(before)
      if (this.#rest.length < length) return messages
      messages.push(this.#rest.subarray(0, length))
      this.#rest = this.#rest.subarray(length)
      this.#isFirst = false
    }
  }
}
