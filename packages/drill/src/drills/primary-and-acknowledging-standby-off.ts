import { defineDrill } from './drill.ts'

export const primaryAndAcknowledgingStandbyOff = defineDrill({
  name: 'primary-and-acknowledging-standby-off',
  title: 'The primary and the only standby that acknowledged lose their power together',
  expects:
    'The other standby was cut off before and lacks what was acknowledged last. It must refuse to become ' +
    'the primary, however long the others are away. When the standby that has everything boots, that one ' +
    'takes over, and nothing is lost.',
  steps: [
    { atS: 10, fault: { do: 'cut', from: 'primary', to: 'other-standby' }, healAtS: 30 },
    { atS: 20, fault: { do: 'power-off', on: 'primary' }, healAtS: 70 },
    { atS: 20, fault: { do: 'power-off', on: 'standby' }, healAtS: 60 },
  ],
  limits: { writeGapMs: 120_000, readGapMs: 120_000, appGapMs: 122_000, healthyAgainMs: 180_000 },
})
