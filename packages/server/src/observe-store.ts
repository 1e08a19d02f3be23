import { AppError } from '@fleet/domain'
import type { Store } from '@fleet/store'
import { Histogram, type Registry } from 'prom-client'

/**
 * The same store, with the time of every operation measured and its outcome counted by error code.
 */
export function observeStore(store: Store, registry: Registry): Store {
  const durations = new Histogram({
    name: 'fleet_store_operation_duration_seconds',
    help: 'Time that an operation of the store took, with its outcome: ok, or the code of the error.',
    labelNames: ['operation', 'outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  const observe = async (operation: string, work: () => Promise<unknown>): Promise<unknown> => {
    const end = durations.startTimer({ operation })
    try {
      const result = await work()
      end({ outcome: 'ok' })
      return result
    } catch (error) {
      end({ outcome: error instanceof AppError ? error.code : 'bug' })
      throw error
    }
  }
  // A proxy, so that an operation that the port gains is measured without a line here.
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function' || typeof name !== 'string') return member
      // Synchronous: it returns the unsubscribe, not a promise.
      if (name === 'onChange') return member.bind(target) as unknown
      return (...args: unknown[]) =>
        observe(name, () => Reflect.apply(member, target, args) as Promise<unknown>)
    },
  })
}
