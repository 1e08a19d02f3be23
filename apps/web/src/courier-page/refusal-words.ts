import type { Problem } from '@fleet/api'
import { type Delivery, maxPinFailures } from '@fleet/domain'
import type { TFunction } from 'i18next'
import { serverWords } from '../i18n/language.ts'

/** How often the courier may still try a PIN, as the server counted. */
export function wrongPinWords(t: TFunction, { current }: Problem): string {
  const left = maxPinFailures - ((current as Partial<Delivery> | undefined)?.pinFailures ?? 0)
  return left > 0 ? t('me.pinWrong', { count: left }) : t('me.pinLocked')
}

/** Why it was not done and what to do, in the courier's language; else as the server says it. */
export function refusalWords(t: TFunction, problem: Problem): string {
  switch (problem.code) {
    case 'not_found':
      return t('me.refused.notTheirs')
    case 'impossible_step':
      return t('me.refused.changed')
    case 'wrong_pin':
      return wrongPinWords(t, problem)
    case 'too_old':
      return t('me.refused.tooOld')
    case 'forbidden':
      return t('me.refused.forbidden')
    default:
      return serverWords(problem.detail)
  }
}

/** A wrong PIN stays wrong, and what is too old stays so. */
export const isWorthRetry = ({ code }: Problem): boolean => code !== 'wrong_pin' && code !== 'too_old'
