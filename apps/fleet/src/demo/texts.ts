import type { IssueKind, IssueReporter } from '@fleet/domain'

/* What people in the demonstration are called and say. All invented. */

/** Names of the first couriers; `courierName` combines them anew for more. */
export const courierNames: readonly string[] = [
  'Sanne de Vries',
  'Youssef El Amrani',
  'Daan Bakker',
  'Fatima Yılmaz',
  'Lars Visser',
  'Naomi Pinas',
  'Bram Mulder',
  'Aisha Hassan',
  'Thijs Smit',
  'Giulia Ferri',
  'Ruben Meijer',
  'Kwame Mensah',
  'Femke Bos',
  'Mateusz Nowak',
  'Iris Vos',
  'Rajesh Ramdin',
  'Jasper Peters',
  'Chloé Lambert',
  'Lotte Hendriks',
  'Emre Kaya',
  'Niels Dekker',
  'Amara Okafor',
  'Tess Brouwer',
  'João Ferreira',
  'Sem de Wit',
  'Mei Lin',
  'Floor Dijkstra',
  'Tomáš Dvořák',
  'Julia Smits',
  'Samira Bouzid',
  'Koen van Leeuwen',
  'Elena Popescu',
  'Anouk de Graaf',
  'Diego Morales',
  'Maud Kuipers',
  'Olu Adeyemi',
  'Stijn Jacobs',
  'Leila Farahani',
  'Roos van der Meer',
  'Oskar Lindqvist',
  'Pim Hoekstra',
  'Zeynep Demir',
  'Milan Koster',
  'Nia Owusu',
  'Evi Prins',
  'Andrei Ionescu',
  'Guus Blom',
  'Hana Suzuki',
  'Wout Schouten',
  'Carmen Ruiz',
  'Fleur Willems',
  'Tariq Mahmood',
  'Joep Huisman',
  'Ingrid Solberg',
]

const customerInitials = 'ABCDEFGHIJKLMNOPRSTVWY'.split('')
const customerSurnames: readonly string[] = [
  'Jansen',
  'van Dam',
  'Kok',
  'Verhoeven',
  'Öztürk',
  'van Dijk',
  'Bouwman',
  'Singh',
  'Maas',
  'Postma',
  'El Idrissi',
  'Scholten',
  'Martina',
  'Groen',
  'van Vliet',
  'Novak',
  'Timmermans',
  'Kuiper',
  'Benali',
  'Wong',
]

export const customerName = (pick: <T>(items: readonly T[]) => T) =>
  `${pick(customerInitials)}. ${pick(customerSurnames)}`

/** Dutch mobile numbers begin with 06-1 to 06-5 or 06-8: these can ring nobody's phone. */
export const fictionalPhone = (index: number) => `+31 6 0000 ${String(index).padStart(4, '0')}`

export const doorNotes: readonly string[] = [
  '',
  '',
  '',
  '',
  'Second bell from the top',
  'Leave with the neighbours at 12',
  'Third floor, steep stairs',
  'Ring twice',
  'Houseboat, mind the gangway',
  'Office: ask at the desk',
  'Call on arrival',
]

export const failureReasons: readonly string[] = [
  'Nobody at home, no neighbour who would take it',
  'The address does not exist',
  'The customer refused the parcel',
  'Entrance closed by roadworks',
  'The order was not ready after 20 minutes',
]

export const cancelReasons: readonly string[] = [
  'Cancelled by the customer',
  'The kitchen is out of stock',
  'Ordered twice',
]

export const complaints: Readonly<Record<1 | 2, readonly string[]>> = {
  1: ['Stone cold and half an hour late.', 'The soup was all over the bag.', 'This was not what I ordered.'],
  2: ['Late, and nobody told me.', 'The box was squashed.', 'Left at the wrong door.'],
}

export interface IssueText {
  readonly kind: IssueKind
  readonly reporter: IssueReporter
  readonly text: string
}

/** Issues that riders run into. */
export const streetIssues: readonly IssueText[] = [
  {
    kind: 'bike_problem',
    reporter: 'courier',
    text: 'Front brake squeals and bites late. I ride on, slowly.',
  },
  { kind: 'bike_problem', reporter: 'courier', text: 'Slow puncture at the back, pumped it up twice today.' },
  { kind: 'bike_problem', reporter: 'courier', text: 'The lock of the cargo box does not close any more.' },
  { kind: 'bike_problem', reporter: 'courier', text: 'Chain slips in the third gear.' },
  { kind: 'bike_problem', reporter: 'courier', text: 'The rear light is out.' },
  {
    kind: 'late',
    reporter: 'restaurant',
    text: 'The order has been ready for a quarter of an hour; where is the courier?',
  },
  { kind: 'late', reporter: 'customer', text: 'The app said ten minutes. That was half an hour ago.' },
  { kind: 'wrong_order', reporter: 'customer', text: 'I got the bag of somebody else.' },
  { kind: 'damaged', reporter: 'customer', text: 'The parcel was wet through.' },
  {
    kind: 'other',
    reporter: 'courier',
    text: 'The bridge is open and will not close; I go round by the next one.',
  },
  { kind: 'other', reporter: 'dispatcher', text: 'Roadworks at the tram stop: allow five minutes more.' },
]

export const issueComments: readonly string[] = [
  'Called the customer, all understood.',
  'Workshop looks at it this afternoon.',
  'Replacement is on its way.',
  'Courier informed.',
  'Refunded the delivery fee.',
  'Spare bike is ready at the depot.',
]
