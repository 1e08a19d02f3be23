/** Words that PostgreSQL 17 takes as a name in quotes only (its manual, appendix C: "reserved"). */
const keywords = new Set(
  (
    'all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation ' +
    'column concurrently constraint create cross current_catalog current_date current_role current_schema ' +
    'current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for ' +
    'foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral ' +
    'leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer ' +
    'overlaps placing primary references returning right select session_user similar some symmetric system_user ' +
    'table tablesample then to trailing true union unique user using variadic verbose when where window with'
  ).split(' '),
)
/** Words that pg_hba.conf, GRANT or the cluster itself gives a meaning. */
const special: Readonly<Record<'database' | 'role', ReadonlySet<string>>> = {
  database: new Set([
    'postgres',
    'template0',
    'template1',
    'replication',
    'sameuser',
    'samerole',
    'samegroup',
  ]),
  role: new Set(['postgres', 'replicator', 'rewinder', 'public', 'none', 'replication']),
}

/** Why a database or role cannot have the name; null when it can. */
export function reservedNames(kind: 'database' | 'role', name: string): string | null {
  if (keywords.has(name)) return 'It is a word of SQL, and every statement would need it in quotes.'
  if (special[kind].has(name)) return 'PostgreSQL or the cluster itself uses that name.'
  return kind === 'role' && name.startsWith('pg_') ? 'PostgreSQL keeps pg_ for roles of its own.' : null
}
