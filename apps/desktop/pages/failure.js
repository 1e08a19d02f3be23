import { toDutch } from './dutch.js'

// What went wrong stands behind the hash, as the program put it there.
const { problem, log } = JSON.parse(decodeURIComponent(location.hash.slice(1)))
const say = navigator.language.startsWith('nl') ? toDutch : (sentence) => sentence
document.getElementById('message').textContent = say(problem.message)
document.getElementById('fix').textContent = say(problem.fix)
document.getElementById('log-file').textContent = log
for (const id of ['log', 'show-log']) document.getElementById(id).hidden = log === null
