import type { Meter } from '../../model/entities.ts';
import { AppError } from '../../model/errors.ts';
import type { Cjt188Type } from '../../model/line-address.ts';
import type { Medium } from '../../model/metrics.ts';
import { hex } from '../framing.ts';
import type { Heard } from '../protocol.ts';
import { composeFrame, control, type Frame, framesIn, saysIdentifier } from './frame.ts';

export const identifiers = { current: 0x901f, address: 0x810a } as const;

export const typeCodes: Readonly<Record<Cjt188Type, number>> = {
  'cold-water': 0x10,
  'hot-water': 0x11,
  'drinking-water': 0x12,
  'reclaimed-water': 0x13,
  heat: 0x20,
  cooling: 0x21,
  'heat-cooling': 0x22,
  gas: 0x30,
};

const usualTypes: Partial<Record<Medium, Cjt188Type>> = {
  water: 'cold-water',
  heat: 'heat',
  gas: 'gas',
};

const everyType = 0xaa;
const everyAddress = 'aaaaaaaaaaaaaa';
const defaultWakeUpBytes = 4;

const identifierBytes = (identifier: number, isHighFirst: boolean): readonly number[] => {
  const [high, low] = [identifier >> 8, identifier & 0xff];
  return isHighFirst ? [high, low] : [low, high];
};

/**
 * The request frame of a meter.
 * @throws AppError `DECODE_UNSUPPORTED` for a meter without such an address, or of a medium the language has no type for
 */
export function requestsTo({ id, medium, cjt188 }: Meter): readonly Uint8Array[] {
  if (!cjt188) throw new AppError('DECODE_UNSUPPORTED', `meter ${id} has no CJ/T 188 address`);
  const { address, wakeUpBytes = defaultWakeUpBytes, identifierOrder } = cjt188;
  const type = cjt188.type ?? usualTypes[medium];
  if (!type) {
    throw new AppError('DECODE_UNSUPPORTED', `got medium ${medium}, want water, heat or gas`);
  }
  const data = [...identifierBytes(identifiers.current, identifierOrder === 'high-first'), 0];
  const frame = {
    type: typeCodes[type],
    address,
    control: control.read,
    data: Uint8Array.from(data),
  };
  return [composeFrame(frame, wakeUpBytes)];
}

/** Asks the one meter of a line for its type and address; several would speak at once. */
export const askAddress = (): Uint8Array =>
  composeFrame(
    {
      type: everyType,
      address: everyAddress,
      control: control.readAddress,
      data: Uint8Array.from([...identifierBytes(identifiers.address, false), 0]),
    },
    defaultWakeUpBytes,
  );

/** Water, heat, gas: the tens of the type, which a meter may have finer than we know. */
const isSameKind = (asked: number, got: number): boolean =>
  asked === everyType || asked >> 4 === got >> 4;

const isSameAddress = (asked: string, got: string): boolean =>
  [...asked].every((digit, i) => digit === 'a' || digit === got[i]);

/** Whether the frame answers what was asked, be it with an error. Meters do not all give back the number of the request. */
function isAnswer(asked: Frame, got: Frame): boolean {
  if ((got.control & ~control.isError) !== (asked.control | control.isAnswer)) return false;
  if (!isSameKind(asked.type, got.type) && got.type !== everyType) return false;
  if (!isSameAddress(asked.address, got.address)) return false;
  if (got.control & control.isError) return true;
  const [first = 0, second = 0] = asked.data;
  return saysIdentifier(got, (first << 8) + second);
}

/** What an answer says that tells an error: the number of the message and two bytes of state. */
export const errorIn = (data: Uint8Array): string =>
  `the meter refused: state ${[...data.subarray(1)].map(hex).join(' ') || 'not told'}`;

/** Looks for the answer to a request among what the line has brought. */
export function hear(request: Uint8Array, received: Uint8Array): Heard {
  const [asked] = framesIn(request);
  if (!asked) return { type: 'wait' };
  const got = framesIn(received).find((frame) => isAnswer(asked, frame));
  if (!got) return { type: 'wait' };
  return got.control & control.isError
    ? { type: 'refused', detail: errorIn(got.data) }
    : { type: 'answer', frame: got.bytes };
}
