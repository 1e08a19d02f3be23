// oxlint-disable-next-line import/no-unassigned-import -- makes this file an augmentation, not a declaration
import 'i18next'
import type { en } from './en.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app'
    returnNull: false
    resources: { app: typeof en }
  }
}
