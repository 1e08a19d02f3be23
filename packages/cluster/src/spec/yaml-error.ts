import type { YAMLError } from 'yaml'

const fixes: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BAD_INDENT: 'Indent the fields of one section alike, with spaces.',
  MISSING_CHAR: 'Close every quote, bracket and brace that was opened.',
  BLOCK_AS_IMPLICIT_KEY: 'Look for a missing line break, or put quotes around a value that holds a colon.',
  MULTILINE_IMPLICIT_KEY: 'Look for a missing colon, on this line or the one before.',
  MULTIPLE_DOCS: 'Remove the line `---`: the file describes one cluster.',
  UNEXPECTED_TOKEN: 'Put quotes around a value that holds : # [ ] { } or starts with one of @ ` % & * !.',
  TAG_RESOLVE_FAILED: 'Remove the tag: plain values are enough.',
}

/** A problem of the YAML itself, in words for who typed it. */
export const describeYamlError = (
  error: YAMLError,
): { readonly message: string; readonly why: string; readonly fix: string } => ({
  message: `${error.message.replace(/\.$/, '')}.`,
  why: 'The file cannot be read as YAML; the other checks wait for that.',
  fix: fixes[error.code] ?? 'Compare the line with a file from fleet cluster init.',
})
