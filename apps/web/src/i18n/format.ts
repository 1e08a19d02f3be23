import i18next, { type TFunction } from 'i18next'
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
  /** `Mon 23 Nov` */
  readonly dayShort: (ms: number) => string
  /** `Monday 23 November` */
  readonly dayLong: (ms: number) => string
  /** `23 Nov 2026` */
  readonly date: (ms: number) => string
  /** `€ 12.50`, from cents. */
  readonly money: (cents: number) => string
  /** `1 234` or `1.234`, as the language has it. */
  readonly number: (value: number, fractionDigits?: number) => string
  /** `0.4 s`, `12 s`, `3 min`, `5 h`, `2 d`: one unit, rounded down, tenths below ten seconds when asked for. */
  readonly duration: (ms: number, tenths?: boolean) => string
  /** `7.5 h` */
  readonly hours: (value: number) => string
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
  const dayShort = new Intl.DateTimeFormat(locale, {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
  })
  const dayLong = new Intl.DateTimeFormat(locale, {
    timeZone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  })
  const date = new Intl.DateTimeFormat(locale, { timeZone, day: 'numeric', month: 'short', year: 'numeric' })
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' })
  const byDigits = [0, 1, 2].map(
    (digits) =>
      new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  )
  const number = (value: number, fractionDigits = 0) =>
    (byDigits[fractionDigits] ?? byDigits[0]!).format(value)
  return {
    time: (ms) => time.format(ms),
    timeWithSeconds: (ms) => timeWithSeconds.format(ms),
    dayShort: (ms) => dayShort.format(ms),
    dayLong: (ms) => dayLong.format(ms),
    date: (ms) => date.format(ms),
    money: (cents) => money.format(cents / 100),
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
    hours: (value) => t('unit.hours', { value: number(value, 1) }),
    speed: (mps) => t('unit.kmh', { value: number(mps * 3.6) }),
    distanceKm: (m) => t('unit.km', { value: number(m / 1000, m < 100_000 ? 1 : 0) }),
    metres: (m) => t('unit.m', { value: number(m) }),
    percent: (value) => t('unit.percent', { value: number(value) }),
  }
}

const formats = new Map<Language, Format>()

/** The same object in every component of a language: making its formatters takes longer than drawing a row. */
export function useFormat(): Format {
  useTranslation()
  const language = currentLanguage()
  let format = formats.get(language)
  if (format === undefined) {
    format = createFormat(language, i18next.getFixedT(language))
    formats.set(language, format)
  }
  return format
}
