import {
  bikeEvents,
  bikeStatuses,
  deliveryEvents,
  deliveryStatuses,
  issueEvents,
  issueStatuses,
  roles,
  shiftEvents,
  shifts,
} from '@fleet/domain'
import { expect, test } from 'vitest'
import { sentences, toDutch, words } from './server-nl.ts'

test('as many values are filled in as there are', () => {
  const count = (text: string) => text.split('{}').length
  for (const [english, dutch] of Object.entries(sentences))
    expect([english, count(dutch)]).toEqual([english, count(english)])
})

test('states, steps and roles have a word', () => {
  const names = [
    ...bikeStatuses,
    ...bikeEvents,
    ...deliveryStatuses,
    ...deliveryEvents,
    ...issueStatuses,
    ...issueEvents,
    ...shifts,
    ...shiftEvents,
    ...roles,
  ]
  expect(names.filter((name) => words[name.replaceAll('_', ' ')] === undefined)).toEqual([])
})

test.each([
  [
    'A courier is riding AMS-0001. It must be returned first.',
    'Een koerier rijdt op AMS-0001. De fiets moet eerst terug zijn.',
  ],
  [
    'A delivery that is picked up cannot assign. Possible from here: deliver, fail.',
    'Een bezorging met de status ‘opgehaald’ kan niet: toewijzen. Wat nu wel kan: bezorgen, als mislukt melden.',
  ],
  ['Mei Lin has no bike to return.', 'Mei Lin heeft geen fiets om terug te brengen.'],
  ['Mei Lin has D-000012 already.', 'Mei Lin heeft D-000012 al.'],
  [
    'The role viewer may not do this. It is for: admin, dispatcher.',
    'De rol meekijker mag dit niet. Het is voor: beheerder, planner.',
  ],
  [
    'Something on the way to the server does not let this pass (413). It is too large or of a wrong kind.',
    'Iets op de weg naar de server laat dit niet door (413). Het is te groot of van een verkeerde soort.',
  ],
  ['There is no such constructor.', 'Deze constructor bestaat niet.'],
  ['Nobody ever said this.', 'Nobody ever said this.'],
])('%s', (english, dutch) => {
  expect(toDutch(english)).toBe(dutch)
})
