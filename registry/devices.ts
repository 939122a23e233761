import type { Device, Directory, Span } from './registry.ts';
import type { Timeline } from './timeline.ts';

/** The later start and the earlier end, with what is true in between. */
const overlap = <A, B, T>(a: Span<A>, b: Span<B>, value: T): Span<T> => ({
  value,
  from: Math.max(a.from, b.from),
  to: Math.min(a.to, b.to),
});

function deviceSpan(timeline: Timeline, id: string, at: number): Span<Device> | undefined {
  const meter = timeline('meters', id, at);
  const building = meter && timeline('buildings', meter.value.building, at);
  const vehicle = meter ? undefined : timeline('vehicles', id, at);
  const home = building?.value.institution ?? vehicle?.value.institution;
  const institution = home === undefined ? undefined : timeline('institutions', home, at);
  if (!institution) return undefined;
  if (meter && building) {
    const device: Device = { type: 'meter', meter: meter.value, institution: institution.value };
    return overlap(overlap(meter, building, device), institution, device);
  }
  return (
    vehicle &&
    overlap(vehicle, institution, {
      type: 'vehicle',
      vehicle: vehicle.value,
      institution: institution.value,
    })
  );
}

const covering = <T>(span: Span<T> | undefined, at: number): Span<T> | undefined =>
  span && at >= span.from && at < span.to ? span : undefined;

/** Remembers of every device the stretches last asked for: its present one and one before. */
export function createDevices(timeline: Timeline): Pick<Directory, 'device' | 'during'> {
  const present = new Map<string, Span<Device>>();
  const earlier = new Map<string, Span<Device>>();
  return {
    device(id, at = Number.MAX_SAFE_INTEGER) {
      const known = covering(present.get(id), at) ?? covering(earlier.get(id), at);
      if (known) return known.value;
      const span = deviceSpan(timeline, id, at);
      if (span) (span.to === Number.POSITIVE_INFINITY ? present : earlier).set(id, span);
      return span?.value;
    },
    during(id, from, to) {
      const found: Span<Device>[] = [];
      let at = from;
      do {
        const span = deviceSpan(timeline, id, at);
        if (!span) break;
        found.push({ value: span.value, from: at, to: Math.min(span.to, to) });
        at = span.to;
      } while (at < to);
      return found;
    },
  };
}
