import type { BikeStatus } from '@fleet/domain'

/** Shapes are told apart without colour; the map's shader and the list's icons draw the same ones. */
export const statusShapes = ['circle', 'arrow', 'square', 'diamond', 'triangle'] as const
export type StatusShape = (typeof statusShapes)[number]

export type Scheme = 'light' | 'dark'

interface StatusLook {
  readonly shape: StatusShape
  /** sRGB; at least 3:1 against the panels and the land of its scheme (WCAG 1.4.11). */
  readonly color: Readonly<Record<Scheme, string>>
}

/**
 * Hues after Okabe and Ito, who chose them for people who see fewer colours
 * (https://jfly.uni-koeln.de/color/), made darker or lighter for each scheme.
 */
export const statusLooks: Record<BikeStatus, StatusLook> = {
  available: { shape: 'circle', color: { light: '#00805f', dark: '#35c398' } },
  in_use: { shape: 'arrow', color: { light: '#0a62b5', dark: '#62b5f8' } },
  charging: { shape: 'square', color: { light: '#a86a00', dark: '#f0b429' } },
  maintenance: { shape: 'diamond', color: { light: '#9b3f8b', dark: '#e097ce' } },
  missing: { shape: 'triangle', color: { light: '#c23a08', dark: '#ff7d4d' } },
}

/** `#rrggbb` to 0..1 each. */
export function rgbOf(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16)
  return [((value >> 16) & 255) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255]
}
