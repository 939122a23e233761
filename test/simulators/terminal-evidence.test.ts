import { expect, test } from 'vitest';
import { minuteMs } from '../../model/time.ts';
import { readFrame } from '../../protocols/jt808/frame.ts';
import { joinFrames } from '../../protocols/jt808/join.ts';
import { mediaReceived } from '../../protocols/jt808/messages/p-8800-media-received.ts';
import { canData } from '../../protocols/jt808/messages/t-0705-can.ts';
import { mediaData } from '../../protocols/jt808/messages/t-0801-media.ts';
import { createCity } from '../../simulators/city.ts';
import { createFaultBook } from '../../simulators/faults.ts';
import { type TerminalReport, terminalOf } from '../../simulators/terminal.ts';
import {
  createEvidence,
  evidenceBroken,
  evidenceDue,
  hearMediaReceived,
} from '../../simulators/terminal-evidence.ts';
import { createOutbox } from '../../simulators/terminal-outbox.ts';
import { createFleet } from '../../simulators/vehicle.ts';
import { monday } from './town.ts';

const city = createCity({ seed: 1, institutions: 1 });
const [vehicle] = city.vehicles;
const position = createFleet(city, createFaultBook()).positionAt(vehicle?.id ?? '', monday);

/** @param kind 0 of 2013, 1 of 2019, 2 of 2011 */
function aTerminal(kind: number, acc = true) {
  const terminal = terminalOf(kind);
  const outbox = createOutbox(terminal, { timeoutMs: 60_000, retries: 3 });
  const talk = { evidence: createEvidence(), outbox, unit: { terminal, seed: 5 } };
  const report = (): TerminalReport => ({
    at: monday,
    position: { ...position, acc, speed_kmh: 50 },
    alarms: 0,
  });
  const dueAt = (minutes: number) => evidenceDue(talk, report, monday + minutes * minuteMs);
  return { terminal, talk, outbox, dueAt };
}

const isOf = (id: number) => (frame: Uint8Array) => readFrame(frame).header.id === id;
const join = (frames: readonly Uint8Array[]) => joinFrames(new Uint8Array(Buffer.concat(frames)));

test('nothing is said at first, nor while the engine is off', () => {
  expect(aTerminal(0).dueAt(0)).toEqual([]);
  const parked = aTerminal(0, false);
  parked.dueAt(0);
  for (const minutes of [2, 12, 24]) expect(parked.dueAt(minutes)).toEqual([]);
});

test('the bus tells how fast engine and wheels turn, once a minute', () => {
  const { dueAt } = aTerminal(1);
  dueAt(0);
  const [frame] = dueAt(2).filter(isOf(canData.id));
  const { count, frames } = canData.decode(readFrame(frame ?? new Uint8Array()).body, 2019);
  expect(count).toBe(2);
  const [engine, wheels] = frames.map(({ data }) => Buffer.from(data));
  expect((engine?.readUInt16LE(3) ?? 0) / 8).toBe(750 + 25 * 50);
  expect((wheels?.readUInt16LE(1) ?? 0) / 256).toBe(50);
  expect(dueAt(2.9).filter(isOf(canData.id))).toEqual([]);
  expect(dueAt(3).filter(isOf(canData.id))).toHaveLength(1);
});

test.each([0, 1, 2])(
  'a picture goes in packets until it is acknowledged, anew on a new link (%i)',
  (kind) => {
    const { terminal, talk, dueAt, outbox } = aTerminal(kind);
    dueAt(0);
    const first = dueAt(12).filter(isOf(mediaData.id));
    expect(first.length).toBeGreaterThan(2);
    const { body } = join(first);
    const { id, data, location } = mediaData.decode(body, terminal.edition);
    expect([...data.subarray(0, 2), ...data.subarray(-2)]).toEqual([0xff, 0xd8, 0xff, 0xd9]);
    expect(location === undefined).toBe(terminal.edition === 2011);
    expect(dueAt(12.1).filter(isOf(mediaData.id))).toEqual([]);

    const answer = (missing?: readonly number[], of = id) => {
      const said = mediaReceived.encode({ id: of, missing }, 2019);
      return hearMediaReceived(talk, { body: said } as never);
    };
    expect(answer([2, 3])).toEqual(first.slice(1, 3));
    expect(answer(undefined, id + 1)).toEqual([]);

    outbox.broken();
    evidenceBroken(talk.evidence);
    const again = dueAt(12.2).filter(isOf(mediaData.id));
    expect(join(again).body).toEqual(body);
    expect(answer()).toEqual([]);
    expect(dueAt(13).filter(isOf(mediaData.id))).toEqual([]);
    const [next] = dueAt(24).filter(isOf(mediaData.id));
    expect(mediaData.decode(readFrame(next ?? new Uint8Array()).body, terminal.edition).id).toBe(
      id + 1,
    );
  },
);
