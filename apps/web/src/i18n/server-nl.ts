/** What the server may say to a person, and the same in Dutch. `{}` stands for a value. */
export const sentences: Readonly<Record<string, string>> = {
  'A courier is riding {}. It must be returned first.':
    'Een koerier rijdt op {}. De fiets moet eerst terug zijn.',
  'A tracker is mounted on {}. Move or remove the tracker first.':
    'Op {} zit een tracker. Verplaats of verwijder eerst de tracker.',
  'A user account belongs to {}. Take it from the courier first.':
    'Bij {} hoort een account. Maak dat eerst los van de koerier.',
  'A {} that is {} cannot {}. Possible from here: {}.':
    'Een {} met de status ‘{}’ kan niet: {}. Wat nu wel kan: {}.',
  'A {} that is {} cannot {}. Nothing is possible from here.':
    'Een {} met de status ‘{}’ kan niet: {}. Er kan nu niets meer.',
  'A {} with this id existed and was removed; choose a new id.':
    'Een {} met deze id bestond en is verwijderd; kies een nieuwe id.',
  'Another attachment has this id. Choose a new one.':
    'Een andere bijlage heeft deze id al. Kies een nieuwe.',
  'Another bike has the code {} now.': 'Een andere fiets heeft nu de code {}.',
  'Another bike has the code {}.': 'Een andere fiets heeft de code {} al.',
  'Another row has the same value ({}).': 'Een andere rij heeft dezelfde waarde al ({}).',
  'Another tracker has the id {}.': 'Een andere tracker heeft de id {} al.',
  'Another user has the name {}.': 'Iemand anders heeft de naam {} al.',
  'Ask the customer for the PIN of four digits and enter it.':
    'Vraag de klant om de pincode van vier cijfers en vul die in.',
  'Couriers may list their own deliveries only.': 'Koeriers zien alleen hun eigen bezorgingen.',
  'Couriers may see and change their own shift, bike and deliveries only.':
    'Koeriers zien en wijzigen alleen hun eigen dienst, fiets en bezorgingen.',
  'Couriers may undo what concerns themselves and their own deliveries only.':
    'Koeriers maken alleen ongedaan wat henzelf en hun eigen bezorgingen betreft.',
  'Couriers report as themselves, not for somebody else.':
    'Koeriers melden namens zichzelf, niet namens een ander.',
  'Metrics are given to this machine only. To open them to the network, set FLEET_METRICS_OPEN=1.':
    'Meetwaarden zijn alleen voor deze computer. Zet FLEET_METRICS_OPEN=1 om ze voor het netwerk open te stellen.',
  'Only a courier’s own phone says when a step was taken. Leave out happenedAtMs.':
    'Alleen de telefoon van de koerier zegt wanneer een stap is gezet. Laat happenedAtMs weg.',
  'Only dispatchers and admins may undo what somebody else did.':
    'Alleen planners en beheerders maken ongedaan wat een ander deed.',
  'Only what was delivered can be rated.': 'Alleen wat is bezorgd, kan een beoordeling krijgen.',
  'Somebody else changed this {} in the meantime. Look at the new state and decide again.':
    'Iemand anders heeft deze {} intussen gewijzigd. Bekijk hoe het nu is en beslis opnieuw.',
  'Something on the way to the server does not let this pass ({}). It is too large or of a wrong kind.':
    'Iets op de weg naar de server laat dit niet door ({}). Het is te groot of van een verkeerde soort.',
  'Say how to reach the servers.': 'Zeg hoe de servers te bereiken zijn.',
  'Some fields are not as they must be.': 'Enkele velden zijn niet zoals ze moeten zijn.',
  'The settings file {} cannot be written.':
    'Het instellingenbestand {} kan niet worden geschreven. Maak ruimte, of maak de map schrijfbaar, en sla opnieuw op.',
  'The database does not say who is signed in. Close the app and open it again: then it asks where the data is.':
    'De database zegt niet wie is aangemeld. Sluit de app en open die opnieuw: dan vraagt de app waar de gegevens staan.',
  'The settings of the app are for admins, or for whoever has signed out.':
    'De instellingen van de app zijn voor beheerders, of voor wie zich heeft afgemeld.',
  'This program works on the servers only.': 'Dit programma werkt alleen op de servers.',
  'This app works on the cluster only, and PG_HOST does not say where that is.':
    'Deze app werkt alleen op het cluster, en PG_HOST zegt niet waar dat is.',
  'Set PG_HOST.': 'Stel PG_HOST in.',
  '{} is set but PG_HOST is not, so nobody knows which server is meant.':
    '{} is ingesteld maar PG_HOST niet, dus niemand weet welke server is bedoeld.',
  'Set PG_HOST to use PostgreSQL, or unset {} to use the embedded database.':
    'Stel PG_HOST in om PostgreSQL te gebruiken, of haal {} weg om de ingebouwde database te gebruiken.',
  'FLEET_DB and PG_HOST are both set, so nobody knows where the data is.':
    'FLEET_DB en PG_HOST zijn allebei ingesteld, dus niemand weet waar de gegevens staan.',
  'Unset FLEET_DB to use PostgreSQL, or unset PG_HOST to use the file.':
    'Haal FLEET_DB weg om PostgreSQL te gebruiken, of PG_HOST om het bestand te gebruiken.',
  '{} is not set, and PG_HOST is.': '{} is niet ingesteld, en PG_HOST wel.',
  'Set {}, for instance to {}.': 'Stel {} in, bijvoorbeeld op {}.',
  '{} is not a whole number from {} to {}.': '{} is geen geheel getal van {} tot en met {}.',
  'Set {} to such a number, or unset it for {}.': 'Stel {} zo in, of haal het weg voor {}.',
  '{} is "{}", which is not a whole number from {} to {}.':
    '{} is "{}", en dat is geen geheel getal van {} tot en met {}.',
  'Set it to such a number, or unset it for {}.': 'Stel zo’n getal in, of haal het weg voor {}.',
  '{} is "{}", which is no host name and no IP address.':
    '{} is "{}", en dat is geen hostnaam en geen IP-adres.',
  'Set it to one, without a port.': 'Stel er een in, zonder poort.',
  '{} is "{}".': '{} is nu "{}".',
  'Set it to one of {}.': 'Stel een van deze in: {}.',
  'Set it to one of {}. Did you mean {}?': 'Stel een van deze in: {}. Bedoel je {}?',
  '{} is "{}", which is no web address.': '{} is "{}", en dat is geen webadres.',
  'Set it like https://fleet.example.nl, without a path.':
    'Stel het in zoals https://fleet.example.nl, zonder pad.',
  '{} has "{}", which is no IP address and no network.':
    '{} bevat "{}", en dat is geen IP-adres en geen netwerk.',
  'Set it like 10.0.0.101,10.0.0.102 or 10.0.0.0/24.':
    'Stel het in zoals 10.0.0.101,10.0.0.102 of 10.0.0.0/24.',
  '{} is "{}", which is no telephone number.': '{} is "{}", en dat is geen telefoonnummer.',
  'Set it like +31 20 123 4567.': 'Stel het in zoals +31 20 123 4567.',
  'FLEET_OSMAND_PORT and FLEET_PORT are both {}.': 'FLEET_OSMAND_PORT en FLEET_PORT zijn allebei {}.',
  'Give each a port of its own, or set FLEET_OSMAND_PORT=off: trackers can use /ingest/osmand on the main port.':
    'Geef elk een eigen poort, of stel FLEET_OSMAND_PORT=off in: trackers kunnen /ingest/osmand op de gewone poort gebruiken.',
  'PGSSLROOTCERT names a file that does not exist or cannot be read.':
    'PGSSLROOTCERT noemt een bestand dat er niet is of niet leesbaar is.',
  'Set PGSSLROOTCERT to the PEM file of the authority that signed the server certificate.':
    'Stel PGSSLROOTCERT in op het PEM-bestand van de autoriteit die het certificaat van de server tekende.',
  'PGSSLMODE {} falls back to plain text when somebody in between asks for it.':
    'PGSSLMODE {} valt terug op onversleuteld als iemand onderweg daarom vraagt.',
  'PGSSLMODE is not a mode that is known here.': 'PGSSLMODE is geen bekende waarde.',
  'Set PGSSLMODE to one of {}.': 'Stel PGSSLMODE in op een van: {}.',
  'PGSSLROOTCERT is set but PGSSLMODE is not, so the connection would be plain text.':
    'PGSSLROOTCERT is ingesteld maar PGSSLMODE niet, dus de verbinding zou onversleuteld zijn.',
  'Set PGSSLMODE=verify-full, or unset PGSSLROOTCERT.':
    'Stel PGSSLMODE=verify-full in, of haal PGSSLROOTCERT weg.',
  'Something went wrong on our side.': 'Er ging iets mis aan onze kant.',
  'The PIN was wrong {} times. Call the dispatcher, who can allow more tries.':
    'De pincode was {} keer fout. Bel de planner, die meer pogingen kan toestaan.',
  'The answer of the server cannot be read here. Load the page again and see whether it was done.':
    'Het antwoord van de server is hier niet leesbaar. Laad de pagina opnieuw en kijk of het gedaan is.',
  'The bike named here does not exist (any more).': 'De fiets die hier staat, bestaat niet (meer).',
  'The courier named here does not exist (any more).': 'De koerier die hier staat, bestaat niet (meer).',
  'The live screen is not for this role.': 'Het live scherm is niet voor deze rol.',
  'The name or the password is wrong.': 'De naam of het wachtwoord klopt niet.',
  'The range begins behind the end of the tiles.': 'Het bereik begint achter het einde van de tegels.',
  'The request is not well-formed HTTP with a JSON body in UTF-8.':
    'Het verzoek is geen geldige HTTP met JSON in UTF-8.',
  'The role {} may not do this. It is for: {}.': 'De rol {} mag dit niet. Het is voor: {}.',
  'The {} named here does not exist (any more).': 'De {} die hier staat, bestaat niet (meer).',
  'The {} was not stored (any more). Send it again, then this.':
    'De {} is niet (meer) opgeslagen. Stuur die opnieuw, en dan dit.',
  'There are {} saved views already. Remove one that you do not need.':
    'Er zijn al {} opgeslagen weergaven. Verwijder er een die niet nodig is.',
  'There is no such attachment.': 'Deze bijlage bestaat niet.',
  'There is no such bike.': 'Deze fiets bestaat niet.',
  'There is no such courier.': 'Deze koerier bestaat niet.',
  'There is no such delivery.': 'Deze bezorging bestaat niet.',
  'There is no such issue.': 'Deze melding bestaat niet.',
  'There is no such {}.': 'Deze {} bestaat niet.',
  'There is nothing at this address.': 'Op dit adres is niets.',
  'This account is not linked to a courier yet; an admin can do that.':
    'Dit account hoort nog bij geen koerier; een beheerder kan dat instellen.',
  'This action ({}) stored or removed a secret and cannot be undone. Do it again the other way round.':
    'Deze actie ({}) bewaarde of verwijderde een geheim en kan niet ongedaan worden gemaakt. Doe het andersom opnieuw.',
  'This action cannot be undone.': 'Deze actie kan niet ongedaan worden gemaakt.',
  'This action is not known (any more), so it cannot be undone.':
    'Deze actie is niet (meer) bekend en kan dus niet ongedaan worden gemaakt.',
  'This action was refused, so there is nothing to undo.':
    'Deze actie is geweigerd, dus er is niets ongedaan te maken.',
  'This address does not take {}; it takes {}.': 'Dit adres neemt {} niet aan; wel: {}.',
  'This idempotency key was used for something else. Choose a new key for each intent.':
    'Deze sleutel (Idempotency-Key) is al voor iets anders gebruikt. Kies een nieuwe voor elke handeling.',
  'This issue does not exist (any more).': 'Deze melding bestaat niet (meer).',
  'This map is no longer the current one.': 'Deze kaart is niet meer de huidige.',
  'This needs you to be signed in.': 'Meld je hiervoor eerst aan.',
  'This request came from a page that is not part of this app.':
    'Dit verzoek kwam van een pagina die niet bij deze app hoort.',
  'This server answers to the names of this machine only.':
    'Deze server luistert alleen naar de namen van deze computer.',
  'This server is for the window of the desktop app that started it.':
    'Deze server is er alleen voor het venster van de app die hem heeft gestart.',
  'This sign-in link was used before or is older than ten minutes.':
    'Deze aanmeldlink is al gebruikt of is ouder dan tien minuten.',
  'This tracking link does not exist (any more).': 'Deze volglink bestaat niet (meer).',
  'This was done before, and the row was removed since.':
    'Dit is al gedaan, en de rij is sindsdien verwijderd.',
  'This {} does not exist (any more).': 'Deze {} bestaat niet (meer).',
  'This {} exists already.': 'Deze {} bestaat al.',
  'Too many attempts to sign in.': 'Te veel pogingen om aan te melden.',
  'Too many links that do not exist were tried.': 'Er zijn te veel links geprobeerd die niet bestaan.',
  'Too many people sign in at this moment.': 'Er melden zich nu te veel mensen tegelijk aan.',
  'Too many requests came from your address.': 'Er kwamen te veel verzoeken van je adres.',
  'Undoing this action ({}) is for those who may do it.':
    'Deze actie ({}) ongedaan maken is voor wie haar mag doen.',
  'data: is no JPEG, PNG or WebP image.': 'data: is geen JPEG-, PNG- of WebP-afbeelding.',
  'The body is of a type that this route does not take.':
    'De inhoud is van een soort die hier niet wordt aangenomen.',
  'The body is larger than this route takes.': 'De inhoud is groter dan hier wordt aangenomen.',
  'The database cannot be reached at the moment; nothing was changed.':
    'De database is nu niet bereikbaar; er is niets gewijzigd.',
  'The connection to the database broke during the commit: the change may or may not have happened.':
    'De verbinding met de database brak tijdens het vastleggen: de wijziging is misschien wel en misschien niet gebeurd.',
  'The database could not write.': 'De database kon niet schrijven.',
  '{} carries a tracker. Move or remove the tracker first.':
    '{} heeft een tracker bij zich. Verplaats of verwijder eerst de tracker.',
  '{} has a bike already and must return it first.': '{} heeft al een fiets en moet die eerst terugbrengen.',
  '{} has a bike and must return it first.': '{} heeft een fiets en moet die eerst terugbrengen.',
  '{} has deliveries under way. Give them to somebody else first.':
    '{} heeft nog bezorgingen lopen. Geef die eerst aan iemand anders.',
  '{} has no bike to return.': '{} heeft geen fiets om terug te brengen.',
  '{} has {} already.': '{} heeft {} al.',
  '{} is off shift. Choose somebody who is working.': '{} heeft geen dienst. Kies iemand die werkt.',
  '{} is off shift. Start the shift first.': '{} heeft geen dienst. Begin eerst de dienst.',
  '{} is the only admin who can sign in. Make somebody else admin first.':
    '{} is de enige beheerder die zich kan aanmelden. Maak eerst iemand anders beheerder.',
  '{} is {} and cannot be changed any more.': '{} is {} en kan niet meer worden gewijzigd.',
  '{} was changed after this action, so it cannot be undone any more. Look at it as it is now and correct it.':
    '{} is na deze actie gewijzigd, dus die kan niet meer ongedaan worden gemaakt. Bekijk hoe het nu is en verbeter het.',
  '{} was removed after this action, so it cannot be undone any more.':
    '{} is na deze actie verwijderd, dus die kan niet meer ongedaan worden gemaakt.',
}

