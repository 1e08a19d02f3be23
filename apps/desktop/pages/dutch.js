// What this program says when the server cannot run; `…` stands for what differs. What the server says stays as it is.
const sentences = [
  [
    'The server that belongs to this program is not there.',
    'De server die bij dit programma hoort, ontbreekt.',
  ],
  ['Install the app again.', 'Installeer de app opnieuw.'],
  ['A folder of the app cannot be written: ….', 'Naar een map van de app kan niet worden geschreven: ….'],
  [
    'Make room on the disk, or make the folder writable, and try again.',
    'Maak ruimte op de schijf, of maak de map beschrijfbaar, en probeer het opnieuw.',
  ],
  ['The server could not be started: ….', 'De server kon niet worden gestart: ….'],
  [
    'Check that the disk has room and that the folder of the log can be written, or install the app again.',
    'Kijk of er ruimte is op de schijf en of in de map van het logboek kan worden geschreven, of installeer de app opnieuw.',
  ],
  ['The server ended before it was ready (…).', 'De server stopte voordat hij klaar was (…).'],
  ['The end of the log says why.', 'Het einde van het logboek zegt waarom.'],
  [
    'The server stopped again and again, the last time with "…".',
    'De server stopte keer op keer, de laatste keer met "…".',
  ],
  [
    'The end of the log says why. Nothing that was saved is lost.',
    'Het einde van het logboek zegt waarom. Wat was opgeslagen, is niet verloren.',
  ],
]

/** The sentence in Dutch; as it is when it is none of ours. */
export function toDutch(sentence) {
  for (const [english, dutch] of sentences) {
    const [before, after] = english.split('…')
    if (after === undefined ? sentence === english : isAround(sentence, before, after))
      return dutch.replace('…', () => sentence.slice(before.length, sentence.length - (after ?? '').length))
  }
  return sentence
}

const isAround = (sentence, before, after) =>
  sentence.length > before.length + after.length && sentence.startsWith(before) && sentence.endsWith(after)
