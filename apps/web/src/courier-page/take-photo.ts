import { maxAttachmentBytes } from '@fleet/api'

/** Enough to read a house number, and some 300 kB: a photo may wait on the phone and cross a weak network. */
const longestSidePx = 1600
const qualities = [0.8, 0.6, 0.4] as const

/**
 * Makes a picture of a phone's camera small enough to be sent.
 *
 * @returns JPEG, base64
 * @throws when this browser cannot read it as a picture
 */
export async function shrinkPhoto(file: Blob): Promise<string> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  const scale = Math.min(1, longestSidePx / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(picture.width * scale)
  canvas.height = Math.round(picture.height * scale)
  canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  for (const quality of qualities) {
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
    if (blob !== null && blob.size <= maxAttachmentBytes) return toBase64(blob)
  }
  throw new Error('The picture cannot be made small enough')
}

const toBase64 = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.addEventListener('load', () => resolve((reader.result as string).split(',')[1]!))
    reader.addEventListener('error', () => reject(reader.error ?? new Error('The picture cannot be read')))
    reader.readAsDataURL(blob)
  })
