import type { Role } from '@fleet/domain'
import {
  type Icon,
  IconAlertTriangle,
  IconBike,
  IconChartBar,
  IconHistory,
  IconMap2,
  IconPackage,
  IconPolygon,
  IconUserCog,
  IconUsers,
} from '@tabler/icons-react'
import type { en } from '../i18n/en.ts'

export interface Page {
  readonly path:
    | '/'
    | '/deliveries'
    | '/bikes'
    | '/issues'
    | '/couriers'
    | '/zones'
    | '/insights'
    | '/replay'
    | '/people'
  readonly label: `nav.${Exclude<keyof typeof en.nav, 'label'>}`
  readonly icon: Icon
  readonly roles: readonly Role[]
  /** The second key after `g`: `g d` goes to Deliveries. */
  readonly key: string
}

/** The pages in the order of the navigation. A new page is one line here, one route in router.tsx and one word in en.ts. */
export const pages: readonly Page[] = [
  {
    path: '/',
    label: 'nav.live',
    icon: IconMap2,
    roles: ['admin', 'dispatcher', 'mechanic', 'viewer'],
    key: 'l',
  },
  {
    path: '/deliveries',
    label: 'nav.deliveries',
    icon: IconPackage,
    roles: ['admin', 'dispatcher', 'viewer'],
    key: 'd',
  },
  {
    path: '/bikes',
    label: 'nav.bikes',
    icon: IconBike,
    roles: ['admin', 'dispatcher', 'mechanic', 'viewer'],
    key: 'b',
  },
  {
    path: '/issues',
    label: 'nav.issues',
    icon: IconAlertTriangle,
    roles: ['admin', 'dispatcher', 'mechanic', 'viewer'],
    key: 'i',
  },
  {
    path: '/couriers',
    label: 'nav.couriers',
    icon: IconUsers,
    roles: ['admin', 'dispatcher', 'viewer'],
    key: 'c',
  },
  {
    path: '/zones',
    label: 'nav.zones',
    icon: IconPolygon,
    roles: ['admin', 'dispatcher', 'mechanic', 'viewer'],
    key: 'z',
  },
  {
    path: '/insights',
    label: 'nav.insights',
    icon: IconChartBar,
    roles: ['admin', 'dispatcher', 'viewer'],
    key: 's',
  },
  {
    path: '/replay',
    label: 'nav.replay',
    icon: IconHistory,
    roles: ['admin', 'dispatcher', 'mechanic', 'viewer'],
    key: 'r',
  },
  {
    path: '/people',
    label: 'nav.people',
    icon: IconUserCog,
    roles: ['admin', 'dispatcher', 'mechanic', 'viewer'],
    key: 'p',
  },
]
