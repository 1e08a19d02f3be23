import type { Entity } from './entity.ts'
import type { CourierId, UserId } from './ids.ts'

export const roles = ['admin', 'dispatcher', 'mechanic', 'courier', 'viewer'] as const
export type Role = (typeof roles)[number]

export interface User extends Entity {
  readonly id: UserId
  /** Sign-in name: lower case, unique. */
  readonly name: string
  readonly role: Role
  readonly disabled: boolean
  /** With role courier: who they are. */
  readonly courierId: CourierId | null
}
