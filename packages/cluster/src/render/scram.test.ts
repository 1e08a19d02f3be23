import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ClusterError } from '../cluster-error.ts'
import { scramVerifier } from './scram.ts'

// That PostgreSQL lets the password in by its verifier is tried on a real server in roles-sql.test.ts.

const ascii = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => /^[\x20-\x7e]+$/.test(text))

describe('a SCRAM verifier', () => {
  test('has the form that PostgreSQL takes instead of a password, and says nothing of it', () => {
    fc.assert(
      fc.property(ascii, ascii, (role, password) => {
        const verifier = scramVerifier(role, password)
        expect(verifier).toMatch(
          /^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/,
        )
        expect(scramVerifier(role, password)).toBe(verifier)
      }),
      { numRuns: 20 },
    )
  })

  test('differs between two roles that share a password', () => {
    expect(scramVerifier('fleet_app', 'secret')).not.toBe(scramVerifier('fleet_monitor', 'secret'))
  })

  test('refuses a password that a client may send otherwise, without telling it', () => {
    const refused = (password: string) => {
      try {
        return scramVerifier('fleet_app', password)
      } catch (error) {
        return error
      }
    }
    for (const password of ['', 'naïef', 'line\nbreak', 'tab\t']) {
      const error = refused(password)
      expect(error).toBeInstanceOf(ClusterError)
      if (password !== '') expect(String(error)).not.toContain(password)
    }
  })
})
