import { argon2Sync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createPasswords } from './passwords.ts'

const passwords = createPasswords()

describe('a password hash', () => {
  test('is written as other programs write it, with the parameters that OWASP asks for', async () => {
    expect(await passwords.hash('correct horse')).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    )
  })

  test('is another one each time, and each fits', async () => {
    const [a, b] = [await passwords.hash('correct horse'), await passwords.hash('correct horse')]
    expect(a).not.toBe(b)
    expect([await passwords.verify('correct horse', a), await passwords.verify('correct horse', b)]).toEqual([
      true,
      true,
    ])
    expect(await passwords.verify('wrong horse', a)).toBe(false)
  })

  test('with other parameters, made by another program, fits too', async () => {
    const salt = Buffer.from('saltsaltsalt')
    const parameters = { parallelism: 2, tagLength: 24, memory: 64, passes: 1 }
    const hash = argon2Sync('argon2id', { message: Buffer.from('pw'), nonce: salt, ...parameters })
    const unpadded = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')
    const encoded = `$argon2id$v=19$m=64,t=1,p=2$${unpadded(salt)}$${unpadded(hash)}`
    expect(await passwords.verify('pw', encoded)).toBe(true)
    expect(await passwords.verify('pW', encoded)).toBe(false)
  })

  test('does not mind how a keyboard composes letters', async () => {
    expect(await passwords.verify('cafe\u0301', await passwords.hash('caf\u00e9'))).toBe(true)
  })

  test('that cannot be read is a bug, not a wrong password', async () => {
    await expect(passwords.verify('pw', '$2b$10$abcdefghijk')).rejects.toThrow('cannot be read')
  })
})

test('nobody’s password is wrong, after the same work', async () => {
  expect(await passwords.verify('anything', null)).toBe(false)
})

test('a flood of attempts is turned away, and those before it are served', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 80 }, () => passwords.verify('x', null)))
  const busy = outcomes.filter(({ status }) => status === 'rejected')
  expect(busy).toHaveLength(80 - 64 - 2)
  expect(await passwords.verify('x', null)).toBe(false)
})
