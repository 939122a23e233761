import type { Entities, EntityKind, Gateway, Meter } from '../model/entities.ts';
import type { Directory, GatewayDevice, Mapped, Span } from './registry.ts';
import type { Timeline } from './timeline.ts';

/** What a meter is called in topics and payloads. */
const nameOf = ({ id, mqtt }: Pick<Meter, 'id' | 'mqtt'>): string => mqtt?.id ?? id;

/** Two meters of one name are none: a reading must never be booked to the wrong one. */
function byName(meters: readonly Meter[]): ReadonlyMap<string, Meter | undefined> {
  const named = new Map<string, Meter | undefined>();
  for (const meter of meters) {
    const name = nameOf(meter);
    named.set(name, named.has(name) ? undefined : meter);
  }
  return named;
}

function gatewaySpan(timeline: Timeline, id: string, at: number): Span<GatewayDevice> | undefined {
  const span = timeline('gateways', id, at);
  if (!span) return undefined;
  const gateway: Gateway = span.value;
  const meters = gateway.devices.map((device) => timeline('meters', device, at));
  const there = meters.filter((meter) => meter !== undefined);
  const named = byName(there.map(({ value }) => value));
  // Of who is not there it is not known since when.
  const isWhole = gateway.devices.every(
    (device, i) => meters[i] !== undefined || timeline('vehicles', device, at) !== undefined,
  );
  return {
    value: { type: 'gateway', gateway, meter: (name) => named.get(name) },
    from: isWhole ? Math.max(span.from, ...there.map(({ from }) => from)) : at,
    to: isWhole ? Math.min(span.to, ...there.map(({ to }) => to)) : at,
  };
}

/** Remembers of every gateway the stretch last asked for. */
export function createGateways(timeline: Timeline): Pick<Directory, 'gateway'> {
  const known = new Map<string, Span<GatewayDevice>>();
  return {
    gateway(id, at = Number.MAX_SAFE_INTEGER) {
      const before = known.get(id);
      if (before && at >= before.from && at < before.to) return before.value;
      const span = gatewaySpan(timeline, id, at);
      if (span) known.set(id, span);
      return span?.value;
    },
  };
}

type Present = <K extends EntityKind>(kind: K, id: string) => Entities[K] | undefined;

const mapped = (sender: Pick<Meter, 'id' | 'mqtt'> | undefined): readonly Mapped[] =>
  sender?.mqtt?.mapping === undefined
    ? []
    : [{ device: sender.id, mapping: sender.mqtt.mapping, name: nameOf(sender) }];

/** By which mappings a sender's messages are read: its own, and those of the meters it speaks for. */
export function mappedOf(
  sender: Pick<Meter, 'id' | 'mqtt'>,
  devices: readonly string[],
  present: Present,
): { readonly mapped?: readonly Mapped[] } {
  const own = mapped(sender);
  const others = devices
    .filter((id) => id !== sender.id)
    .flatMap((id) => mapped(present('meters', id)));
  const all = [...own, ...others];
  return all.length > 0 ? { mapped: all } : {};
}
