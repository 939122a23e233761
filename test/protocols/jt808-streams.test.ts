import { expect, test } from 'vitest';
import { createAssembly } from '../../protocols/jt808/assembly.ts';
import { createFramer, encodeFrame, type Heard, readFrame } from '../../protocols/jt808/frame.ts';
import { joinFrames } from '../../protocols/jt808/join.ts';
import { generalReply } from '../../protocols/jt808/messages/p-8001-general-reply.ts';
import { registered } from '../../protocols/jt808/messages/p-8100-registered.ts';
import { mediaReceived } from '../../protocols/jt808/messages/p-8800-media-received.ts';
import { parametersAnswered } from '../../protocols/jt808/messages/t-0104-parameters.ts';
import { parameterIn } from '../../protocols/jt808/parameters.ts';
import { dataOf, fromHex, hasFrames, skipped, toHex } from './jt808-data.ts';

/* Streams, split messages and answers of other implementations. */

skipped(4);

interface Stream {
  readonly name: string;
  readonly stream: string;
  readonly frames?: readonly string[];
  readonly wantFrames?: number;
}
interface Escape {
  readonly wire: string;
  readonly unescaped?: string;
  readonly error?: string;
}
const { streams, escape: escapes } = dataOf<{
  readonly streams: readonly Stream[];
  readonly escape: readonly Escape[];
}>('streams.json', { streams: [], escape: [] });

/** The whole, every cut in two, byte by byte, and in pieces of three. */
function* cuttings(bytes: Uint8Array): Generator<readonly Uint8Array[]> {
  yield [bytes];
  for (let at = 0; at <= bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
  for (const size of [1, 3]) {
    yield Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    );
  }
}

const framesIn = (heard: readonly Heard[]): readonly string[] =>
  heard.flatMap((one) => (one.type === 'frame' ? [toHex(one.frame.bytes)] : []));

/** The one stream in which another implementation stops at a broken frame; behind it stands a sound one. */
const isAfterBroken = ({ name }: Stream): boolean => name.startsWith('第一帧非法第二帧合法');

test.skipIf(!hasFrames).each(streams.map((stream) => [stream.name, stream] as const))(
  'stream: %s',
  (_, stream) => {
    const bytes = fromHex(stream.stream);
    const wanted =
      stream.frames ?? (isAfterBroken(stream) ? ['7e000200000123456789017fff0a7e'] : []);
    for (const pieces of cuttings(bytes)) {
      const framer = createFramer();
      const heard = pieces.flatMap((piece) => framer.push(piece.slice()));
      expect(framesIn(heard)).toEqual(wanted);
    }
  },
);

test.skipIf(!hasFrames).each(escapes.map((one) => [one.wire, one] as const))(
  'escapes: %s',
  (_, { wire, unescaped }) => {
    // These are no whole frames: what is undone is seen in the checksum they are refused with.
    const [heard] = createFramer().push(fromHex(wire));
    if (heard?.type !== 'bad') throw new Error('want it refused');
    if (unescaped) expect(heard.detail).not.toContain('escape');
    else expect(heard.detail).toContain('escape 7D 03');
  },
);

interface Named {
  readonly id: string;
  readonly raw: string;
}
interface Split {
  readonly name: string;
  readonly frames: readonly string[];
  readonly mergedBodyHex: string;
  readonly mergedDecoded: { readonly params: readonly Named[] };
}
const splits = dataOf<readonly Split[]>('subpackages.json', []);

test.skipIf(!hasFrames).each(splits.map((split) => [split.name, split] as const))(
  'split message: %s',
  (_, { frames, mergedBodyHex, mergedDecoded }) => {
    for (const order of [frames, frames.toReversed()]) {
      const assembly = createAssembly();
      const heard = order.map((hex) => readFrame(fromHex(hex)));
      // Its serials, 1233 and 1250, are not consecutive: it is only known as one message in order.
      const added = heard.map((frame) => assembly.add(frame, 0).type);
      expect(added).toEqual(order === frames ? ['waiting', 'whole'] : ['waiting', 'waiting']);
    }
    const { body } = joinFrames(fromHex(frames.join('')));
    expect(toHex(body)).toBe(mergedBodyHex);
    const { parameters } = parametersAnswered.decode(body, 2013);
    expect(parameters.map(({ id, bytes }) => ({ id, raw: toHex(bytes) }))).toEqual(
      mergedDecoded.params.map(({ id, raw }) => ({ id: Number(id), raw })),
    );
    expect(parameterIn(parameters, 'intervalS')).toBe(30);
    expect(parameterIn(parameters, 'server')).toBe('222.184.26.22');
    expect(parameterIn(parameters, 'plate')).toBe('测试视频车辆');
    expect(parameterIn(parameters, 'odometerKm')).toBe(30_965.1);
  },
);

interface Reply {
  readonly name: string;
  readonly request: string;
  readonly reply: string;
}
const { replies } = dataOf<{ readonly replies: readonly Reply[] }>('replies.json', { replies: [] });
const known = [generalReply, registered, mediaReceived] as const;

test.skipIf(!hasFrames).each(replies.map((reply) => [reply.name, reply] as const))(
  'the answer to %s is written as there',
  (_, { reply, request }) => {
    const { header, body } = readFrame(fromHex(reply));
    expect(header.phone).toBe(readFrame(fromHex(request)).header.phone);
    const message = known.find(({ id }) => id === header.id);
    if (!message) return expect([0x1003, 0x8001, 0x9003, 0x9212]).toContain(header.id);
    if (body.length === 0) return;
    const value = message.decode(body, 2013);
    const written = encodeFrame(
      header,
      (message as typeof generalReply).encode(value as never, 2013),
    );
    expect(toHex(written)).toBe(reply);
  },
);
