import type { EntityView, Me, RuleKindView } from '../../api/contract.ts';
import { maySetRule } from '../../model/duties.ts';
import type { Role, Scope } from '../../model/entities.ts';
import { ApiError } from './api.ts';

/** Rule kinds by family, and their parameters as a form: made from the JSON Schema the service gives. */

export const families = ['vehicle', 'terminal', 'energy', 'meter', 'device'] as const;
export type Family = (typeof families)[number];

export type RuleView = EntityView<'rules'> & { readonly id: string };

export function familyOf(kind: string): Family {
  if (kind.startsWith('vehicle.terminal-')) return 'terminal';
  if (/^(water|room|statistics)\./.test(kind)) return 'energy';
  return families.find((family) => kind.startsWith(`${family}.`)) ?? 'device';
}

/** What a person looks after. */
export const usualFamily = (role: Role): Family =>
  role === 'energy-officer' ? 'energy' : 'vehicle';

export const scopeTypes = ['everything', 'institution', 'building', 'vehicle', 'meter'] as const;
export type ScopeType = (typeof scopeTypes)[number];

const scopesOf: Readonly<Record<Family, readonly ScopeType[]>> = {
  vehicle: ['everything', 'institution', 'vehicle'],
  terminal: ['everything', 'institution', 'vehicle'],
  energy: ['everything', 'institution', 'building', 'meter'],
  meter: ['everything', 'institution', 'building', 'meter'],
  device: scopeTypes,
};

/** What a rule for one thing is for. */
export const scopeOf = (type: ScopeType, id: string): Scope =>
  type === 'everything' ? {} : { [type]: id };

/** Where somebody may set a kind: a rule for everything binds others too, so only who acts everywhere sets it. */
export const scopesFor = (kind: string, me: Pick<Me, 'role' | 'institution'>): ScopeType[] =>
  scopesOf[familyOf(kind)].filter(
    (type) =>
      (type !== 'everything' || me.institution === null) &&
      maySetRule(me.role, { kind, scope: scopeOf(type, 'any') }),
  );

export function scopeParts(scope: Scope): readonly [type: ScopeType, id: string] {
  const type = scopeTypes.find((known) => known !== 'everything' && scope[known] !== undefined);
  return type === undefined || type === 'everything'
    ? ['everything', '']
    : [type, scope[type] ?? ''];
}

type Fields = Readonly<Record<string, unknown>>;

const recordOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

export interface Param {
  readonly name: string;
  /** `words`: several, `digits`: some for each of several days, `limits` and `stretches`: a number, or several, for each of several things. */
  readonly input:
    | 'number'
    | 'flag'
    | 'choice'
    | 'text'
    | 'time'
    | 'words'
    | 'classes'
    | 'places'
    | 'digits'
    | 'limits'
    | 'stretches'
    | 'json';
  readonly min?: number;
  readonly max?: number;
  readonly isWhole: boolean;
  /** Of a choice. */
  readonly options: readonly string[];
  readonly initial: unknown;
}

/** Parameters that are ids of places. */
const placeLists = new Set(['stayIn', 'keepOut', 'tripsBeyond', 'alsoAt']);

/** Parameters that say something for each of what has an id. */
const collections = ['places', 'routes'] as const;
type Collection = (typeof collections)[number];

export const collectionOf = (name: string): Collection | undefined =>
  collections.find((known) => known === name);

const typeOf = (schema: Fields): unknown => schema['type'];
const isNumeric = (schema: Fields): boolean =>
  ['number', 'integer'].includes(String(typeOf(schema)));

/** A time of the day is taken, and nothing like it. */
function isTime({ pattern }: { readonly pattern?: unknown }): boolean {
  if (typeof pattern !== 'string') return false;
  const taken = new RegExp(pattern);
  return ['00:00', '08:30', '23:59'].every((text) => taken.test(text)) && !taken.test('8');
}

const isDigit = (schema: Fields): boolean =>
  typeOf(schema) === 'integer' && schema['minimum'] === 0 && schema['maximum'] === 9;

function listInput(name: string, schema: Fields): Param['input'] {
  if (placeLists.has(name)) return 'places';
  if (name === 'exemptClasses') return 'classes';
  const days = schema['prefixItems'];
  if (Array.isArray(days))
    return days.every((day) => isDigit(recordOf(recordOf(day)['items']))) ? 'digits' : 'json';
  return typeOf(recordOf(schema['items'])) === 'string' ? 'words' : 'json';
}

