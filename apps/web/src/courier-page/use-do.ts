import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useServices } from '../app/services.ts'
import type { Doing } from './courier-doings.ts'

/**
 * Puts what a courier does into the outbox; the toast says so once it is on the phone's disk, and takes it back.
 *
 * @param done what all of it is called
 * @param holds looks at what came of the last of it; with false, nothing is said
 * @returns false when it does not hold, or when the phone could not keep it, which was told
 */
export type Do = (
  doings: readonly Doing[],
  done?: string,
  holds?: (key: string) => Promise<boolean>,
) => Promise<boolean>

export function useDo(): Do {
  const { t } = useTranslation()
  const { outbox, toasts } = useServices()
  return useCallback(
    async (doings, done = doings[0]!.intent.done, holds = async () => true) => {
      const keys: string[] = []
      try {
        for (const { intent } of doings) keys.push(await outbox.accept(intent))
      } catch (error) {
        console.error(error)
        // All of it or none.
        for (const [at, key] of keys.entries())
          await outbox.undo(key, doings[at]!.undoing).catch(console.error)
        toasts.show({ tone: 'failed', text: t('me.notKept'), detail: t('me.notKeptWhy') })
        return false
      }
      if (!(await holds(keys.at(-1)!))) return false
      const undo = async () => {
        for (const [at, key] of [...keys.entries()].toReversed()) await outbox.undo(key, doings[at]!.undoing)
        toasts.show({ tone: 'done', text: t('action.undone', { done }) })
      }
      toasts.show({
        tone: 'done',
        text: done,
        action: { label: t('action.undo'), run: () => void undo() },
      })
      return true
    },
    [outbox, toasts, t],
  )
}
