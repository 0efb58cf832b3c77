// Whether JSON is what the Foundation SDK declares a dashboard to be, member by member: the types are read from the declaration files
// that its npm package carries, which Grafana generates from the schemas of its dashboards. A member that is not declared is as wrong
// as one of another type: Grafana would pass it over without a word.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { isPlainObject } from '#domain/plain-object.ts';

type Type =
  | { readonly kind: 'any' | 'string' | 'number' | 'boolean' | 'null' }
  | { readonly kind: 'literal'; readonly value: string | number }
  | { readonly kind: 'name'; readonly module: string; readonly name: string }
  | { readonly kind: 'list' | 'record'; readonly of: Type }
  | { readonly kind: 'union'; readonly of: readonly Type[] }
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, Member> };
type Member = { readonly type: Type; readonly isOptional: boolean };

const PACKAGE = '@grafana/grafana-foundation-sdk';
const PRIMITIVES = ['any', 'string', 'number', 'boolean', 'null'] as const;

export class DeclaredTypes {
  /** By `module/Name`. */
  readonly #types = new Map<string, Type>();
  readonly #read = new Set<string>();

  /** A sentence for each place that is not as declared. @param module of the package, such as `dashboard` */
  problemsOf(value: unknown, module: string, name: string): string[] {
    return this.#problems(value, { kind: 'name', module, name }, '');
  }

  #problems(value: unknown, type: Type, place: string): string[] {
    const wrong = (what: string) => [`${place || 'it'} is ${JSON.stringify(value)?.slice(0, 60)}, not ${what}`];
    switch (type.kind) {
      case 'any':
        return [];
      case 'null':
        return value === null ? [] : wrong('null');
      case 'literal':
        return value === type.value ? [] : wrong(String(type.value));
      case 'string':
      case 'number':
      case 'boolean':
        return typeof value === type.kind ? [] : wrong(`a ${type.kind}`);
      case 'name':
        return this.#problems(value, this.#typeOf(type.module, type.name), place);
      case 'list':
        if (!Array.isArray(value)) return wrong('a list');
        return value.flatMap((each, i) => this.#problems(each, type.of, `${place}[${i}]`));
      case 'record':
        if (!isPlainObject(value)) return wrong('an object');
        return Object.entries(value).flatMap(([key, each]) => this.#problems(each, type.of, `${place}.${key}`));
      case 'union': {
        const all = type.of.map((each) => this.#problems(value, each, place));
        // Of several that it might be, the one that it is most like.
        return all.reduce((least, each) => (each.length < least.length ? each : least));
      }
      case 'object':
        return this.#objectProblems(value, type.members, place);
    }
  }

  #objectProblems(value: unknown, members: ReadonlyMap<string, Member>, place: string): string[] {
    if (!isPlainObject(value)) return [`${place || 'it'} is ${JSON.stringify(value)}, not an object`];
    const unknown = Object.keys(value).filter((key) => !members.has(key));
    const missing = [...members].filter(([key, { isOptional }]) => !isOptional && value[key] === undefined);
    return [
      ...unknown.map((key) => `${place}.${key} is not declared`),
      ...missing.map(([key]) => `${place}.${key} is missing`),
      ...[...members].flatMap(([key, { type }]) =>
        value[key] === undefined ? [] : this.#problems(value[key], type, `${place}.${key}`),
      ),
    ];
  }

  #typeOf(module: string, name: string): Type {
    if (!this.#read.has(module)) {
      this.#read.add(module);
      for (const [declared, type] of parseDeclarations(module)) this.#types.set(`${module}/${declared}`, type);
    }
    const type = this.#types.get(`${module}/${name}`);
    if (type === undefined) throw new Error(`${PACKAGE}/${module} declares no ${name}`);
    return type;
  }
}

