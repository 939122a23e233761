import { createHash } from 'node:crypto';
import type { RuleRef } from '../model/alert.ts';
import type { Context } from '../model/context.ts';
import type { Institution, RuleInstance, Severity } from '../model/entities.ts';
import { lineageOf } from '../model/lineage.ts';
import type { Device, Directory } from '../registry/registry.ts';
import type { RuleKind } from './rule.ts';

/** A rule kind with the parameters it has for a subject. */
export interface Active {
  readonly kind: RuleKind;
  readonly rule: RuleRef;
  readonly params: unknown;
  /** As the instance wants it; undefined: as the finding says. */
  readonly severity: Severity | undefined;
  /** The same text means the same rule, version and parameters. Kept with every state, so it is short. */
  readonly key: string;
}

export const keyOf = (rule: RuleRef): string =>
  createHash('sha256').update(JSON.stringify(rule)).digest('base64url').slice(0, 12);

/** Which rules run for a device, as the directory stands. */
export type Resolve = (device: Device) => readonly Active[];

/**
 * A kind runs wherever it applies, with the instance of the most specific scope: device, building, the nearest institution upwards, everything;
 * of several in one scope the first by id. Where that one is not enabled the kind does not run.
 */
export function createResolver(
  kinds: readonly RuleKind[],
  directory: Directory,
  context: Context,
): Resolve {
  const choose = createChoice(directory, context);
  return (device) => {
    const places = placesOf(device, directory);
    const actives = kinds.flatMap((kind) => {
      if (!kind.appliesTo(device) || isExempt(device, kind.kind)) return [];
      return choose(kind, places) ?? [];
    });
    const replaced = new Set(actives.flatMap(({ kind }) => kind.replaces ?? []));
    return replaced.size === 0 ? actives : actives.filter(({ kind }) => !replaced.has(kind.kind));
  };
}

/** As `createResolver`, of a kind that judges institutions. */
export function createInstitutionResolver(
  directory: Directory,
  context: Context,
): (kind: RuleKind, institution: Institution) => Active | undefined {
  const choose = createChoice(directory, context);
  return (kind, institution) => choose(kind, placesAbove(institution, directory));
}

/** @returns what gives a kind as it runs where the places apply; undefined where it does not */
function createChoice(directory: Directory, context: Context) {
  const byScope = new Map<string, RuleInstance>();
  const instances = [...directory.all('rules')].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const instance of instances) {
    const place = `${instance.kind} ${placeOf(instance)}`;
    if (!byScope.has(place)) byScope.set(place, instance);
  }
  const prepared = new Map<string, Active>();

  function prepare(kind: RuleKind, instance: RuleInstance | undefined): Active {
    const id = instance?.id ?? kind.kind;
    const name = `${kind.kind} ${id}`;
    const known = prepared.get(name);
    if (known) return known;
    const rule = toRule(kind, id, instance, context);
    const active = { kind, rule, params: rule.params, severity: instance?.severity };
    const made = { ...active, key: keyOf(rule) };
    prepared.set(name, made);
    return made;
  }

  return (kind: RuleKind, places: readonly string[]): Active | undefined => {
    const place = places.find((candidate) => byScope.has(`${kind.kind} ${candidate}`));
    const instance = place === undefined ? undefined : byScope.get(`${kind.kind} ${place}`);
    if (instance ? !instance.enabled : kind.onlyByInstance) return undefined;
    return prepare(kind, instance);
  };
}

const isExempt = (device: Device, kind: string) =>
  device.type === 'vehicle' && device.vehicle.exempt.includes(kind);

function placeOf({ scope }: RuleInstance): string {
  const device = scope.meter ?? scope.vehicle;
  if (device !== undefined) return `device ${device}`;
  if (scope.building !== undefined) return `building ${scope.building}`;
  return scope.institution === undefined ? 'everything' : `institution ${scope.institution}`;
}

/** Scopes the device is in, most specific first. */
function placesOf(device: Device, directory: Directory): readonly string[] {
  const places =
    device.type === 'meter'
      ? [`device ${device.meter.id}`, `building ${device.meter.building}`]
      : [`device ${device.vehicle.id}`];
  return [...places, ...placesAbove(device.institution, directory)];
}

/** The institution, those above it, and everything. */
const placesAbove = (institution: Institution, directory: Directory): readonly string[] => [
  ...lineageOf(institution, (id) => directory.institution(id)).map((id) => `institution ${id}`),
  'everything',
];

/** Parameters that a newer version no longer takes must not stop the watch: the defaults run, and the log says so. */
function toRule(
  kind: RuleKind,
  id: string,
  instance: RuleInstance | undefined,
  { log }: Context,
): RuleRef {
  const parsed = kind.params.safeParse(instance?.params ?? {});
  if (!parsed.success)
    log('error', 'parameters of a rule are refused, its defaults run', {
      rule: id,
      kind: kind.kind,
      faults: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
    });
  const params = parsed.success ? parsed.data : kind.params.parse({});
  return { id, version: kind.version, params: params as RuleRef['params'] };
}