function recordInput(name: string, schema: Fields): Param['input'] {
  const each = recordOf(schema['additionalProperties']);
  if (collectionOf(name) === undefined) return 'json';
  if (isNumeric(each)) return 'limits';
  return isNumeric(recordOf(each['items'])) ? 'stretches' : 'json';
}

function inputOf(name: string, schema: Fields): Param['input'] {
  if (Array.isArray(schema['enum'])) return 'choice';
  if (isNumeric(schema)) return 'number';
  switch (typeOf(schema)) {
    case 'boolean':
      return 'flag';
    case 'string':
      return isTime(schema) ? 'time' : 'text';
    case 'array':
      return listInput(name, schema);
    case 'object':
      return recordInput(name, schema);
    default:
      return 'json';
  }
}

const bound = (name: 'min' | 'max', value: unknown) =>
  typeof value === 'number' ? { [name]: value } : {};

/** What its numbers must be: its own, or those it has for each thing. */
function boundsOf(schema: Fields) {
  const each = recordOf(schema['additionalProperties']);
  const [numbers = schema] = [schema, each, recordOf(each['items'])].filter(isNumeric);
  return {
    ...bound('min', numbers['minimum']),
    ...bound('max', numbers['maximum']),
    isWhole: numbers['type'] === 'integer',
  };
}

export function paramsOf({ params, defaults }: Pick<RuleKindView, 'params' | 'defaults'>): Param[] {
  return Object.entries(recordOf(params['properties'])).map(([name, value]) => {
    const schema = recordOf(value);
    const options: unknown = schema['enum'];
    return {
      name,
      input: inputOf(name, schema),
      ...boundsOf(schema),
      options: Array.isArray(options) ? options.map(String) : [],
      initial: defaults[name],
    };
  });
}

/** As it stands in its field. */
export const paramText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);

/** @throws ApiError where a text is no JSON */
function readJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const fault = { path: `params.${name}`, message: 'want JSON' };
    throw new ApiError(400, 'INPUT_INVALID', fault.message, [fault]);
  }
}

const words = (text: string): string[] => text.split(/[\s,，]+/).filter((word) => word !== '');

const asText: ReadonlySet<Param['input']> = new Set(['choice', 'text', 'time']);

/** A thing and the number, or numbers, for it, as typed. */
export interface LimitRow {
  readonly id: string;
  readonly text: string;
}

export const limitRows = (value: unknown): LimitRow[] =>
  Object.entries(recordOf(value)).map(([id, said]) => ({ id, text: [said].flat().join(' ') }));

/** What is typed for each thing, as its field holds it; what is no number is left for the service to refuse. */
export function limitsText(input: Param['input'], rows: readonly LimitRow[]): string {
  const entries = rows.map(({ id, text }) => {
    const numbers = words(text).map((word) => (Number.isNaN(Number(word)) ? word : Number(word)));
    return [id, input === 'stretches' ? numbers : (numbers[0] ?? null)] as const;
  });
  return JSON.stringify(Object.fromEntries(entries));
}

/** `1 6` and `1、6` → 1 and 6, each once. */
export const digitsIn = (text: string): number[] => [
  ...new Set([...text.normalize('NFKC').matchAll(/\d/g)].map(([digit]) => Number(digit))),
];

function readOne({ name, input }: Param, form: FormData): unknown {
  const text = String(form.get(name) ?? '').trim();
  if (input === 'flag') return form.get(name) !== null;
  if (input === 'classes') return form.getAll(name).map(String);
  if (input === 'places' || (input === 'words' && text !== '')) return words(text);
  if (text === '') return undefined;
  if (input === 'number') return Number(text);
  return asText.has(input) ? text : readJson(name, text);
}

/** What a form says other than the kind does by itself. @throws ApiError where a text is no JSON */
export function readParams(params: readonly Param[], form: FormData): Record<string, unknown> {
  const told = params.flatMap((param) => {
    const value = readOne(param, form);
    const isUsual = value === undefined || paramText(value) === paramText(param.initial);
    return isUsual ? [] : [[param.name, value] as const];
  });
  return Object.fromEntries(told);
}

/** `vehicle.off-route` → `off-route-k3x9qa`. */
export const freshRuleId = (kind: string, random: () => number = Math.random): string =>
  `${kind.split('.').at(-1) ?? kind}-${random().toString(36).slice(2, 8).padEnd(6, '0')}`;
