import type { OptionSpec } from '../../command.ts'

/** Labs beside each other have names; most people have one lab. */
export const nameOption = {
  name: {
    type: 'string',
    value: 'NAME',
    summary: 'Which lab',
    default: 'lab',
    env: 'FLEET_LAB',
  },
} as const satisfies Record<string, OptionSpec>

export const labEnvironment = {
  FLEET_LAB_HOME: 'Folder of the labs (default /var/lib/amsterdam-bike-fleet/labs)',
  FLEET_LAB_CACHE: 'Folder of the base image (default /var/cache/amsterdam-bike-fleet/lab)',
} as const

/** ` --name NAME` for the commands that we tell people to run; nothing for the default lab. */
export const nameWords = (name: string): string => (name === nameOption.name.default ? '' : ` --name ${name}`)
