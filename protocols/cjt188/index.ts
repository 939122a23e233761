import type { Meter } from '../../model/entities.ts';
import { AppError } from '../../model/errors.ts';
import type { Medium } from '../../model/metrics.ts';
import type { Sample } from '../../model/observation.ts';
import { decodeFrames, encodeFrames, refusedFrame } from '../framed-poll.ts';
import { hex } from '../framing.ts';
import type { About, Decoded, FramedProtocol, Refused } from '../protocol.ts';
import { errorIn, hear, identifiers, requestsTo } from './ask.ts';
import { control, type Frame, prefixBytes, readFrame, saysIdentifier } from './frame.ts';
import {
  bytesOfLayout,
  layouts,
  readQuantities,
  readState,
  readTemperatures,
  type Values,
} from './layouts.ts';

/** Water, heat and gas meters of CJ/T 188. `at` is that of receipt: their clocks are seldom set. */
export const cjt188: FramedProtocol = {
  name: 'cjt188',
  requests: requestsTo,
  hear,
  encode: encodeFrames,
  decode(bytes, about, receivedAt) {
    const meter = meterOf(about);
    const values: Values = {};
    const refused: Refused[] = [];
    for (const [part, frame] of decodeFrames(bytes).entries()) {
      try {
        const faults: string[] = [];
        Object.assign(values, valuesIn(frame, meter, faults));
        if (faults.length > 0)
          refused.push({ part, reason: 'malformed', detail: faults.join('; ') });
      } catch (error) {
        refused.push(refusedFrame(part, error));
      }
    }
    return toDecoded(meter, values, receivedAt, refused);
  },
};

function meterOf(about: About): Meter {
  if (about.type === 'meter') return about.meter;
  throw new AppError('DECODE_UNSUPPORTED', `got bytes of a ${about.type}, want a meter`);
}

/** Media by the tens of the type. */
const mediumOf: Readonly<Record<number, Medium>> = { 1: 'water', 2: 'heat', 3: 'gas' };

/** The answer in a frame. @throws AppError `DECODE_*` where it is none, or none of the meter's */
function answerIn(bytes: Uint8Array, { cjt188: asked, medium }: Meter): Frame {
  const frame = readFrame(bytes);
  const { type, address, control: code, data } = frame;
  if (asked && address !== asked.address) {
    throw new AppError('DECODE_MALFORMED', `got meter ${address}, want ${asked.address}`);
  }
  if (code === (control.read | control.isAnswer | control.isError)) {
    throw new AppError('DECODE_MALFORMED', errorIn(data));
  }
  if (code !== (control.read | control.isAnswer)) {
    throw new AppError('DECODE_MALFORMED', `got control ${hex(code)}, want an answer with data`);
  }
  const got = mediumOf[type >> 4];
  if (got && got !== medium) {
    throw new AppError('DECODE_MALFORMED', `got an answer of a ${got} meter, want ${medium}`);
  }
  return frame;
}

/** @param faults what of the frame is no number, while the rest is */
function valuesIn(bytes: Uint8Array, meter: Meter, faults: string[]): Values {
  const frame = answerIn(bytes, meter);
  const { type, data } = frame;
  const { medium } = meter;
  const layout = layouts[type >> 4];
  if (!layout || !saysIdentifier(frame, identifiers.current)) {
    const identifier = [...data.subarray(0, 2)].map(hex).join(' ');
    throw new AppError('DECODE_UNSUPPORTED', `got type ${hex(type)} and identifier ${identifier}`);
  }
  const said = data.subarray(prefixBytes);
  const want = bytesOfLayout(layout);
  if (said.length !== want) {
    throw new AppError('DECODE_UNSUPPORTED', `got ${said.length} bytes of values, want ${want}`);
  }
  const quantities = readQuantities(said, layout);
  if ('refused' in quantities) throw new AppError('DECODE_MALFORMED', quantities.refused);
  return { ...quantities, ...readTemperatures(said, layout, faults), ...readState(said, medium) };
}

function toDecoded(
  { id }: Meter,
  values: Sample['values'],
  receivedAt: number,
  refused: readonly Refused[],
): Decoded {
  const sample: Sample = {
    type: 'sample',
    device: id,
    at: receivedAt,
    timeSource: 'receipt',
    values,
  };
  return { observations: Object.keys(values).length > 0 ? [sample] : [], refused };
}
