import type { RuleRef } from '../model/alert.ts';
import type { Context } from '../model/context.ts';
import type { RuleInstance, Severity } from '../model/entities.ts';
import type { Device, Directory } from '../registry/registry.ts';
import type { RuleKind } from './rule.ts';

/** A rule kind with the parameters it has for a subject. */
export interface Active {
  readonly kind: RuleKind;
  readonly rule: RuleRef;
  readonly params: unknown;
  /** As the instance wants it; undefined: as the finding says. */
  readonly severity: Severity | undefined;
  /** The same text means the same rule, version and parameters. */
  readonly key: string;
}

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
    const made = { ...active, key: JSON.stringify(rule) };
    prepared.set(name, made);
    return made;
  }

  return (device) => {
    const places = placesOf(device, directory);
    return kinds.flatMap((kind) => {
      if (!kind.appliesTo(device) || isExempt(device, kind.kind)) return [];
      const place = places.find((candidate) => byScope.has(`${kind.kind} ${candidate}`));
      const instance = place === undefined ? undefined : byScope.get(`${kind.kind} ${place}`);
      return instance?.enabled === false ? [] : [prepare(kind, instance)];
    });
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
  const seen = new Set<string>();
  let institution: string | null = device.institution.id;
  while (institution !== null && !seen.has(institution)) {
    seen.add(institution);
    places.push(`institution ${institution}`);
    institution = directory.institution(institution)?.parent ?? null;
  }
  return [...places, 'everything'];
}

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
