// `npm run desktop:deb`: the desktop app as a Debian package, with its server and the pinned Node inside.
import { buildDesktop, checkToolchain } from './desktop-build.mjs'
import { packDebian, packNeeds } from './desktop-pack-debian.mjs'
import { ensureDependencies, ensureWebApp } from './setup.mjs'

checkToolchain(packNeeds)
ensureDependencies()
ensureWebApp()
console.log(packDebian(buildDesktop('sqlite')))