/** Values that are words: kinds of rows, states, steps and roles. Names, codes and what is quoted stay as they are. */
export const words: Readonly<Record<string, string>> = {
  // Kinds.
  bike: 'fiets',
  courier: 'koerier',
  delivery: 'bezorging',
  issue: 'melding',
  zone: 'zone',
  device: 'tracker',
  user: 'account',
  service: 'onderhoudsbeurt',
  shift: 'dienst',
  photo: 'foto',
  signature: 'handtekening',
  // States.
  available: 'beschikbaar',
  'in use': 'in gebruik',
  charging: 'laadt op',
  maintenance: 'werkplaats',
  missing: 'vermist',
  off: 'vrij',
  on: 'in dienst',
  break: 'pauze',
  unassigned: 'niet toegewezen',
  assigned: 'toegewezen',
  'picked up': 'opgehaald',
  picked_up: 'opgehaald',
  delivered: 'bezorgd',
  failed: 'mislukt',
  cancelled: 'geannuleerd',
  open: 'open',
  'in progress': 'in behandeling',
  resolved: 'opgelost',
  // Steps.
  take: 'meenemen',
  return: 'terugbrengen',
  charge: 'opladen',
  release: 'vrijgeven',
  'report missing': 'als vermist melden',
  find: 'terugvinden',
  start: 'beginnen',
  pause: 'pauzeren',
  resume: 'hervatten',
  end: 'beëindigen',
  assign: 'toewijzen',
  unassign: 'terugnemen',
  'pick up': 'ophalen',
  deliver: 'bezorgen',
  fail: 'als mislukt melden',
  retry: 'opnieuw proberen',
  cancel: 'annuleren',
  stop: 'stoppen',
  resolve: 'oplossen',
  reopen: 'heropenen',
  // Roles.
  admin: 'beheerder',
  dispatcher: 'planner',
  mechanic: 'monteur',
  viewer: 'meekijker',
}

const patterns = Object.entries(sentences)
  // What begins with a value would take longer sentences, too.
  .toSorted(([a], [b]) => b.replaceAll('{}', '').length - a.replaceAll('{}', '').length)
  .map(([english, dutch]) => ({
    pattern: new RegExp(`^${english.split('{}').map(escaped).join('(.+?)')}$`, 's'),
    isQuoted: english.split('{}').map((before) => before.endsWith('"')),
    dutch,
  }))

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** A sentence of the server in Dutch; as it is when it is none that we know. */
export function toDutch(sentence: string): string {
  for (const { pattern, isQuoted, dutch } of patterns) {
    const found = pattern.exec(sentence)?.slice(1)
    if (found === undefined) continue
    const values = found.map((value, at) => (isQuoted[at] ? value : valueInDutch(value)))
    let next = 0
    return dutch.replaceAll('{}', () => values[next++]!)
  }
  return sentence
}

const valueInDutch = (value: string): string =>
  value
    .split(', ')
    .map((word) => (Object.hasOwn(words, word) ? words[word]! : word))
    .join(', ')
