import { describe, expect, test } from 'vitest';
import type { Vehicle } from '../../model/entities.ts';
import type { Observation } from '../../model/observation.ts';
import { dayMs, hourMs, secondMs } from '../../model/time.ts';
import { createFramer } from '../../protocols/jt808/frame.ts';
import { jt808 } from '../../protocols/jt808/index.ts';
import { setParameters } from '../../protocols/jt808/messages/p-8103-set-parameters.ts';
import { control } from '../../protocols/jt808/messages/p-8105-control.ts';
import { querySomeParameters } from '../../protocols/jt808/messages/p-8106-query-some-parameters.ts';
import { queryAttributes } from '../../protocols/jt808/messages/p-8107-query-attributes.ts';
import { queryLocation } from '../../protocols/jt808/messages/p-8201-query-location.ts';
import { parametersAnswered } from '../../protocols/jt808/messages/t-0104-parameters.ts';
import { toParameter } from '../../protocols/jt808/parameters.ts';
import { ruleKinds } from '../../rules/index.ts';
import { createCity } from '../../simulators/city.ts';
import { reportAt } from '../../simulators/device.ts';
import { planFault } from '../../simulators/fault-plan.ts';
import { createFaultBook, readLabels, toLabel } from '../../simulators/faults.ts';
import { toInventory } from '../../simulators/inventory.ts';
import { createMeters } from '../../simulators/meter.ts';
import { createDice } from '../../simulators/noise.ts';
import { createSchedule } from '../../simulators/schedule.ts';
import { type Fault, type Label, manners } from '../../simulators/simulator.ts';
import { type SimulatedTerminal, terminalOf } from '../../simulators/terminal.ts';
import { answerTo, createTold } from '../../simulators/terminal-answers.ts';
import { alarmStories, isBlind, planAlarm } from '../../simulators/terminal-faults.ts';
import { misbehave } from '../../simulators/terminal-manners.ts';
import { createOutbox } from '../../simulators/terminal-outbox.ts';
import { toFrames, toRegistration, toReport } from '../../simulators/terminal-speech.ts';
import { createFleet } from '../../simulators/vehicle.ts';
import { readAnswer } from '../flow/terminal-kit.ts';
import { judge, monday, surroundingsOf, thingsOf } from './town.ts';

const morning = monday + 9 * hourMs;

function aTown(faults = createFaultBook()) {
  const city = createCity({ seed: 1, terminals: 1 });
  const [meters, fleet] = [createMeters(city, faults), createFleet(city, faults)];
  return { city, faults, meters, fleet, profiles: new Map() };
}

const town = aTown();
const id = town.city.vehicles[0]?.id ?? '';
const terminals = [0, 1, 2, 5].map(terminalOf);
const patience = { timeoutMs: 1_000, retries: 3 };
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

const [firstVehicle] = thingsOf(town.city, morning).vehicles;

const vehicleOf = ({ phone, edition }: SimulatedTerminal): Vehicle => {
  if (!firstVehicle) throw new Error('there are vehicles');
  return { ...firstVehicle, jt808: { phone, edition } };
};

test('terminals are spread evenly, of every edition, each with a phone of its own, and the registry is told only what it must be', () => {
  const { vehicles } = createCity({ seed: 1, institutions: 400, terminals: 0.4 });
  const having = vehicles.flatMap(({ terminal }) => terminal ?? []);
  expect(having.length).toBe(Math.floor(vehicles.length * 0.4));
  expect(new Set(having.map(({ phone }) => phone)).size).toBe(having.length);
  expect(new Set(having.map(({ edition }) => edition))).toEqual(new Set([2011, 2013, 2019]));
  const inventory = toInventory(createCity({ seed: 1, terminals: 0.4 }), { now: monday });
  for (const { jt808: address, mqtt } of inventory.vehicles)
    expect([address !== undefined, mqtt !== undefined]).toContain(false);
  expect(inventory.vehicles.some(({ jt808: address }) => address?.edition === 2019)).toBe(true);
});

