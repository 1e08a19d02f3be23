import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import type { SpecProblem } from './cluster-spec.ts'
import { nearestWord } from './nearest-word.ts'
import { describeYamlError } from './yaml-error.ts'

/** What is wrong with a value: three sentences for the operator. */
export class Fault {
  readonly message: string
  readonly why: string
  readonly fix: string

  constructor(message: string, why: string, fix: string) {
    this.message = message
    this.why = why
    this.fix = fix
  }
}

/** A value as it stands in the file: YAML's reading of it and its own letters. */
export interface Written {
  readonly value: string | number | boolean
  readonly text: string
}
/** Gives what a value means, or what is wrong with it. */
export type FieldReader<T> = (written: Written) => T | Fault

/**
 * A YAML file that remembers the line of every field. Problems are collected, not thrown, so that the operator
 * sees all of them at once.
 */
export class SpecSource {
  readonly file: string
  readonly #problems: SpecProblem[] = []
  readonly #lines = new Map<string, number>()
  readonly #unsound = new Set<string>()
  readonly #sections: Section[] = []
  readonly #counter = new LineCounter()
  readonly #document

  constructor(text: string, file: string) {
    this.file = file
    this.#document = parseDocument(text, {
      lineCounter: this.#counter,
      prettyErrors: false,
      // Told here, with the line of the first one.
      uniqueKeys: false,
    })
    for (const error of [...this.#document.errors, ...this.#document.warnings])
      this.#add('error', this.#counter.linePos(error.pos[0]).line, '', describeYamlError(error))
  }

  /** The file cannot be read as YAML: what it seems to say means nothing. */
  get isBroken(): boolean {
    return this.#document.errors.length + this.#document.warnings.length > 0
  }

  /** The whole file. Null, and a problem, when it is not a map. */
  root(): Section | null {
    const { contents } = this.#document
    if (isMap(contents)) return this.section('', contents)
    this.#add(
      'error',
      1,
      '',
      contents === null
        ? new Fault(
            'The file is empty.',
            'There is nothing to deploy.',
            `Delete it and write a new one: fleet cluster init --file ${this.file}`,
          )
        : new Fault(
            'The file holds no fields.',
            'A cluster is described by `field: value` lines.',
            'Write a new one with fleet cluster init and compare.',
          ),
    )
    return null
  }

  /** All problems in the order of the file. Call after everything was read: unknown fields are found here. */
  finish(): readonly SpecProblem[] {
    for (const section of this.#sections) section.reportUnknown(this.#sections)
    return this.#problems.toSorted((a, b) => a.line - b.line)
  }

  /** The field's line, or that of the nearest section around it. */
  lineOf(field: string): number {
    for (let path = field; path !== ''; path = parentOf(path)) {
      const line = this.#lines.get(path)
      if (line !== undefined) return line
    }
    return 1
  }

  /** The first of the fields that the file has; the first one when it has none of them. */
  mostSpecific(fields: readonly string[]): string {
    return fields.find((field) => this.#lines.has(field)) ?? fields[0] ?? ''
  }

  /** The fields were given well or left out; a check over several of them would only repeat what was said. */
  isSound(...fields: readonly string[]): boolean {
    return fields.every((field) => {
      for (let path = field; path !== ''; path = parentOf(path)) if (this.#unsound.has(path)) return false
      return true
    })
  }

  error(field: string, message: string, why: string, fix: string): void {
    this.#add('error', this.lineOf(field), field, { message, why, fix })
  }

  warn(field: string, message: string, why: string, fix: string): void {
    this.#add('warning', this.lineOf(field), field, { message, why, fix })
  }

  /** As `error`, and checks that need the field are left out. */
  refuse(field: string, fault: Fault): void {
    this.#unsound.add(field)
    this.#add('error', this.lineOf(field), field, fault)
  }

  /** @internal for Section: a part of the field is wrong, which was said already */
  distrust(field: string): void {
    this.#unsound.add(field)
  }

  /** @internal for Section */
  note(field: string, line: number): void {
    if (!this.#lines.has(field)) this.#lines.set(field, line)
  }

  /** @internal for Section */
  reportAt(line: number, field: string, fault: Fault): void {
    this.#unsound.add(field)
    this.#add('error', line, field, fault)
  }

  /** @internal for Section: the 1-based line of a node; the section's when it has no place of its own */
  lineOfNode(node: unknown): number {
    const range = (node as Node | null)?.range
    return range ? this.#counter.linePos(range[0]).line : 1
  }

  /** @internal for Section: what an alias stands for */
  resolve(node: unknown): unknown {
    return isAlias(node) ? (node.resolve(this.#document) ?? null) : node
  }

  /** @internal for Section */
  section(path: string, map: YAMLMap | null): Section {
    const section = new Section(this, path, map)
    this.#sections.push(section)
    return section
  }

  #add(
    severity: SpecProblem['severity'],
    line: number,
    field: string,
    { message, why, fix }: { message: string; why: string; fix: string },
  ) {
    this.#problems.push({ severity, file: this.file, line, field, message, why, fix })
  }
}

/** One map of the file. Every key that is read is known; the rest are reported. */
export class Section {
  readonly path: string
  readonly #source: SpecSource
  readonly #nodes = new Map<string, unknown>()
  readonly #known = new Set<string>()
  #isOpen = false

  constructor(source: SpecSource, path: string, map: YAMLMap | null) {
    this.path = path
    this.#source = source
    for (const { key, value } of map?.items ?? []) {
      const node = source.resolve(key)
      const line = source.lineOfNode(key)
      const name = isScalar(node) ? lettersOf(node) : null
      if (name === null) {
        source.reportAt(
          line,
          path,
          new Fault('A name is missing or is no plain word.', 'Fields have names.', 'Write `name: value`.'),
        )
        continue
      }
      const field = this.fieldOf(name)
      if (this.#nodes.has(name))
        source.reportAt(
          line,
          field,
          new Fault(
            `${name} is here twice, first on line ${source.lineOf(field)}.`,
            'Only one of them can be meant.',
            'Delete one of the two lines.',
          ),
        )
      else {
        source.note(field, line)
        this.#nodes.set(name, source.resolve(value))
      }
    }
  }

  /** The names in the order of the file. */
  get names(): readonly string[] {
    return [...this.#nodes.keys()]
  }

  fieldOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`
  }

  has(name: string): boolean {
    return this.#nodes.has(name)
  }

  /** A field that must be there. @param standIn what checks go on with when it is missing or wrong */
  required<T>(name: string, read: FieldReader<T>, standIn: T, why: string, fix: string): T {
    this.#known.add(name)
    if (!this.#nodes.has(name)) {
      this.#source.refuse(this.fieldOf(name), new Fault(`${name} is missing.`, why, fix))
      return standIn
    }
    return this.#scalar(name, this.#nodes.get(name), read, standIn)
  }

  optional<T>(name: string, read: FieldReader<T>, absent: T): T {
    this.#known.add(name)
    return this.#nodes.has(name) ? this.#scalar(name, this.#nodes.get(name), read, absent) : absent
  }

  /** A list of scalars; null when it is not there or is no list. Items that are wrong are reported and left out. */
  list<T>(name: string, read: FieldReader<T>, example: string): readonly T[] | null {
    this.#known.add(name)
    if (!this.#nodes.has(name)) return null
    const field = this.fieldOf(name)
    const node = this.#nodes.get(name)
    if (!isSeq(node)) {
      this.#source.refuse(
        field,
        new Fault(
          `${name} is ${describeNode(node)}, not a list.`,
          'There may be several.',
          `Write it in brackets: ${name}: [${example}].`,
        ),
      )
      return null
    }
    const none = Symbol('none')
    const values = node.items.flatMap((item, index) => {
      this.#source.note(`${field}.${index}`, this.#source.lineOfNode(item))
      const value = this.#scalar<T | typeof none>(`${name}.${index}`, this.#source.resolve(item), read, none)
      return value === none ? [] : [value]
    })
    if (values.length < node.items.length) this.#source.distrust(field)
    return values
  }

  /** A map below; an empty one when it is not there. */
  section(name: string): Section {
    this.#known.add(name)
    const node = this.#nodes.get(name)
    const isEmpty = node === undefined || node === null || (isScalar(node) && node.value === null)
    if (!isEmpty && !isMap(node))
      this.#source.refuse(
        this.fieldOf(name),
        new Fault(
          `${name} is ${describeNode(node)}, where fields belong.`,
          'It is a section.',
          `Write the fields of ${name} below it, indented, or between { and }.`,
        ),
      )
    return this.#source.section(this.fieldOf(name), isMap(node) ? node : null)
  }

  /** Every scalar of a section whose names the operator chooses. */
  entries<T>(read: (name: string, written: Written) => T | Fault): ReadonlyMap<string, T> {
    this.#isOpen = true
    const none = Symbol('none')
    const values = new Map<string, T>()
    for (const [name, node] of this.#nodes) {
      const value = this.#scalar<T | typeof none>(name, node, (written) => read(name, written), none)
      if (value !== none) values.set(name, value)
    }
    return values
  }

  /** Every map of a section whose names the operator chooses. */
  sections(): readonly { readonly name: string; readonly section: Section }[] {
    this.#isOpen = true
    return this.names.map((name) => ({ name, section: this.section(name) }))
  }

  /** @internal for SpecSource */
  reportUnknown(all: readonly Section[]): void {
    if (this.#isOpen) return
    for (const name of this.names) {
      if (this.#known.has(name)) continue
      const field = this.fieldOf(name)
      const near = nearestWord(name, this.#known)
      const elsewhere = all.find((other) => other !== this && !other.#isOpen && other.#known.has(name))
      const fix =
        near !== null
          ? `Did you mean ${near}?`
          : elsewhere
            ? `Did you mean ${elsewhere.fieldOf(name)}? Move it there.`
            : `Remove it. Fields here: ${[...this.#known].join(', ')}.`
      this.#source.error(
        field,
        `There is no field ${name}${this.path ? ` in ${this.path}` : ''}.`,
        'It would change nothing, which is seldom what was meant.',
        fix,
      )
    }
  }

  #scalar<T>(name: string, node: unknown, read: FieldReader<T>, standIn: T): T {
    const field = this.fieldOf(name)
    const written = toWritten(node)
    if (written instanceof Fault || written === null) {
      this.#source.refuse(
        field,
        written ??
          new Fault(
            `${name} has no value.`,
            'An empty value could mean anything.',
            'Give it a value, or remove the line for the default.',
          ),
      )
      return standIn
    }
    const value = read(written)
    if (!(value instanceof Fault)) return value
    this.#source.refuse(field, value)
    return standIn
  }
}

function toWritten(node: unknown): Written | Fault | null {
  if (node === null || node === undefined) return null
  if (!isScalar(node))
    return new Fault(
      `It is ${describeNode(node)}, where one value belongs.`,
      'The field has a single value.',
      'Write `name: value` on one line.',
    )
  const { value } = node
  if (value === null) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return { value, text: lettersOf(node) ?? '' }
  return new Fault(
    'It is no plain value.',
    'The field has a single value.',
    'Write `name: value` on one line.',
  )
}

function describeNode(node: unknown): string {
  if (isMap(node)) return 'a section of fields'
  if (isSeq(node)) return 'a list'
  const letters = isScalar(node) ? lettersOf(node) : null
  return letters === null ? 'empty' : `"${letters}"`
}

/** A scalar as it was typed, without its quotes: `0x10` stays `0x10`. Null when it is empty. */
function lettersOf({ value, source }: Scalar): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? (source ?? String(value)) : null
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')))
