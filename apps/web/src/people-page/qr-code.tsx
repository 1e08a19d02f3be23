import { useQuery } from '@tanstack/react-query'
import styles from './people-page.module.css'

/** Four modules of quiet around the code (ISO/IEC 18004); the frame's padding adds to these. */
const quietModules = 2

/** The code as an SVG path; its encoder is loaded when somebody wants a code. */
async function drawQrCode(text: string): Promise<{ readonly size: number; readonly path: string }> {
  const { create } = await import('qrcode')
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  let path = ''
  for (let row = 0; row < modules.size; row++)
    for (let column = 0; column < modules.size; column++)
      if (modules.get(row, column) === 1) path += `M${column + quietModules} ${row + quietModules}h1v1h-1z`
  return { size: modules.size + 2 * quietModules, path }
}

export function QrCode({ text, label }: { text: string; label: string }) {
  // Kept no longer than it is shown: it may hold what a tracker proves itself with.
  const { data } = useQuery({ queryKey: ['qr-code', text], queryFn: () => drawQrCode(text), gcTime: 0 })
  if (data === undefined) return null
  return (
    <svg
      className={styles.code}
      viewBox={`0 0 ${data.size} ${data.size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <path d={data.path} />
    </svg>
  )
}