function parseDeclarations(module: string): Map<string, Type> {
  const entry = createRequire(import.meta.url).resolve(`${PACKAGE}/${module}`);
  const text = readFileSync(path.join(path.dirname(entry), 'types.gen.d.ts'), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const found = new Map<string, Type>();
  for (const [, kind, name = ''] of text.matchAll(/export (?:declare )?(interface|type|enum) (\w+)/g)) {
    const at = text.indexOf(`${kind} ${name} `) + `${kind} ${name} `.length;
    found.set(name, new TypeReader(text, at, module).declaration(kind ?? ''));
  }
  return found;
}

/** As much of TypeScript as generated declarations have. */
class TypeReader {
  readonly #text: string;
  readonly #module: string;
  #at: number;

  constructor(text: string, at: number, module: string) {
    this.#text = text;
    this.#at = at;
    this.#module = module;
  }

  declaration(kind: string): Type {
    if (kind === 'enum') return this.#enum();
    if (kind === 'type') this.#take('=');
    return this.#type();
  }

  #enum(): Type {
    const body = this.#text.slice(this.#text.indexOf('{', this.#at) + 1, this.#text.indexOf('}', this.#at));
    const values = [...body.matchAll(/= ("[^"]*"|-?\d+)/g)].map(
      ([, value]) => JSON.parse(value ?? '0') as string | number,
    );
    return { kind: 'union', of: values.map((value) => ({ kind: 'literal', value })) };
  }

  #type(): Type {
    const of = [this.#single()];
    while (this.#has('|')) of.push(this.#single());
    return of.length === 1 ? (of[0] as Type) : { kind: 'union', of };
  }

  #single(): Type {
    let type = this.#simple();
    while (this.#has('[]')) type = { kind: 'list', of: type };
    return type;
  }

  #simple(): Type {
    if (this.#has('{')) return this.#object();
    if (this.#has('(')) {
      const inner = this.#type();
      this.#take(')');
      return inner;
    }
    const literal = this.#match(/"([^"]*)"|'([^']*)'/y);
    if (literal !== null) return { kind: 'literal', value: literal[1] ?? literal[2] ?? '' };
    const number = this.#match(/-?\d+(?:\.\d+)?/y);
    if (number !== null) return { kind: 'literal', value: Number(number[0]) };
    const [name = ''] = this.#match(/[\w.]+/y) ?? [];
    const primitive = PRIMITIVES.find((each) => each === name);
    if (primitive !== undefined) return { kind: primitive };
    if (name === 'Record') {
      this.#take('<string,');
      const of = this.#type();
      this.#take('>');
      return { kind: 'record', of };
    }
    return this.#reference(name.split('.'));
  }

  /** Of another module, of this one, or one member of an enum. What queries are, each data source says for itself. */
  #reference([first = '', second]: readonly string[]): Type {
    if (first === 'cog') return { kind: 'any' };
    if (second === undefined) return { kind: 'name', module: this.#module, name: first };
    return /^[a-z]/.test(first)
      ? { kind: 'name', module: first, name: second }
      : { kind: 'name', module: this.#module, name: first };
  }

  #object(): Type {
    const members = new Map<string, Member>();
    while (!this.#has('}')) {
      const [, quoted, plain, mark] = this.#match(/(?:"([^"]+)"|(\w+))(\?)?:/y) ?? [];
      members.set(quoted ?? plain ?? '', { type: this.#type(), isOptional: mark === '?' });
      this.#take(';');
    }
    return { kind: 'object', members };
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    const blank = /\s*/y;
    blank.lastIndex = this.#at;
    blank.exec(this.#text);
    pattern.lastIndex = blank.lastIndex;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }

  #has(text: string): boolean {
    return this.#match(new RegExp(text.replace(/[|[\]{}()]/g, '\\$&').replace(' ', '\\s*'), 'y')) !== null;
  }

  #take(text: string): void {
    if (!this.#has(text)) throw new Error(`expected ${text} at: ${this.#text.slice(this.#at, this.#at + 80)}`);
  }
}
