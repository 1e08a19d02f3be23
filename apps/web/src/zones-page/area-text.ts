import type { TFunction } from 'i18next'
import type { Format } from '../i18n/format.ts'

/** `8,100 m²`, `0.42 km²`. */
export const areaText = (t: TFunction, format: Format, areaM2: number): string =>
  areaM2 < 100_000
    ? t('unit.m2', { value: format.number(areaM2) })
    : t('unit.km2', { value: format.number(areaM2 / 1e6, areaM2 < 1e8 ? 2 : 0) })
