import type { ZodType } from 'zod';
import type { EntityKind } from '../model/entities.ts';
import type { Medium } from '../model/metrics.ts';
import { instantMs } from './fields.ts';
import { checkItems, checkLineMedium, checkWays } from './line-checks.ts';
import { checkReach } from './line-reach.ts';
import { checkMapping, checkOneSecret } from './mqtt-checks.ts';
import { type Fields, isFields } from './references.ts';
import type { Path } from './source.ts';
import { type Complaint, complaints, shown } from './wording.ts';

/** What the rooms that own profiles and rules know. */
export interface Knowledge {
  /** Names of register maps beside `generic`. */
  readonly profiles: ReadonlySet<string>;
  /** Mappings of MQTT payloads by name; `meter` is there where messages say which meter they are about. */
  readonly mappings: ReadonlyMap<string, { readonly meter?: unknown }>;
  /** Whether a DL/T 645 data identifier holds something the catalogue has; without, none is questioned. */
  readonly isDlt645Item?: (item: string) => boolean;
  /** Vendor profiles of terminals; without, none is questioned. */
  readonly terminalProfiles?: ReadonlySet<string>;
  /** Rule kind → the shape of its parameters. */
  readonly ruleKinds: ReadonlyMap<string, ZodType>;
}

function checkModbus(fields: Fields, { profiles }: Knowledge): readonly Complaint[] {
  const modbus = fields['modbus'];
  if (!isFields(modbus) || typeof modbus['profile'] !== 'string') return [];
  const profile = modbus['profile'];
  const hasRegisters = modbus['registers'] !== undefined;
  if (profile === 'generic') {
    return hasRegisters
      ? []
      : [
          {
            path: ['modbus', 'registers'],
            message: 'missing; profile generic wants a list of registers',
          },
        ];
  }
  const unknown = {
    path: ['modbus', 'profile'],
    message: `got ${shown(profile)}, want ${[...profiles, 'generic'].join(' | ')}`,
  };
  const needless = {
    path: ['modbus', 'registers'],
    message: 'only profile generic takes registers',
  };
  return [...(profiles.has(profile) ? [] : [unknown]), ...(hasRegisters ? [needless] : [])];
}

/** What only meters of one medium have. */
const ofMedium: Readonly<Record<string, Medium>> = {
  gas: 'gas',
  circuit: 'electricity',
  room: 'environment',
};

const checkOfMedium = (fields: Fields): readonly Complaint[] =>
  Object.entries(ofMedium).flatMap(([field, medium]) =>
    fields[field] === undefined || fields['medium'] === medium
      ? []
      : [{ path: [field], message: `only a meter of medium ${medium} has it` }],
  );

function checkSpan(fields: Fields, path: Path): readonly Complaint[] {
  const moment = (value: unknown) =>
    instantMs(value) ??
    (typeof value === 'string' && value.length === 10 ? Date.parse(value) : Number.NaN);
  if (!(moment(fields['to']) <= moment(fields['from']))) return [];
  return [
    {
      path: [...path, 'to'],
      message: `got ${shown(fields['to'])}, want a time after from, ${shown(fields['from'])}`,
    },
  ];
}

const checkSpans =
  (name: 'sealed' | 'closures') =>
  (fields: Fields): readonly Complaint[] => {
    const spans = fields[name];
    return Array.isArray(spans)
      ? spans.flatMap((span, i) => (isFields(span) ? checkSpan(span, [name, i]) : []))
      : [];
  };

function checkPlace({ circle, polygon }: Fields): readonly Complaint[] {
  if ((circle === undefined) !== (polygon === undefined)) return [];
  return [
    {
      path: [],
      message: `got ${circle ? 'both circle and polygon' : 'neither circle nor polygon'}, want exactly one`,
    },
  ];
}

function checkChannel({ kind, url, to, secret }: Fields): readonly Complaint[] {
  const found: Complaint[] = [];
  const missing = (path: string) =>
    found.push({ path: [path], message: `missing; a channel of kind ${kind} wants it` });
  const needless = (path: string) =>
    found.push({ path: [path], message: `a channel of kind ${kind} does not take it` });
  if (kind === 'webhook') {
    if (url === undefined) missing('url');
    if (to !== undefined) needless('to');
  }
  if (kind === 'email') {
    if (to === undefined) missing('to');
    if (url !== undefined) needless('url');
    if (secret !== undefined) needless('secret');
  }
  return found;
}

const checkUser = ({ role, institution }: Fields): readonly Complaint[] =>
  (institution === undefined || institution === null) && role !== 'admin'
    ? [{ path: ['institution'], message: 'missing; only an admin may act everywhere' }]
    : [];

const checkCalendar = ({ id, date }: Fields): readonly Complaint[] =>
  id === undefined || id === date
    ? []
    : [{ path: ['id'], message: `got ${shown(id)}, want the date itself, or nothing` }];

function checkRule(
  { kind, scope, params = {} }: Fields,
  { ruleKinds }: Knowledge,
): readonly Complaint[] {
  const found: Complaint[] = [];
  if (isFields(scope) && Object.keys(scope).length > 1) {
    const got = Object.keys(scope).join(' and ');
    found.push({
      path: ['scope'],
      message: `got ${got}, want one of meter, vehicle, building, institution, or {}`,
    });
  }
  if (typeof kind !== 'string') return found;
  const shape = ruleKinds.get(kind);
  if (!shape) {
    const message = `got ${shown(kind)}, want ${[...ruleKinds.keys()].join(' | ')}`;
    return [...found, { path: ['kind'], message }];
  }
  if (!isFields(params)) return found;
  const parsed = shape.safeParse(params);
  const wrong = parsed.success ? [] : complaints(parsed.error.issues, params);
  const taken = parsed.success ? parsed.data : undefined;
  const unknown = isFields(taken)
    ? Object.keys(params).filter((key) => !Object.hasOwn(taken, key))
    : [];
  return [
    ...found,
    ...wrong.map(({ path, message }) => ({ path: ['params', ...path], message })),
    ...unknown.map((key) => ({ path: ['params', key], message: 'not a known field' })),
  ];
}

function checkTerminalProfile(
  { jt808 }: Fields,
  { terminalProfiles }: Knowledge,
): readonly Complaint[] {
  const profile = isFields(jt808) ? jt808['profile'] : undefined;
  if (typeof profile !== 'string' || !terminalProfiles || terminalProfiles.has(profile)) return [];
  const message = `got ${shown(profile)}, want ${[...terminalProfiles].join(' | ')}`;
  return [{ path: ['jt808', 'profile'], message }];
}

type Check = (fields: Fields, knowledge: Knowledge) => readonly Complaint[];

/** What the schema of a kind cannot tell of one entity alone. Paths are within the entity. */
export const checksOf: Readonly<Partial<Record<EntityKind, readonly Check[]>>> = {
  meters: [
    checkModbus,
    checkReach,
    checkWays,
    checkLineMedium,
    checkItems,
    checkMapping('meters'),
    checkOfMedium,
  ],
  institutions: [checkSpans('closures')],
  gateways: [checkMapping('gateways'), checkOneSecret],
  vehicles: [checkSpans('sealed'), checkTerminalProfile],
  places: [checkPlace],
  dispatches: [(fields) => checkSpan(fields, [])],
  rules: [checkRule],
  users: [checkUser],
  calendar: [checkCalendar],
  channels: [checkChannel],
};
