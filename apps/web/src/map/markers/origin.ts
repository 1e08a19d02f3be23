import type { Point } from '@fleet/domain'

/**
 * Positions reach the graphics card as 32-bit offsets from here, in degrees. As absolute degrees they would be
 * rounded to 0.4 m, and a marker at street zoom would tremble; as offsets the error is below a millimetre.
 */
export const mapOrigin: Point = { lat: 52.37, lon: 4.9 }
