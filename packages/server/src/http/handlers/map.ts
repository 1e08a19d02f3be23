import { setImmediate as othersTurn } from 'node:timers/promises'
import { addressMatches, importedMap } from '@fleet/api'
import type { AddressMatch } from '@fleet/domain'
import type { Handlers } from '../call.ts'
import type { HandlerDeps } from './deps.ts'

export function mapHandlers({
  maps,
}: HandlerDeps): Pick<Handlers, 'getMap' | 'lookUpAddresses' | 'searchAddresses'> {
  return {
    async getMap() {
      const manifest = maps.current()
      return { body: { imported: manifest === null ? null : importedMap.parse(manifest) } }
    },
    async lookUpAddresses(call) {
      const items: (readonly AddressMatch[])[] = []
      for (const text of call.body.texts) {
        items.push(maps.searchAddresses(text, addressMatches).items)
        await othersTurn()
      }
      return { body: { items } }
    },
    async searchAddresses(call) {
      return { body: maps.searchAddresses(call.query.q, call.query.limit) }
    },
  }
}
