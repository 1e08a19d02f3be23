/** Hands the person a file. */
export function downloadText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // Not at once: the browser has not begun to read it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
