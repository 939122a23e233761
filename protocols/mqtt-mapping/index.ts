import type { Meter } from '../../model/entities.ts';
import { AppError } from '../../model/errors.ts';
import type { Metric } from '../../model/metrics.ts';
import type { Sample } from '../../model/observation.ts';
import type { Mappings } from '../mapping.ts';
import { parseJson } from '../mqtt-json/json.ts';
import { show } from '../mqtt-json/number.ts';
import type { About, Decoded, Protocol, Refused } from '../protocol.ts';
import { type Compiled, compile } from './compile.ts';
import { everyAt, valueAt } from './pointer.ts';
import { toStamp } from './time.ts';
import { type Fault, itemNamed, readValues } from './values.ts';

/**
 * JSON of meters and gateways that have their own way of saying it, read by the mapping of who sent it.
 *
 * Values of one instant that are split over several messages are not gathered: each message is a reading of its own with that instant,
 * and what belongs to one instant of a meter comes together where it is kept. So there is nothing to remember, and a part that never
 * comes takes nothing with it.
 */
export function createMqttMapping(mappings: Mappings): Protocol {
  const compiled = new Map(
    Array.from(mappings, ([name, mapping]) => [name, compile(mapping)] as const),
  );
  return {
    name: 'mqtt-mapping',
    decode(bytes, about, receivedAt) {
      const mapping = mappingOf(about, compiled);
      const message = parseJson(bytes);
      if (typeof message !== 'object' || message === null)
        throw new AppError('DECODE_MALFORMED', `got ${show(message)}, want an object or an array`);
      if (isSkipped(message, mapping)) return nothing;
      const gathering = createGathering();
      const whose = createWhose(about, mapping);
      for (const [part, reading] of readingsOf(message, mapping).entries()) {
        const { stamped, faults } = read({ message, reading, receivedAt }, mapping, whose);
        const conflicts = stamped ? gathering.add(stamped) : [];
        gathering.refuse(part, [...faults, ...conflicts]);
      }
      return gathering.decoded();
    },
  };
}

function mappingOf(about: About, compiled: ReadonlyMap<string, Compiled>): Compiled {
  const sender = about.type === 'gateway' ? about.gateway : about.type === 'meter' && about.meter;
  const name = sender ? sender.mqtt?.mapping : undefined;
  const mapping = name === undefined ? undefined : compiled.get(name);
  if (mapping) return mapping;
  throw new AppError('DECODE_UNSUPPORTED', `got mapping ${show(name)}, which there is not`);
}

const nothing: Decoded = { observations: [], refused: [] };

const isSkipped = (message: unknown, { skips }: Compiled): boolean =>
  skips.some(({ pointer, is }) => {
    const said = valueAt(message, pointer);
    return is ? is.has(said) : said !== undefined;
  });

/** @throws AppError `DECODE_MALFORMED` where there are none */
function readingsOf(message: unknown, { name, readings }: Compiled): readonly unknown[] {
  for (const { pointer } of readings) {
    const found = everyAt(message, pointer);
    if (found.length > 0) return found;
  }
  const places = readings.map(({ text }) => show(text)).join(' or ');
  throw new AppError(
    'DECODE_MALFORMED',
    `got no readings at ${places}, where mapping ${name} has them`,
  );
}

interface Source {
  readonly message: unknown;
  readonly reading: unknown;
  readonly receivedAt: number;
}

interface Read {
  readonly stamped?: Sample;
  readonly faults: readonly Fault[];
}

function read(source: Source, mapping: Compiled, whose: Whose): Read {
  const { message, reading, receivedAt } = source;
  const meter = whose(source);
  if ('reason' in meter) return { faults: [meter] };
  const zone = meter.timeZone ?? mapping.timeZone;
  const stamp = toStamp(reading, message, mapping.times, zone, receivedAt);
  if ('refused' in stamp) return { faults: [{ reason: 'malformed', detail: stamp.refused }] };
  const { values, faults } = readValues(reading, mapping);
  if (Object.keys(values).length === 0) return { faults };
  const { at, timeSource } = stamp;
  return { stamped: { type: 'sample', device: meter.id, at, timeSource, values }, faults };
}

/** The meter a reading is about, or why it is none of the sender's. */
type Whose = (source: Source) => Meter | Fault;

const foreign = (detail: string): Fault => ({ reason: 'unknown-device', detail });

function createWhose(about: About, mapping: Compiled): Whose {
  if (about.type === 'gateway') {
    return (source) => {
      const name = nameIn(source, mapping);
      if (name === undefined)
        return { reason: 'malformed', detail: 'got a reading that does not say of which meter' };
      const detail = `got meter ${show(name)}, want one that gateway ${about.gateway.id} speaks for, by its id or mqtt.id`;
      return about.meter(name) ?? foreign(detail);
    };
  }
  if (about.type !== 'meter')
    throw new AppError('DECODE_UNSUPPORTED', 'got a mapping for what is no meter');
  const { meter } = about;
  let own = meter.mqtt?.id;
  return (source) => {
    const name = nameIn(source, mapping);
    // What it calls itself is its own affair, but it is one meter and not several.
    own ??= name;
    if (name === undefined || name === own || name === meter.id) return meter;
    return foreign(`got meter ${show(name)}, want ${show(own)}, the one that sends`);
  };
}

function nameIn({ message, reading }: Source, mapping: Compiled): string | undefined {
  const { meter } = mapping;
  if (!meter) return undefined;
  const said =
    'item' in meter
      ? itemNamed(reading, mapping, meter.item)
      : valueAt(meter.of === 'message' ? message : reading, meter.pointer);
  return typeof said === 'number' || (typeof said === 'string' && said !== '')
    ? String(said)
    : undefined;
}

interface Gathered {
  readonly type: 'sample';
  readonly device: string;
  readonly at: number;
  readonly timeSource: Sample['timeSource'];
  readonly values: Partial<Record<Metric, number>>;
}

/** Brings together what a message says of one meter at one instant. */
function createGathering() {
  const samples = new Map<string, Gathered>();
  const faults: Refused[] = [];
  return {
    add(sample: Sample): readonly Fault[] {
      const key = `${sample.at} ${sample.timeSource} ${sample.device}`;
      const there = samples.get(key);
      if (there) return merge(there, sample);
      samples.set(key, { ...sample, values: { ...sample.values } });
      return [];
    },
    refuse(part: number, more: readonly Fault[]): void {
      for (const fault of more) faults.push({ part, ...fault });
    },
    decoded: (): Decoded => ({ observations: [...samples.values()], refused: faults }),
  };
}

function merge({ values }: Gathered, { values: more, device }: Sample): readonly Fault[] {
  const faults: Fault[] = [];
  for (const name in more) {
    const metric = name as Metric;
    const before = values[metric];
    const value = more[metric];
    if (value === undefined || value === before) continue;
    if (before === undefined) values[metric] = value;
    else {
      const detail = `got ${metric} ${value} of ${device} at the same time, kept is ${before}`;
      faults.push({ reason: 'conflict', detail });
    }
  }
  return faults;
}
