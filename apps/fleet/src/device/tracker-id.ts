/** Without 0/o, 1/l/i and u/v: an id is read aloud and typed on phones. 29 letters. */
const alphabet = '23456789abcdefghjkmnpqrstwxyz'
/** 18 letters of 29 are 87 bits. */
const letters = 18

/**
 * A tracker id that cannot be guessed: the OsmAnd protocol has no password, so the id is the secret.
 *
 * @param randomBytes a source that nobody can predict
 */
export const createTrackerId = (randomBytes: (count: number) => Uint8Array) =>
  drawLetters(letters, randomBytes)

/** A tracker's password for OwnTracks and the batch endpoint: 27 letters, 131 bits. */
export const createTrackerSecret = (randomBytes: (count: number) => Uint8Array) =>
  drawLetters(27, randomBytes)

/** Letters drawn evenly: bytes that would favour the alphabet's beginning are thrown away. */
export function drawLetters(count: number, randomBytes: (count: number) => Uint8Array): string {
  const fair = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < count)
    for (const byte of randomBytes(count))
      if (byte < fair && text.length < count) text += alphabet[byte % alphabet.length]
  return text
}
