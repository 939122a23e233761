import { expect, test } from 'vitest';
import { createAssembly } from '../../protocols/jt808/assembly.ts';
import { encodeMessage, type Frame, type Header, readFrame } from '../../protocols/jt808/frame.ts';
import { joinFrames } from '../../protocols/jt808/join.ts';

const header: Header = { id: 0x0801, phone: '013800138000', serial: 65_534, encryption: 0 };
const bodyOf = (bytes: number): Uint8Array => Uint8Array.from({ length: bytes }, (_, i) => i * 7);

const partsOf = (over: Partial<Header> = {}, bytes = 50): readonly Frame[] =>
  encodeMessage({ ...header, ...over }, bodyOf(bytes), 10).map(readFrame);

const at = (frames: readonly Frame[], index: number): Frame => {
  const frame = frames[index - 1];
  if (!frame) throw new Error(`there is a part ${index}`);
  return frame;
};

test('a message that fits is one frame without parts; one that does not has consecutive serials', () => {
  expect(partsOf({}, 10).map((frame) => frame.header.part)).toEqual([undefined]);
  const frames = partsOf();
  expect(frames.map((frame) => frame.header.serial)).toEqual([65_534, 65_535, 0, 1, 2]);
  expect(frames.map((frame) => frame.header.part?.index)).toEqual([1, 2, 3, 4, 5]);
});

test('parts in any order are whole once all are there', () => {
  const frames = partsOf();
  for (const order of [
    [1, 2, 3, 4, 5],
    [5, 4, 3, 2, 1],
    [3, 1, 5, 2, 4],
  ]) {
    const assembly = createAssembly();
    const added = order.map((index) => assembly.add(at(frames, index), 0));
    expect(added.slice(0, -1).map(({ type }) => type)).toEqual(Array(4).fill('waiting'));
    const last = added.at(-1);
    if (last?.type !== 'whole') throw new Error('want it whole');
    expect(last.frames).toEqual(frames);
    const bytes = Buffer.concat(last.frames.map((frame) => frame.bytes));
    expect(joinFrames(bytes).body).toEqual(bodyOf(50));
    expect(assembly.held()).toEqual({ open: 0, bytes: 0 });
  }
});

test('a part that comes again is known; after the message is stored too', () => {
  const frames = partsOf();
  const assembly = createAssembly();
  assembly.add(at(frames, 1), 0);
  expect(assembly.add(at(frames, 1), 1)).toEqual({ type: 'again', isStored: false });
  for (const frame of frames.slice(1)) assembly.add(frame, 2);
  // Not stored yet: the whole message may have to come again.
  expect(assembly.add(at(frames, 2), 3).type).toBe('waiting');
  assembly.stored(at(frames, 5));
  expect(assembly.add(at(frames, 3), 4)).toEqual({ type: 'again', isStored: true });
  // Serials go round: much later the same numbers are another message's.
  expect(assembly.add(at(frames, 3), 400_000).type).toBe('waiting');
});

test('missing parts are asked for by the serial of the first, again and again until it is given up', () => {
  const frames = partsOf();
  const assembly = createAssembly({ askAfterMs: 5_000, expiresMs: 12_000 });
  assembly.add(at(frames, 4), 0);
  assembly.add(at(frames, 2), 1_000);
  expect(assembly.due(5_999)).toEqual({ missing: [], expired: [] });
  const { missing } = assembly.due(6_000);
  expect(missing).toMatchObject([{ firstSerial: 65_534, parts: [1, 3, 5] }]);
  expect(assembly.due(10_999).missing).toEqual([]);
  assembly.add(at(frames, 1), 11_000);
  expect(assembly.due(16_000).missing).toMatchObject([{ firstSerial: 65_534, parts: [3, 5] }]);
  expect(assembly.due(23_000).expired).toMatchObject([{ parts: 3 }]);
  expect(assembly.held()).toEqual({ open: 0, bytes: 0 });
});

test('two messages at once are kept apart, of the same id and number of parts', () => {
  const [one, two] = [partsOf({ serial: 10 }), partsOf({ serial: 20 })];
  const assembly = createAssembly();
  const added = [1, 2, 3, 4, 5].flatMap((index) => [
    assembly.add(at(two, index), 0),
    assembly.add(at(one, index), 0),
  ]);
  const wholes = added.flatMap((each) => (each.type === 'whole' ? [each.frames] : []));
  expect(wholes).toEqual([two, one]);
});

test('serials that are not consecutive are taken where no part is missing ahead', () => {
  const frames = partsOf().map((frame, i) => ({
    ...frame,
    header: { ...frame.header, serial: (65_000 + 100 * i) & 0xffff },
  }));
  const inOrder = createAssembly();
  expect(frames.map((frame) => inOrder.add(frame, 0).type).at(-1)).toBe('whole');
  const withGap = createAssembly();
  const [first, , third] = frames;
  if (!first || !third) throw new Error('there are five');
  withGap.add(first, 0);
  withGap.add(third, 0);
  expect(withGap.held().open).toBe(2);
});

test('memory is bounded: open messages, parts, bytes', () => {
  const assembly = createAssembly({ open: 2, parts: 5, bytes: 150 });
  for (const serial of [100, 200, 300, 400]) assembly.add(at(partsOf({ serial }), 1), serial);
  expect(assembly.held().open).toBe(2);
  // The oldest two have given way.
  expect(assembly.add(at(partsOf({ serial: 400 }), 1), 500).type).toBe('again');
  expect(assembly.add(at(partsOf({ serial: 100 }), 1), 500).type).toBe('waiting');
  expect(assembly.add(at(partsOf({}, 60), 1), 600).type).toBe('refused');
  const small = createAssembly({ bytes: 60 });
  const types = partsOf().map((frame) => small.add(frame, 0).type);
  expect(types).toContain('refused');
  expect(small.held().bytes).toBeLessThanOrEqual(60);
});

test('parts that cannot be are refused', () => {
  const assembly = createAssembly();
  const frame = at(partsOf(), 1);
  for (const part of [
    { total: 3, index: 0 },
    { total: 3, index: 4 },
    { total: 0, index: 0 },
    { total: 65_535, index: 1 },
  ]) {
    const spoilt = { ...frame, header: { ...frame.header, part } };
    expect(assembly.add(spoilt, 0).type).toBe('refused');
  }
  expect(assembly.held().open).toBe(0);
});
