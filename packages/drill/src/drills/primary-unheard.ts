import { defineDrill } from './drill.ts'

export const primaryUnheard = defineDrill({
  name: 'primary-unheard',
  title: 'What the primary sends is lost, what is sent to it arrives',
  expects: 'A one-way cut: it hears everybody and nobody hears it. Its lease ends, and a standby takes over.',
  steps: [
    { atS: 10, fault: { do: 'cut', from: 'primary', to: 'everyone-else', direction: 'out' }, healAtS: 55 },
    { atS: 10, fault: { do: 'cut', from: 'primary', to: 'client', direction: 'out' }, healAtS: 55 },
  ],
  limits: { writeGapMs: 28_000, readGapMs: 3_000, appGapMs: 29_500, healthyAgainMs: 120_000 },
})