test('without terminals it is the city it was, and the same seed plans the same trouble', () => {
  const plain = createCity({ seed: 1 });
  expect(createCity({ seed: 1, terminals: 0 })).toMatchObject({ vehicles: plain.vehicles });
  for (const kind of ['terminal-alarm', 'blind-area', ...manners] as const) {
    const plan = () => planFault(kind, id, morning, aTown(), createDice(5));
    expect(plan()).toEqual(plan());
    expect(plan()?.fault).toBe(kind);
    expect(() => planFault(kind, id, morning, { ...town, city: plain }, createDice(5))).toThrow(
      'cannot happen',
    );
  }
});

test('a rough time is one of terminals alone, without a pause, and the same for the same seed', () => {
  const labelsOf = () => {
    const labels: Label[] = [];
    const write = (line: string) => labels.push(JSON.parse(line) as Label) > 0;
    const schedule = createSchedule('rough', aTown(), { write } as never, morning);
    schedule.begin(morning);
    for (let at = morning; at < morning + 60 * secondMs; at += 500) schedule.tick(at);
    return labels;
  };
  const labels = labelsOf();
  expect(labels.length).toBeGreaterThan(12);
  const ofTerminals = ['terminal-alarm', 'blind-area', ...manners];
  expect(labels.filter(({ fault }) => !ofTerminals.includes(fault))).toEqual([]);
  expect(
    labels.filter(({ fault, expect: kinds }) => fault !== 'terminal-alarm' && kinds.length > 0),
  ).toEqual([]);
  expect(labelsOf()).toEqual(labels);
});

test('labels are read again as they were written', () => {
  const faults = manners.map(
    (fault, n): Fault => ({ fault, device: id, from: n, to: n + 1, magnitude: 0 }),
  );
  const text = faults.map((fault) => JSON.stringify(toLabel(fault, town.city))).join('\n');
  expect(readLabels(text)).toMatchObject(faults);
});

describe('an alarm is found by the rule it is labelled with, once, in its time', () => {
  test.each(alarmStories)('bit $bit: $expect', (alarm) => {
    const { expect: kind } = alarm;
    const rule = ruleKinds.find((each) => each.kind === kind);
    if (!rule) throw new Error(`there is no rule ${kind}`);
    const faults = createFaultBook();
    const around = aTown(faults);
    const fault = planAlarm(alarm, id, morning, around, createDice(1));
    if (!fault) throw new Error('not planned');
    faults.add(fault);
    expect(toLabel(fault, around.city).expect).toEqual([kind]);
    const found = judge(
      rule,
      { vehicle: vehicleOf(terminalOf(0)) },
      story(around, fault),
      surroundingsOf(around.city, morning),
    );
    expect(found.filter(({ change }) => change === 'open')).toHaveLength(1);
    expect(found.filter(({ change }) => change === 'clear')).toHaveLength(1);
    for (const { change, at } of found) {
      if (change !== 'open') continue;
      expect(at).toBeGreaterThanOrEqual(fault.from);
      expect(at).toBeLessThan(fault.to);
    }
  });

  /** As the platform reads what the terminal sends. */
  function* story(around: ReturnType<typeof aTown>, { from, to }: Fault): Generator<Observation> {
    const terminal = terminalOf(0);
    const start = Math.floor(from / 5_000) * 5_000 - 60 * secondMs;
    for (let at = start; at < to + 120 * secondMs; at += 5_000) {
      const [frame] = toFrames(toReport(reportAt(around, id, at), terminal), 0, terminal);
      const about = { type: 'vehicle', vehicle: vehicleOf(terminal) } as const;
      yield* jt808.decode(frame ?? new Uint8Array(), about, at).observations;
    }
  }
});

