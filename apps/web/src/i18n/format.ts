import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { currentLanguage, type Language } from './language.ts'

/** Dispatch happens in Amsterdam, wherever the browser is. */
export const timeZone = 'Europe/Amsterdam'

const locales: Record<Language, string> = { en: 'en-GB', nl: 'nl-NL' }

/** Times, numbers and quantities as people of one language read them. */
export interface Format {
  /** `14:03` */
  readonly time: (ms: number) => string
  /** `14:03:27` */
  readonly timeWithSeconds: (ms: number) => string
  /** `1 234` or `1.234`, as the language has it. */
  readonly number: (value: number, fractionDigits?: number) => string
  /** `0.4 s`, `12 s`, `3 min`, `5 h`, `2 d`: one unit, rounded down, tenths below ten seconds when asked for. */
  readonly duration: (ms: number, tenths?: boolean) => string
  readonly speed: (mps: number) => string
  readonly distanceKm: (m: number) => string
  readonly metres: (m: number) => string
  readonly percent: (value: number) => string
}

export function createFormat(language: Language, t: TFunction): Format {
  const locale = locales[language]
  const time = new Intl.DateTimeFormat(locale, {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  })
  const timeWithSeconds = new Intl.DateTimeFormat(locale, { timeZone, timeStyle: 'medium', hour12: false })
  const byDigits = [0, 1, 2].map(
    (digits) =>
      new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  )
  const number = (value: number, fractionDigits = 0) =>
    (byDigits[fractionDigits] ?? byDigits[0]!).format(value)
  return {
    time: (ms) => time.format(ms),
    timeWithSeconds: (ms) => timeWithSeconds.format(ms),
    number,
    duration: (ms, tenths = false) => {
      const seconds = Math.max(0, ms / 1000)
      if (tenths && seconds < 10)
        return t('unit.seconds', { value: number(Math.floor(seconds * 10) / 10, 1) })
      if (seconds < 60) return t('unit.seconds', { value: number(Math.floor(seconds)) })
      if (seconds < 3600) return t('unit.minutes', { value: number(Math.floor(seconds / 60)) })
      if (seconds < 86_400) return t('unit.hours', { value: number(Math.floor(seconds / 3600)) })
      return t('unit.days', { value: number(Math.floor(seconds / 86_400)) })
    },
    speed: (mps) => t('unit.kmh', { value: number(mps * 3.6) }),
    distanceKm: (m) => t('unit.km', { value: number(m / 1000, m < 100_000 ? 1 : 0) }),
    metres: (m) => t('unit.m', { value: number(m) }),
    percent: (value) => t('unit.percent', { value: number(value) }),
  }
}

export function useFormat(): Format {
  const { t } = useTranslation()
  // `t` is another function for each language, so the formatters are made once a language.
  return useMemo(() => createFormat(currentLanguage(), t), [t])
}
