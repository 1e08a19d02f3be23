/** Without 0/o, 1/l/i and u/v: a password is read aloud and typed on phones. 29 letters. */
const alphabet = '23456789abcdefghjkmnpqrstwxyz'
const groups = 4
const groupLetters = 5

/**
 * A password that nobody guesses, in groups that people can read aloud: 20 letters of 29 are 97 bits.
 *
 * @param randomBytes a source that nobody can predict
 */
export function createPassword(randomBytes: (count: number) => Uint8Array): string {
  // Bytes that would favour the alphabet's beginning are thrown away.
  const fair = 256 - (256 % alphabet.length)
  let letters = ''
  while (letters.length < groups * groupLetters)
    for (const byte of randomBytes(32))
      if (byte < fair && letters.length < groups * groupLetters) letters += alphabet[byte % alphabet.length]
  return (letters.match(new RegExp(`.{${groupLetters}}`, 'g')) ?? []).join('-')
}
