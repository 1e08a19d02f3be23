import { defineDrill } from './drill.ts'

export const primaryDeaf = defineDrill({
  name: 'primary-deaf',
  title: 'What is sent to the primary is lost, what it sends arrives',
  expects: 'A one-way cut: everybody hears it and it hears nobody. Its lease ends, and a standby takes over.',
  steps: [
    { atS: 10, fault: { do: 'cut', from: 'primary', to: 'everyone-else', direction: 'in' }, healAtS: 55 },
    { atS: 10, fault: { do: 'cut', from: 'primary', to: 'client', direction: 'in' }, healAtS: 55 },
  ],
  limits: { writeGapMs: 28_000, readGapMs: 3_000, appGapMs: 29_500, healthyAgainMs: 120_000 },
})
