/** The code after the highest of the letters that most codes have: `AMS-0043` where `AMS-0042` is the last. */
export function nextBikeCode(codes: readonly string[]): string {
  const series = new Map<string, { count: number; highest: number; digits: number }>()
  for (const code of codes) {
    const [letters = '', digits = ''] = code.split('-')
    const known = series.get(letters) ?? { count: 0, highest: 0, digits: 0 }
    known.count++
    known.highest = Math.max(known.highest, Number(digits))
    known.digits = Math.max(known.digits, digits.length)
    series.set(letters, known)
  }
  const [most] = [...series].sort(([, a], [, b]) => b.count - a.count)
  if (most === undefined) return 'AMS-0001'
  const [letters, { highest, digits }] = most
  return `${letters}-${String(highest + 1).padStart(digits, '0')}`
}