test.each(terminals)('$model speaks as another decoder reads it', (terminal) => {
  const report = reportAt(town, id, morning);
  const [frame] = toFrames(toReport(report, terminal), 7, terminal);
  const read = readAnswer(Buffer.from(frame ?? []));
  expect(read).toMatchObject({ id: 0x0200, serial: 7, is2019: terminal.layout === 2019 });
  expect(read.phone.replace(/^0+/, '')).toBe(terminal.phone.replace(/^0+/, ''));
  expect(read.body.readUInt32BE(8)).toBe(Math.round(report.position.lat * 1e6));
  expect(read.body.toString('hex', 22, 28)).toBe('261019090000');
  const [registration] = toFrames(toRegistration(terminal, '鲁P12345'), 0, terminal);
  const fixed = { 2011: 25, 2013: 37, 2019: 76 }[terminal.edition];
  expect(readAnswer(Buffer.from(registration ?? [])).body.toString('latin1', fixed + 2)).toBe(
    'P12345',
  );
});

describe('an outbox', () => {
  const terminal = { ...terminalOf(0), maxBody: 256 };
  const reports = Array.from({ length: 30 }, (_, n) => reportAt(town, id, morning + n * 5_000));

  test('reports one by one, late ones together in several packets, and sends packets that are missed again as they were', () => {
    const outbox = createOutbox(terminal, patience);
    outbox.keep(reports[0] as never, false);
    expect(outbox.next(0)).toMatchObject({ id: 0x0200, first: 0, last: 0 });
    for (const report of reports.slice(1)) outbox.keep(report, true);
    const sent = outbox.next(0);
    expect(sent).toMatchObject({ id: 0x0704, first: 1, tries: 1 });
    expect(sent?.frames.length).toBeGreaterThan(3);
    expect(sent?.last).toBe(sent?.frames.length);
    expect(outbox.packets(1, [2, 99]).map(hex)).toEqual([hex(sent?.frames[1] ?? new Uint8Array())]);
    const about = { type: 'vehicle', vehicle: vehicleOf(terminal) } as const;
    const { observations, refused } = jt808.decode(
      Buffer.concat(sent?.frames ?? []),
      about,
      morning + dayMs,
    );
    expect(refused).toEqual([]);
    expect(observations.map(({ at }) => at)).toEqual(reports.slice(1).map(({ at }) => at));
    expect(observations).toMatchObject(observations.map(() => ({ resent: true })));
    expect(outbox.isIdle()).toBe(false);
    expect(outbox.answered(sent?.first ?? 0, 0x0704)).toBeUndefined();
    expect(outbox.answered(sent?.last ?? 0, 0x0704)?.reports).toEqual(reports.slice(1));
    expect(outbox.answered(0, 0x0200)?.reports).toEqual([reports[0]]);
    expect(outbox.isIdle()).toBe(true);
  });

  test('waits T(N+1) = T(N) × (N+1), then gives the link up, and loses nothing with it', () => {
    const outbox = createOutbox(terminal, patience);
    outbox.keep(reports[0] as never, false);
    outbox.next(0);
    const times: number[] = [];
    let now = 0;
    for (let late = outbox.due(now); late; late = outbox.due(now)) {
      times.push(...late.map(() => now));
      now += 100;
    }
    expect(times).toEqual([1_000, 3_000, 9_000]);
    expect(now).toBe(33_000);
    outbox.broken();
    expect(outbox.next(now)).toMatchObject({ id: 0x0704, reports: [reports[0]] });
  });

  test('never has more than four messages on their way', () => {
    const outbox = createOutbox(terminal, patience);
    for (let n = 0; n < 9; n++) {
      outbox.keep(reports[n] as never, false);
      if (n < 4) expect(outbox.next(0)).toBeDefined();
    }
    expect(outbox.next(0)).toBeUndefined();
    outbox.answered(0, 0x0200);
    expect(outbox.next(0)).toMatchObject({ id: 0x0704, first: 4 });
  });
});

