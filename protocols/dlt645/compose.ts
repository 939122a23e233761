import { bytesOf, toBcd } from '../bcd.ts';
import { itemBytes, itemIn } from './ask.ts';
import { composeFrame, control, type Frame, framesIn, maxDataBytes } from './frame.ts';
import { type Field, fieldsOf, timeBytes } from './items.ts';

/** A meter of our own on a line. */
export interface PlayedMeter {
  /** 12 digits. */
  readonly address: string;
  /**
   * What it shows of an item alone (no block), in kWh, V, A, kW, …; `when` of a demand as YYMMDDhhmm. Nothing: it has no such item.
   */
  value(item: string): { readonly value: number; readonly when?: string } | undefined;
}

const noSuchData = 0x02;
/** Ahead of the data stands its identifier, behind that of later frames their number. */
const chunkBytes = maxDataBytes - itemBytes - 1;

function fieldBytes({ item, format }: Field, meter: PlayedMeter): Uint8Array | undefined {
  const shown = meter.value(item);
  if (!shown) return undefined;
  const number = toBcd(Math.round(shown.value * 10 ** format.decimals), format.bytes);
  return format.timed
    ? Uint8Array.of(...number, ...bytesOf(shown.when ?? '0'.repeat(2 * timeBytes)))
    : number;
}

/** Of a block, the values up to the last it has; those between that it has not are FF. */
function itemData(item: string, meter: PlayedMeter): Uint8Array {
  const fields = fieldsOf(item);
  const parts = fields.map((field) => fieldBytes(field, meter));
  const count = parts.findLastIndex((part) => part !== undefined) + 1;
  const filled = parts.slice(0, count).flatMap((part, i) => {
    const { bytes = 0, timed } = fields[i]?.format ?? {};
    return [...(part ?? new Uint8Array(bytes + (timed ? timeBytes : 0)).fill(0xff))];
  });
  return Uint8Array.from(filled);
}

function dataAnswer(asked: Frame, meter: PlayedMeter, frameBytes: number): Uint8Array {
  const { address } = meter;
  const isMore = asked.control === control.readMore;
  const sequence = isMore ? (asked.data[itemBytes] ?? 0) : 0;
  const all = itemData(itemIn(asked.data), meter);
  const chunk = all.subarray(sequence * frameBytes, (sequence + 1) * frameBytes);
  const code = asked.control | control.isAnswer;
  if (chunk.length === 0) {
    const refusal = { address, control: code | control.isError, data: Uint8Array.of(noSuchData) };
    return composeFrame(refusal);
  }
  const hasMore = (sequence + 1) * frameBytes < all.length;
  const number = isMore ? [sequence] : [];
  const data = Uint8Array.of(...asked.data.subarray(0, itemBytes), ...chunk, ...number);
  return composeFrame({ address, control: code | (hasMore ? control.hasMore : 0), data });
}

/**
 * What a played meter answers to a request, as on the line; nothing where another is asked or something it does not do.
 * @param frameBytes data a frame holds beside its identifier; what is longer comes in several frames
 */
export function answerTo(
  request: Uint8Array,
  meter: PlayedMeter,
  frameBytes = chunkBytes,
): Uint8Array | undefined {
  const [asked] = framesIn(request);
  const isMine =
    asked && [...asked.address].every((digit, i) => digit === 'a' || digit === meter.address[i]);
  if (!asked || !isMine) return undefined;
  if (asked.control === control.read || asked.control === control.readMore)
    return dataAnswer(asked, meter, frameBytes);
  if (asked.control !== control.readAddress) return undefined;
  const code = control.readAddress | control.isAnswer;
  return composeFrame({ address: meter.address, control: code, data: bytesOf(meter.address) });
}
