import { expect, test } from 'vitest';
import type { CommandKind } from '../../commands/commands.ts';
import { done, openDesk, start, turns } from './kit.ts';

const faultOf = (ask: () => unknown): unknown => {
  try {
    ask();
  } catch (error) {
    return error;
  }
  return undefined;
};

test('what cannot be said to a terminal is refused before it waits, with its place', () => {
  const { ask, book } = openDesk();
  const wrong: readonly (readonly [CommandKind, unknown, path: string])[] = [
    ['locate', { extra: 1 }, 'params'],
    ['track', { intervalS: 10 }, 'params.forS'],
    ['track', { intervalS: 0, forS: 60 }, 'params.forS'],
    ['track', { intervalS: 60, forS: 30 }, 'params.forS'],
    ['text', { text: '😀' }, 'params.text'],
    ['text', { text: '字'.repeat(501) }, 'params.text'],
    ['text', { text: '字', display: false, speak: false }, 'params.display'],
    ['confirm-alarm', { alarms: ['overspeed'] }, 'params.alarms.0'],
    ['confirm-alarm', { alarms: Array(8).fill('area') }, 'params.alarms'],
    ['read-parameters', { names: ['nonsense'] }, 'params.names[0]'],
    ['read-parameters', { names: ['constructor'] }, 'params.names[0]'],
    ['set-parameters', { values: {} }, 'params.values'],
    ['set-parameters', { values: { intervalS: 0 } }, 'params.values.intervalS'],
    ['set-parameters', { values: { intervalS: '10' } }, 'params.values.intervalS'],
    ['set-parameters', { values: { intervalS: 1.5 } }, 'params.values.intervalS'],
    ['set-parameters', { values: { reportStrategy: 3 } }, 'params.values.reportStrategy'],
    [
      'set-parameters',
      { values: { forbiddenPeriod: '24:00-05:00' } },
      'params.values.forbiddenPeriod',
    ],
    ['set-parameters', { values: { server: 'example.org' } }, 'params.confirm'],
    ['set-parameters', { values: { tcpPort: 8808 }, confirm: false }, 'params.confirm'],
    ['restart', {}, 'params.confirm'],
  ];
  for (const [kind, params, path] of wrong) {
    const error = faultOf(() => ask(kind, params));
    expect(error, `${kind} ${JSON.stringify(params)}`).toMatchObject({ code: 'INPUT_INVALID' });
    expect((error as { faults: { path: string }[] }).faults.map((fault) => fault.path)).toContain(
      path,
    );
  }
  expect(book.waiting()).toEqual([]);
});

test('a text of exactly the limit is taken, in bytes of GBK', () => {
  const { ask } = openDesk();
  expect(ask('text', { text: '字'.repeat(500) }).state).toBe('queued');
});

test('a vehicle without a terminal is told so', () => {
  const { desk } = openDesk();
  const ask = () => desk.request({ vehicle: 'bus', kind: 'locate', params: {}, by: 'x' });
  expect(faultOf(ask)).toMatchObject({ code: 'INPUT_INVALID' });
});

test('each parameter of the table is sent and read back as it was', async () => {
  const world = openDesk();
  world.online.set('v1', 2019);
  for (const { name, type, min, max, choices } of world.desk.parameters) {
    const numbers = type === 'number' ? [min, max] : [];
    const values = {
      number: numbers,
      choice: choices?.map(({ value }) => value) ?? [],
      text: ['京A 12345'],
      period: ['02:00-05:30'],
    }[type];
    for (const value of values) {
      world.ask('set-parameters', { values: { [name]: value }, confirm: true });
      await turns();
      const { hex = '' } = world.sent.at(-1) ?? {};
      const item = Buffer.from(hex, 'hex').subarray(1);
      const body = Uint8Array.from([0, 0, 1, ...item]);
      world.answerWith(async () => ({ id: 0x0104, body, at: start }));
      const read = world.ask('read-parameters', { names: [name] });
      await turns();
      const answer = world.book.get(read.id)?.answer;
      expect(answer?.parameters, name).toMatchObject([{ name, value }]);
      world.answerWith(async () => done());
    }
  }
});

