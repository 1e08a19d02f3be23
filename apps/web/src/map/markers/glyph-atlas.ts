import type { Device, Texture } from '@luma.gl/core'
import { glyphs } from './bike-buffer.ts'

/** Size of one letter on screen, CSS pixels. */
export const glyphWidthPx = 6.75
export const glyphHeightPx = 14
/** Twice as large as on a plain screen: the card then averages four dots into one, and letters stay sharp. */
const scale = 2

/**
 * One row of letters, all of the same width, white on nothing. A label then needs one rectangle: the shader finds
 * the letter from the place in the text.
 */
export function createGlyphAtlas(device: Device): Texture {
  const canvas = document.createElement('canvas')
  canvas.width = Math.ceil(glyphs.length * glyphWidthPx * scale)
  canvas.height = glyphHeightPx * scale
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  const family = getComputedStyle(document.documentElement).getPropertyValue('--font-code') || 'monospace'
  context.font = `700 ${11 * scale}px ${family}`
  context.fillStyle = '#fff'
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  for (const [place, glyph] of Array.from(glyphs).entries())
    context.fillText(
      glyph,
      (place + 0.5) * glyphWidthPx * scale,
      canvas.height / 2 + scale * 0.6,
      glyphWidthPx * scale,
    )
  const { width, height } = canvas
  return device.createTexture({
    width,
    height,
    format: 'rgba8unorm',
    data: new Uint8Array(context.getImageData(0, 0, width, height).data.buffer),
    sampler: { minFilter: 'linear', magFilter: 'linear' },
  })
}
