// Runs before the first paint, so that a dark screen never flashes white. The keys are Mantine's own and that of
// src/i18n/language.ts.
;(function () {
  var chosen = null
  try {
    // The desktop app keeps what was chosen, since storage belongs to an address, and its port may be another one.
    var kept = document.querySelector('meta[name="fleet-look"]').content.split(' ')
    if (kept.length === 2 && kept[0] !== '-') localStorage.setItem('fleet-language', kept[0])
    if (kept.length === 2 && kept[1] !== '-') localStorage.setItem('mantine-color-scheme-value', kept[1])
    chosen = localStorage.getItem('mantine-color-scheme-value')
  } catch {
    // Storage may be forbidden; then the system decides.
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
})()