test('a password among the parameters is neither told nor kept', async () => {
  const world = openDesk();
  world.online.set('v1', 2013);
  const secret = Buffer.from('APNPA55');
  const body = Buffer.concat([Buffer.of(0, 0, 1, 0, 0, 0, 0x12, secret.length), secret]);
  world.answerWith(async () => ({ id: 0x0104, body, at: start }));
  const { id } = world.ask('read-parameters');
  await turns();
  const kept = world.book.get(id);
  expect(kept?.answer?.parameters).toMatchObject([
    { id: '0x0012', value: null, hex: '2a'.repeat(secret.length) },
  ]);
  expect(JSON.stringify(kept)).not.toContain(secret.toString('hex'));
});

test('a terminal is not told to be silent for longer than it is let be', () => {
  const { desk, ask } = openDesk();
  const { max } = desk.parameters.find(({ name }) => name === 'heartbeatS') ?? {};
  expect(max).toBe(90);
  expect(ask('set-parameters', { values: { heartbeatS: 90 } }).state).toBe('queued');
  expect(faultOf(() => ask('set-parameters', { values: { heartbeatS: 91 } }))).toMatchObject({
    code: 'INPUT_INVALID',
    faults: [{ path: 'params.values.heartbeatS', message: 'got 91, want a number from 5 to 90' }],
  });
});

test('the bytes of each command', async () => {
  const world = openDesk();
  world.online.set('v1', 2013);
  world.online.set('v2', 2019);
  const wanted: readonly (readonly [string, CommandKind, unknown, number, string])[] = [
    ['v1', 'locate', {}, 0x8201, ''],
    ['v1', 'track', { intervalS: 5, forS: 600 }, 0x8202, '000500000258'],
    ['v1', 'track', { intervalS: 0 }, 0x8202, '0000'],
    ['v1', 'text', { text: '你好A', urgent: true }, 0x8300, '0dc4e3bac341'],
    ['v2', 'text', { text: '你好A', speak: false }, 0x8300, '0401c4e3bac341'],
    ['v1', 'confirm-alarm', { alarms: ['emergency', 'area'], serial: 7 }, 0x8203, '000700100001'],
    ['v1', 'read-parameters', {}, 0x8104, ''],
    ['v1', 'read-parameters', { names: ['intervalS', 'server'] }, 0x8106, '020000002900000013'],
    ['v1', 'set-parameters', { values: { intervalS: 30 } }, 0x8103, '0100000029040000001e'],
    ['v1', 'read-attributes', {}, 0x8107, ''],
    ['v1', 'restart', { confirm: true }, 0x8105, '04'],
  ];
  for (const [vehicle, kind, params, id, hex] of wanted) {
    world.desk.request({ vehicle, kind, params, by: 'fleet' });
    await turns();
    expect(world.sent.at(-1), kind).toEqual({ vehicle, id, hex });
  }
});

test('so many may wait for a terminal, and no more', () => {
  const { ask, desk, state } = openDesk();
  const waiting = Array.from({ length: 20 }, () => ask('locate'));
  expect(faultOf(() => ask('locate'))).toMatchObject({ code: 'RATE_LIMITED' });
  const [first] = waiting;
  if (!first) throw new Error('there are some');
  desk.cancel(first.id);
  expect(state(first)).toBe('cancelled');
  expect(ask('locate').state).toBe('queued');
  expect(faultOf(() => desk.cancel(first.id))).toMatchObject({ code: 'VERSION_CONFLICT' });
});

test('one institution cannot take the room of others', () => {
  const { desk, terminals } = openDesk();
  const facts = { edition: undefined, utcOffsetMinutes: 480, datum: 'wgs84' } as const;
  const ask = (vehicle: string) => {
    terminals.set(vehicle, facts);
    return () => desk.request({ vehicle, kind: 'locate', params: {}, by: 'fleet' });
  };
  for (let n = 0; n < 2_000; n++) ask(`v${n % 200}@a`)();
  expect(faultOf(ask('v200@a'))).toMatchObject({
    code: 'RATE_LIMITED',
    message: '2000 commands wait for terminals of a already',
  });
  expect(ask('v0@b')().state).toBe('queued');
});

test('the list goes on page by page, newest first', () => {
  const { ask, desk } = openDesk();
  const ids = Array.from({ length: 5 }, () => ask('locate').id).reverse();
  const first = desk.list('v1', { limit: 3 });
  const rest = desk.list('v1', { limit: 3, cursor: first.next ?? '' });
  expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids);
  expect(rest.next).toBeNull();
  expect(desk.list('v2', { limit: 3 }).items).toEqual([]);
});
