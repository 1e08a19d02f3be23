import { defineGroup } from '../command.ts'
import { cluster } from './cluster/index.ts'
import { demoClear, demoSeed, demoStatus } from './demo.ts'
import { deviceAdd } from './device-add.ts'
import { deviceList } from './device-list.ts'
import { deviceRemove } from './device-remove.ts'
import { deviceRotate } from './device-rotate.ts'
import { drill } from './drill/index.ts'
import { lab } from './lab/index.ts'
import { mapImport } from './map-import.ts'
import { mapRemove } from './map-remove.ts'
import { mapStatus } from './map-status.ts'
import { migrate } from './migrate.ts'
import { replay } from './replay.ts'
import { serve } from './serve.ts'
import { userAdd } from './user-add.ts'
import { userList } from './user-list.ts'
import { userReset } from './user-reset.ts'
import { userRole } from './user-role.ts'
import { userDisable, userEnable } from './user-switch.ts'

/** Every command of `fleet`. */
export const commands = defineGroup('fleet', 'Amsterdam Bike Fleet', [
  serve,
  replay,
  defineGroup('device', 'Trackers: phones and boxes that send positions', [
    deviceAdd,
    deviceList,
    deviceRotate,
    deviceRemove,
  ]),
  defineGroup('user', 'Accounts', [userAdd, userList, userRole, userReset, userDisable, userEnable]),
  defineGroup('map', 'The base map, from OpenStreetMap', [mapImport, mapStatus, mapRemove]),
  defineGroup('demo', 'The demo fleet', [demoStatus, demoSeed, demoClear]),
  migrate,
  cluster,
  lab,
  drill,
])
