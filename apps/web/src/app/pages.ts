import type { Role } from '@fleet/domain'
import { type Icon, IconMap2 } from '@tabler/icons-react'
import type { en } from '../i18n/en.ts'

export interface Page {
  readonly path: '/'
  readonly label: `nav.${Exclude<keyof typeof en.nav, 'label'>}`
  readonly icon: Icon
  readonly roles: readonly Role[]
}

/** The pages in the order of the navigation. A new page is one line here and one route. */
export const pages: readonly Page[] = [
  { path: '/', label: 'nav.live', icon: IconMap2, roles: ['admin', 'dispatcher', 'mechanic', 'viewer'] },
]
