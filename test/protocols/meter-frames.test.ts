import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Meter } from '../../model/entities.ts';
import { isAppError } from '../../model/errors.ts';
import type { Sample } from '../../model/observation.ts';
import * as cjt188Frames from '../../protocols/cjt188/frame.ts';
import { cjt188 } from '../../protocols/cjt188/index.ts';
import { itemIn } from '../../protocols/dlt645/ask.ts';
import * as dlt645Frames from '../../protocols/dlt645/frame.ts';
import { dlt645 } from '../../protocols/dlt645/index.ts';
import type { FramedProtocol } from '../../protocols/protocol.ts';
import { aboutMeter } from './about.ts';
import { cutsOf, flipsOf } from './spoilt.ts';

/* Frames of other implementations and of real meters, with what they say there. */

interface Vector {
  readonly hex: string;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly checksumOk: boolean | null;
}

const data = join(import.meta.dirname, '../../../shared/data/meters');
const isThere = existsSync(data);
if (!isThere) console.log('SKIPPED 4: the frames of other implementations are not here');

const vectors = (file: string): readonly (readonly [string, Vector])[] =>
  isThere
    ? (JSON.parse(readFileSync(join(data, file), 'utf8')) as readonly Vector[]).map(
        (vector) => [vector.hex, vector] as const,
      )
    : [];

const receivedAt = 1_795_228_800_000;

const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return isAppError(error) ? error.code : 'no AppError';
  }
};

function decode(protocol: FramedProtocol, frame: Uint8Array, over: Partial<Meter>) {
  const { observations, refused } = protocol.decode(
    protocol.encode([frame]),
    aboutMeter(over),
    receivedAt,
  );
  return { values: (observations[0] as Sample | undefined)?.values, refused };
}

/** Nothing a line does to bytes makes them say anything but what the frame among them says. */
function expectTrue(
  protocol: FramedProtocol,
  bytes: Uint8Array,
  over: Partial<Meter>,
  frame = bytes,
): void {
  const right = decode(protocol, frame, over).values;
  for (const spoilt of [...cutsOf(bytes), ...flipsOf(bytes)]) {
    const { values } = decode(protocol, spoilt, over);
    if (values) expect(values).toEqual(right);
  }
}

test.skipIf(!isThere).each(vectors('dlt645.json'))(
  'DL/T 645: %s',
  (hex, { expected, checksumOk }) => {
    const bytes = new Uint8Array(Buffer.from(hex, 'hex'));
    if (checksumOk === false) {
      expect(codeOf(() => dlt645Frames.readFrame(bytes))).toBe('DECODE_CHECKSUM');
      expect(dlt645Frames.framesIn(bytes)).toEqual([]);
      return;
    }
    const frame = dlt645Frames.readFrame(bytes);
    const { address, control, di, value, errorWord } = expected;
    if (address) expect(frame.address).toBe(address);
    if (control) expect(frame.control).toBe(Number(control));
    if (errorWord) expect([frame.control, frame.data[0]]).toEqual([0xd1, Number(errorWord)]);
    if (di) expect(itemIn(frame.data)).toBe(String(di).toUpperCase());
    if (frame.control !== 0x91) return;
    const said = decode(dlt645, bytes, {});
    const numbers = [value].flat().filter((one) => typeof one === 'number');
    if (said.values) expect(Object.values(said.values)).toEqual(numbers);
    else expect(said.refused).toMatchObject([{ reason: 'unsupported' }]);
  },
);

test.skipIf(!isThere)(
  'DL/T 645: what is refused as not known is none of what the catalogue has',
  () => {
    const refused = vectors('dlt645.json')
      .filter(([hex]) => /68.{12}6891/.test(hex))
      .filter(([, { checksumOk }]) => checksumOk)
      .filter(([hex]) => !decode(dlt645, new Uint8Array(Buffer.from(hex, 'hex')), {}).values)
      .map(([, { expected }]) => expected['di']);
    expect(refused).toEqual(['04000101', '05060001', '00900200', '02800007']);
  },
);

const kinds: Readonly<Record<number, Meter['medium']>> = { 1: 'water', 2: 'heat' };

test.skipIf(!isThere).each(vectors('cjt188.json'))(
  'CJ/T 188: %s',
  (hex, { expected, checksumOk }) => {
    const bytes = new Uint8Array(Buffer.from(hex, 'hex'));
    const [frame] = cjt188Frames.framesIn(bytes);
    if (!checksumOk) {
      expect(frame).toBeUndefined();
      const want = expected['error'] === 'truncated' ? 'DECODE_TRUNCATED' : 'DECODE_CHECKSUM';
      expect(codeOf(() => cjt188Frames.readFrame(bytes))).toBe(want);
      return;
    }
    const { address, control, diBytes, meterType, flow, settlement } = expected;
    if (address) expect(frame?.address).toBe(address);
    if (control) expect(frame?.control).toBe(Number(control));
    if (meterType) expect(frame?.type).toBe(Number(meterType));
    if (diBytes)
      expect(Buffer.from(frame?.data.subarray(0, 2) ?? []).toString('hex')).toBe(diBytes);
    if (frame?.control !== 0x81) return;
    const said = decode(cjt188, frame.bytes, { medium: kinds[frame.type >> 4] ?? 'gas' });
    if (flow !== undefined) expect(said.values?.volume_m3).toBe(flow);
    if (settlement !== undefined) expect(said.values?.volume_settled_m3 ?? null).toBe(settlement);
    if (diBytes === '9012') expect(said.refused).toMatchObject([{ reason: 'unsupported' }]);
    // Worked out by hand from the capture: 5,328.19 kWh, 1,833.42 m³, 19.03 and 19.10 °C.
    if (meterType === '0x20') {
      expect(said.values).toMatchObject({
        heat_gj: 19.181484,
        volume_m3: 1833.42,
        supply_temperature_c: 19.03,
        return_temperature_c: 19.1,
      });
    }
  },
);

test.skipIf(!isThere)(
  'every cut and every turned bit of every frame is refused or still right',
  () => {
    let count = 0;
    for (const [hex, { checksumOk }] of vectors('dlt645.json')) {
      // A turned bit may mend the one frame whose checksum is wrong: what it says then is right.
      if (checksumOk) expectTrue(dlt645, new Uint8Array(Buffer.from(hex, 'hex')), {});
      count++;
    }
    for (const [hex] of vectors('cjt188.json')) {
      const bytes = new Uint8Array(Buffer.from(hex, 'hex'));
      const [frame] = cjt188Frames.framesIn(bytes);
      const medium = kinds[(frame?.type ?? 0) >> 4] ?? 'gas';
      expectTrue(cjt188, bytes, { medium }, frame?.bytes);
      count++;
    }
    expect(count).toBeGreaterThan(30);
  },
);
