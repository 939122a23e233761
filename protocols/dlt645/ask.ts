import type { Meter } from '../../model/entities.ts';
import { AppError } from '../../model/errors.ts';
import { bytesOf, digitsOf } from '../bcd.ts';
import type { Heard } from '../protocol.ts';
import { errorIn } from './errors.ts';
import { composeFrame, control, type Frame, framesIn } from './frame.ts';
import { isKnownItem, usualItems } from './items.ts';

/** Bytes of an item's identifier. */
export const itemBytes = 4;

const defaultWakeUpBytes = 4;
const everyAddress = 'aaaaaaaaaaaa';

export const itemIn = (data: Uint8Array): string =>
  digitsOf(data.subarray(0, itemBytes)).toUpperCase();

/**
 * A request frame for each item of a meter.
 * @throws AppError `DECODE_UNSUPPORTED` for a meter without such an address, or an item the catalogue has no metric for
 */
export function requestsTo({ id, dlt645 }: Meter): readonly Uint8Array[] {
  if (!dlt645) throw new AppError('DECODE_UNSUPPORTED', `meter ${id} has no DL/T 645 address`);
  const { address, items = usualItems, wakeUpBytes = defaultWakeUpBytes } = dlt645;
  return items.map((item) => {
    if (!isKnownItem(item)) {
      throw new AppError('DECODE_UNSUPPORTED', `got item ${item}, which holds no known metric`);
    }
    return composeFrame({ address, control: control.read, data: bytesOf(item) }, wakeUpBytes);
  });
}

/** Asks the one meter of a line for its address; several would speak at once. */
export const askAddress = (): Uint8Array =>
  composeFrame(
    { address: everyAddress, control: control.readAddress, data: new Uint8Array() },
    defaultWakeUpBytes,
  );

/** The bits of a control byte that say what is asked or answered. */
const functionOf = (code: number): number => code & 0x1f;

const isSameAddress = (asked: string, got: string): boolean =>
  [...asked].every((digit, i) => digit === 'a' || digit === got[i]);

/** Whether the frame answers what was asked, be it with an error. */
function isAnswer(asked: Frame, got: Frame): boolean {
  if (!(got.control & control.isAnswer)) return false;
  if (functionOf(got.control) !== functionOf(asked.control)) return false;
  if (!isSameAddress(asked.address, got.address)) return false;
  if (got.control & control.isError) return true;
  if (asked.control === control.readAddress) return got.data.length === itemBytes + 2;
  const isSameItem = got.data.length > itemBytes && itemIn(got.data) === itemIn(asked.data);
  return (
    isSameItem && (asked.control !== control.readMore || got.data.at(-1) === asked.data.at(-1))
  );
}

const lastSequence = 255;

/** The request for what follows a frame; from 1 on they are numbered. */
function nextAfter(asked: Frame, got: Frame): Uint8Array | undefined {
  if (!(got.control & control.hasMore)) return undefined;
  const sequence = asked.control === control.readMore ? (asked.data.at(-1) ?? 0) + 1 : 1;
  if (sequence > lastSequence) return undefined;
  const data = Uint8Array.of(...got.data.subarray(0, itemBytes), sequence);
  return composeFrame({ address: got.address, control: control.readMore, data });
}

/** Looks for the answer to a request among what the line has brought. */
export function hear(request: Uint8Array, received: Uint8Array): Heard {
  const [asked] = framesIn(request);
  if (!asked) return { type: 'wait' };
  for (const got of framesIn(received)) {
    if (!isAnswer(asked, got)) continue;
    if (got.control & control.isError) return { type: 'refused', detail: errorIn(got.data) };
    const next = nextAfter(asked, got);
    return { type: 'answer', frame: got.bytes, ...(next && { next }) };
  }
  return { type: 'wait' };
}
