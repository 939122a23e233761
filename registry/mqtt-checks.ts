import type { EntityKind } from '../model/entities.ts';
import type { Knowledge } from './field-checks.ts';
import type { Overlay } from './overlay.ts';
import { type Fields, isFields } from './references.ts';
import { type Complaint, shown } from './wording.ts';

const mqttOf = ({ mqtt }: Fields): Fields => (isFields(mqtt) ? mqtt : {});

/** Whether there is such a mapping, and it is one for who names it. */
export const checkMapping =
  (kind: EntityKind) =>
  (fields: Fields, { mappings }: Knowledge): readonly Complaint[] => {
    const { mapping: name } = mqttOf(fields);
    if (typeof name !== 'string') return [];
    const path = ['mqtt', 'mapping'];
    const mapping = mappings.get(name);
    if (!mapping)
      return [{ path, message: `got ${shown(name)}, want ${[...mappings.keys()].join(' | ')}` }];
    if (kind !== 'gateways' || mapping.meter !== undefined) return [];
    const message = `got ${shown(name)}, whose messages do not say which meter they are about; name it at the meters`;
    return [{ path, message }];
  };

/** A gateway's secret stands beside its devices or in `mqtt`. */
export function checkOneSecret(fields: Fields): readonly Complaint[] {
  const twice = fields['secret'] !== undefined && mqttOf(fields)['secret'] !== undefined;
  return twice
    ? [{ path: ['mqtt', 'secret'], message: 'got two secrets, want one, here or at the gateway' }]
    : [];
}

/** Meters of one gateway whose names are alike could not be told apart. */
export function checkMeterNames({ entries, lookup }: Overlay): readonly Complaint[] {
  return entries.flatMap(({ kind, path, fields }): readonly Complaint[] => {
    const { devices } = fields;
    if (kind !== 'gateways' || !isFields(fields['mqtt']) || !Array.isArray(devices)) return [];
    const first = new Map<unknown, unknown>();
    return devices.flatMap((id: unknown, i): readonly Complaint[] => {
      const meter = typeof id === 'string' ? lookup('meters', id) : undefined;
      if (!meter) return [];
      const name = mqttOf(meter)['id'] ?? id;
      const before = first.get(name);
      if (before === undefined) first.set(name, id);
      if (before === undefined || before === id) return [];
      const message = `is called ${shown(name)} as ${shown(before)} is; want a name of its own in mqtt.id`;
      return [{ path: [...path, 'devices', i], message }];
    });
  });
}
