// English is in the pages themselves.
const dutch = {
  starting: 'Wordt gestart…',
  keyring:
    'De sleutelbos van deze computer heeft het wachtwoord van de database. Misschien vraagt die u hem te ontgrendelen.',
  cannotRun: 'De app kan niet starten',
  logIsAt: 'Het logboek staat in',
  tryAgain: 'Opnieuw proberen',
  showLog: 'Logboek tonen',
}

if (navigator.language.startsWith('nl')) {
  document.documentElement.lang = 'nl'
  for (const element of document.querySelectorAll('[data-word]'))
    element.textContent = dutch[element.dataset.word]
}
