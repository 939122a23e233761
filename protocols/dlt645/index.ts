import type { Meter } from '../../model/entities.ts';
import { AppError } from '../../model/errors.ts';
import type { Metric } from '../../model/metrics.ts';
import type { Sample } from '../../model/observation.ts';
import { decodeFrames, encodeFrames, refusedFrame } from '../framed-poll.ts';
import { hex } from '../framing.ts';
import { parseAt } from '../mqtt-json/at.ts';
import type { About, Decoded, FramedProtocol, Refused } from '../protocol.ts';
import { ratioOf } from '../ratio.ts';
import { hear, itemBytes, itemIn, requestsTo } from './ask.ts';
import { errorIn } from './errors.ts';
import { control, type Frame, readFrame } from './frame.ts';
import { fieldsOf } from './items.ts';
import { readValues, type Value } from './values.ts';

/** Clocks of meters that name no zone: the standard is of one country with one time. */
const zoneOfStandard = 'Asia/Shanghai';

/**
 * Electricity meters of DL/T 645-2007. Values have no time of their own, so `at` is that of receipt, but for maximum demands, which are
 * samples at the time they occurred. What the meter shows is the secondary side of its transformers.
 */
export const dlt645: FramedProtocol = {
  name: 'dlt645',
  requests: requestsTo,
  hear,
  encode: encodeFrames,
  decode(bytes, about, receivedAt) {
    const meter = meterOf(about);
    const refused: Refused[] = [];
    const values = answersIn(decodeFrames(bytes), meter, refused).flatMap(
      ({ part, item, data, isCut }) => {
        const read = readValues(item, data, isCut);
        if (read.faults.length > 0) refused.push(malformed(part, read.faults.join('; ')));
        return read.values.map((value) => ({ ...value, part }));
      },
    );
    return toDecoded(meter, values, receivedAt, refused);
  },
};

function meterOf(about: About): Meter {
  if (about.type === 'meter') return about.meter;
  throw new AppError('DECODE_UNSUPPORTED', `got bytes of a ${about.type}, want a meter`);
}

const malformed = (part: number, detail: string): Refused => ({
  part,
  reason: 'malformed',
  detail,
});

/** All of an item's data, from one frame or several. */
interface Answer {
  readonly part: number;
  readonly item: string;
  readonly data: Uint8Array;
  /** The meter said there was more. */
  readonly isCut: boolean;
  /** Number of the last frame, 0 for the first. */
  readonly sequence: number;
}

function answersIn(
  frames: readonly Uint8Array[],
  meter: Meter,
  refused: Refused[],
): readonly Answer[] {
  const answers: Answer[] = [];
  for (const [part, bytes] of frames.entries()) {
    try {
      const frame = readFrame(bytes);
      const open = answers.at(-1);
      const answer = toAnswer(frame, meter, part, open);
      if (open && answer.part === open.part) answers[answers.length - 1] = answer;
      else answers.push(answer);
    } catch (error) {
      refused.push(refusedFrame(part, error));
    }
  }
  return answers;
}

/** A frame as an answer of its own, or as what follows the open one. @throws AppError `DECODE_MALFORMED`, `DECODE_UNSUPPORTED` */
function toAnswer(frame: Frame, meter: Meter, part: number, open: Answer | undefined): Answer {
  const { address, control: code, data } = frame;
  const want = meter.dlt645?.address;
  if (want !== undefined && address !== want) {
    throw new AppError('DECODE_MALFORMED', `got an answer of meter ${address}, want ${want}`);
  }
  if (code & control.isError) throw new AppError('DECODE_MALFORMED', errorIn(data));
  const what = code & ~control.hasMore;
  const isCut = (code & control.hasMore) !== 0;
  const item = itemIn(data);
  if (data.length >= itemBytes && fieldsOf(item).length === 0) {
    throw new AppError('DECODE_UNSUPPORTED', `got item ${item}, which we do not know`);
  }
  if (what === (control.read | control.isAnswer) && data.length > itemBytes) {
    return { part, item, data: data.subarray(itemBytes), isCut, sequence: 0 };
  }
  const sequence = data.at(-1) ?? 0;
  const follows = open?.isCut && open.item === item && open.sequence + 1 === sequence;
  if (what === (control.readMore | control.isAnswer) && follows) {
    const all = Uint8Array.of(...open.data, ...data.subarray(itemBytes, -1));
    return { ...open, data: all, isCut, sequence };
  }
  throw new AppError('DECODE_MALFORMED', `got control ${hex(code)}, want an answer with data`);
}

interface PlacedValue extends Value {
  readonly part: number;
}

function toDecoded(
  meter: Meter,
  values: readonly PlacedValue[],
  receivedAt: number,
  refused: Refused[],
): Decoded {
  const now: Partial<Record<Metric, number>> = {};
  const then = new Map<number, Partial<Record<Metric, number>>>();
  for (const value of values) {
    const { metric } = value.field;
    if (!metric) continue;
    const number = toNumber(value, metric, meter);
    if (value.when === undefined) now[metric] = number;
    else {
      const at = occurredAt(value, meter);
      if (typeof at === 'number') then.set(at, { ...then.get(at), [metric]: number });
      else if (at) refused.push(malformed(value.part, at.refused));
    }
  }
  const samples = [...then].map(([at, those]) => toSample(meter, at, 'device', those));
  const first = toSample(meter, receivedAt, 'receipt', now);
  return { observations: Object.keys(now).length > 0 ? [first, ...samples] : samples, refused };
}

const toSample = (
  { id }: Meter,
  at: number,
  timeSource: Sample['timeSource'],
  values: Sample['values'],
): Sample => ({ type: 'sample', device: id, at, timeSource, values });

/** Divides by 10, 100, …, since multiplying by 0.1, 0.01, … is not exact. */
const toNumber = ({ raw, field }: Value, metric: Metric, meter: Meter): number =>
  (raw * ratioOf(metric, meter)) / 10 ** field.format.decimals;

/** When a demand occurred, Unix ms UTC; nothing where none has since the last reset. */
function occurredAt(
  { raw, when, field }: Value,
  { timeZone = zoneOfStandard }: Meter,
): number | { readonly refused: string } | undefined {
  const isUnset = when === undefined || /^(?:0+|f+)$/.test(when);
  if (isUnset && raw === 0) return undefined;
  const at = isUnset ? { refused: 'want a time' } : parseAt(`20${when}00`, timeZone);
  if (typeof at === 'number') return at;
  return { refused: `${field.item}: got time ${when ?? 'none'}: ${at.refused}` };
}