describe('bad manners', () => {
  const terminal = terminalOf(1);
  const frames = Array.from(
    { length: 60 },
    (_, n) => toFrames(toReport(reportAt(town, id, morning + n * 5_000), terminal), n, terminal)[0],
  ).flatMap((frame) => frame ?? []);
  const wire = (manner: (typeof manners)[number], seed = 3) => {
    const dice = createDice(seed);
    return Buffer.concat(frames.map((frame, n) => misbehave(frame, manner, true, n > 0, dice)));
  };
  const heardOf = (bytes: Uint8Array) => createFramer().push(bytes);

  test.each(['garbage', 'shared-flag', 'half-frame'] as const)(
    '%s takes no whole frame with it',
    (manner) => {
      const heard = heardOf(wire(manner));
      const whole = heard.flatMap((one) => (one.type === 'frame' ? [hex(one.frame.bytes)] : []));
      expect(whole).toEqual(frames.map(hex));
      expect(heard.length > frames.length).toBe(manner !== 'shared-flag');
      expect(wire(manner).equals(wire(manner))).toBe(true);
      if (manner !== 'shared-flag') expect(wire(manner).equals(wire(manner, 4))).toBe(false);
    },
  );

  test('a wrong checksum is sent the first time alone', () => {
    const bad = heardOf(wire('wrong-checksum')).filter(({ type }) => type === 'bad');
    expect(bad.length).toBeGreaterThan(15);
    expect(bad.length).toBeLessThan(45);
    expect(bad.every((one) => one.type === 'bad' && one.reason === 'checksum')).toBe(true);
    const [frame = new Uint8Array()] = frames;
    expect(misbehave(frame, 'wrong-checksum', false, true, createDice(3))).toBe(frame);
  });

  test('in a blind area there is no link', () => {
    const fault = planFault('blind-area', id, morning, town, createDice(2));
    expect(fault && isBlind([fault], fault.from)).toBe(true);
    expect(fault && isBlind([fault], fault.to)).toBe(false);
  });
});

describe.each(terminals)('$model is told', (terminal) => {
  const told = createTold(terminal, '鲁P12345', 5);
  const report = () => reportAt(town, id, morning);
  const ask = (message: number, body: Uint8Array) => {
    const header = { id: message, phone: terminal.phone, serial: 77, encryption: 0 };
    const frame = { header, body, bytes: body };
    return answerTo(frame, { terminal, told, report, now: () => morning });
  };

  test('where it is asked, it answers with a location of the asking serial', () => {
    const said = ask(queryLocation.id, new Uint8Array(0))?.said;
    expect(said?.id).toBe(0x0201);
    expect(said && hex(said.body).startsWith('004d')).toBe(true);
  });

  test('parameters are set and read', () => {
    const parameters = [toParameter('intervalS', 30)];
    const set = setParameters.encode({ parameters }, terminal.edition);
    expect(hex(ask(setParameters.id, set)?.said.body ?? new Uint8Array())).toBe('004d810300');
    const query = querySomeParameters.encode({ ids: [0x29] }, terminal.edition);
    const body = ask(querySomeParameters.id, query)?.said.body ?? new Uint8Array();
    const { serial, parameters: got } = parametersAnswered.decode(body, terminal.edition);
    expect([serial, got.map(({ bytes }) => hex(bytes))]).toEqual([77, ['0000001e']]);
  });

  test('a restart it obeys, another control it does not know, nor a message it has never heard of', () => {
    const order = (command: number) =>
      ask(control.id, control.encode({ command, parameters: '' }, terminal.edition));
    expect(order(4)).toMatchObject({ deed: 'restart' });
    expect(hex(order(3)?.said.body ?? new Uint8Array())).toBe('004d810503');
    expect(hex(ask(0x8f00, new Uint8Array(0))?.said.body ?? new Uint8Array())).toBe('004d8f0003');
    expect(ask(queryAttributes.id, new Uint8Array(0))?.said.id).toBe(0x0107);
    expect(ask(0x8800, new Uint8Array(4))).toBeUndefined();
  });
});
