import { writeFile } from 'node:fs/promises'
import QRCode from 'qrcode'

/** Four modules of quiet around the code are the standard's minimum (ISO/IEC 18004); two are enough on a screen. */
const quietModules = 2

/**
 * A QR code of half blocks, two modules to a character.
 *
 * @param colours black on white, whatever the terminal's colours are: many phones cannot read an inverted code.
 *   Without them the light modules are drawn, which is right on a dark terminal.
 */
export function renderQrCode(text: string, colours: boolean): string {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'L' })
  const { size } = modules
  const isDark = (row: number, column: number) =>
    row >= 0 && column >= 0 && row < size && column < size && modules.get(row, column) === 1
  const lines: string[] = []
  for (let row = -quietModules; row < size + quietModules; row += 2) {
    let line = ''
    for (let column = -quietModules; column < size + quietModules; column++) {
      const upper = isDark(row, column) === colours
      // Below the last row there is nothing: draw it light.
      const lower = (row + 1 < size + quietModules ? isDark(row + 1, column) : false) === colours
      line += upper ? (lower ? '█' : '▀') : lower ? '▄' : ' '
    }
    lines.push(colours ? `\u001b[30;107m${line}\u001b[0m` : line)
  }
  return lines.join('\n')
}

/** Writes a PNG that only its owner can read: the code holds what a tracker proves itself with. */
export async function writeQrPng(text: string, file: string): Promise<void> {
  const png = await QRCode.toBuffer(text, { errorCorrectionLevel: 'M', margin: 4, scale: 8 })
  await writeFile(file, png, { mode: 0o600 })
}
