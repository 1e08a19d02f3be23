import { vi } from 'vitest'

/** Looks until nothing is thrown any more, for as long as a busy machine may need: Vitest's own second is too short. */
export const waitFor = <T>(look: () => T | Promise<T>): Promise<T> => vi.waitFor(look, { timeout: 30_000 })
