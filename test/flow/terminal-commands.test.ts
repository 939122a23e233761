import { describe, expect, test } from 'vitest';
import type { CommandView, FrameView, Page } from '../../api/contract.ts';
import { actAs } from './field-kit.ts';
import { adminPassword } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';
import { dword, location, word } from './terminal-kit.ts';
import {
  type Asker,
  ask,
  ended,
  enter,
  heard,
  inventory,
  password,
  reply,
} from './terminal-people.ts';

/** People ask terminals for things, and see what they answer. */

describe('with the service', () => {
  const guanjia = guanjiaOfSuite(() => ({ inventory: inventory() }));
  const as = (user: string) => actAs(guanjia, user, user === 'admin' ? adminPassword : password);

  test('every command is sent, and its answer told', { timeout: 120_000 }, async () => {
    const { terminal } = await enter(guanjia, 0);
    const [dispatcher, fitter] = [await as('dispatcher'), await as('fitter')];

    const locate = await ask(dispatcher, 0, 'locate');
    let frame = await heard(terminal);
    expect([frame.id, frame.body.length]).toEqual([0x8201, 0]);
    const at = Date.UTC(2026, 10, 21, 14, 15, 30);
    const place = location({ at, lat: 36.456789, lon: 115.985432, speedKmh: 45.3, alarms: 1 });
    terminal.send(0x0201, Buffer.concat([word(frame.serial), place]));
    expect(await ended(dispatcher, locate)).toMatchObject({
      state: 'answered',
      by: 'dispatcher',
      answer: {
        position: {
          at: '2026-11-21T22:15:30+08:00',
          lat: 36.456789,
          lon: 115.985432,
          speedKmh: 45.3,
          alarms: [{ zh: '紧急报警' }],
        },
      },
    });

    const track = await ask(dispatcher, 0, 'track', { intervalS: 5, forS: 300 });
    frame = await heard(terminal);
    expect([frame.id, frame.body.toString('hex')]).toEqual([0x8202, '00050000012c']);
    reply(terminal, frame);
    expect(await ended(dispatcher, track)).toMatchObject({ state: 'answered', answer: {} });

    const text = await ask(dispatcher, 0, 'text', { text: '请速回', urgent: true });
    frame = await heard(terminal);
    expect([frame.id, frame.body.toString('hex')]).toEqual([0x8300, '0dc7ebcbd9bbd8']);
    reply(terminal, frame, 3);
    expect(await ended(dispatcher, text)).toMatchObject({
      state: 'refused',
      trouble: 'unsupported',
    });

    const confirm = await ask(dispatcher, 0, 'confirm-alarm', { alarms: ['emergency'] });
    frame = await heard(terminal);
    expect([frame.id, frame.body.toString('hex')]).toEqual([0x8203, '000000000001']);
    reply(terminal, frame);
    expect((await ended(dispatcher, confirm)).state).toBe('answered');

    const read = await ask(fitter, 0, 'read-parameters', { names: ['intervalS'] });
    frame = await heard(terminal);
    expect([frame.id, frame.body.toString('hex')]).toEqual([0x8106, '0100000029']);
    const interval = Buffer.concat([dword(0x29), Buffer.from([4]), dword(30)]);
    const own = Buffer.concat([dword(0xf001), Buffer.from([1, 0xab])]);
    terminal.send(0x0104, Buffer.concat([word(frame.serial), Buffer.from([2]), interval, own]));
    expect((await ended(fitter, read)).answer?.parameters).toMatchObject([
      { id: '0x0029', name: 'intervalS', value: 30, unit: 's' },
      { id: '0xF001', name: null, value: null, hex: 'ab' },
    ]);

    const all = await ask(fitter, 0, 'read-parameters');
    frame = await heard(terminal);
    expect(frame.id).toBe(0x8104);
    terminal.send(0x0104, Buffer.concat([word(frame.serial), Buffer.from([1]), interval]));
    expect((await ended(fitter, all)).answer?.parameters).toHaveLength(1);

    const set = await ask(fitter, 0, 'set-parameters', { values: { intervalS: 10 } });
    frame = await heard(terminal);
    expect([frame.id, frame.body.toString('hex')]).toEqual([0x8103, '0100000029040000000a']);
    reply(terminal, frame);
    expect((await ended(fitter, set)).state).toBe('answered');

    const about = await ask(fitter, 0, 'read-attributes');
    frame = await heard(terminal);
    expect(frame.id).toBe(0x8107);
    const padded = (said: string, bytes: number) =>
      Buffer.concat([Buffer.from(said), Buffer.alloc(bytes - said.length)]);
    const facts = [
      word(1),
      padded('MAKER', 5),
      padded('BD-T1', 20),
      padded('T0', 7),
      Buffer.from('89860000000000000001', 'hex'),
      Buffer.from([2]),
      Buffer.from('H1'),
      Buffer.from([2]),
      Buffer.from('F2'),
      Buffer.from([3, 0x21]),
    ];
    terminal.send(0x0107, Buffer.concat(facts));
    const told = (await ended(fitter, about)).answer?.attributes ?? [];
    expect(told.find(({ name }) => name.en === 'ICCID')?.value).toBe('89860000000000000001');
    expect(told.find(({ name }) => name.en === 'GNSS module')?.value).toMatchObject({
      en: 'GPS, BeiDou',
    });

    const restart = await ask(fitter, 0, 'restart', { confirm: true });
    frame = await heard(terminal);
    expect([frame.id, frame.body.toString('hex')]).toEqual([0x8105, '04']);
    reply(terminal, frame);
    expect((await ended(fitter, restart)).state).toBe('answered');

    const { body } = await dispatcher('/api/v1/vehicles/v0/commands?limit=4');
    const page = body as unknown as Page<CommandView>;
    expect(page.items.map(({ kind }) => kind)).toEqual([
      'restart',
      'read-attributes',
      'set-parameters',
      'read-parameters',
    ]);
    expect(page.next).toMatch(/^\d+$/);
    const audit =
      await guanjia.get<Page<{ action: string; user: string; detail: object }>>(
        '/api/v1/audit?limit=50',
      );
    expect(audit.items).toContainEqual(
      expect.objectContaining({
        user: 'dispatcher',
        action: 'command-terminal',
        id: 'v0',
        detail: {
          command: text.id,
          kind: 'text',
          params: { text: '请速回', urgent: true, display: true, speak: true },
        },
      }),
    );
  });

  test('asked while it is away: waits, goes out when the terminal comes, expires, is taken back', {
    timeout: 120_000,
  }, async () => {
    const dispatcher = await as('dispatcher');
    const late = await ask(dispatcher, 1, 'locate', {}, { expiresInS: 10 });
    const taken = await ask(dispatcher, 1, 'text', { text: '不用了' });
    const first = await ask(dispatcher, 1, 'text', { text: '一' });
    const second = await ask(dispatcher, 1, 'text', { text: '二' });
    const { status } = await dispatcher(
      `/api/v1/vehicles/v1/commands/${taken.id}`,
      undefined,
      'DELETE',
    );
    expect(status).toBe(204);
    expect((await ended(dispatcher, late)).state).toBe('expired');

    // Of 2019: the text has its kind.
    const { terminal } = await enter(guanjia, 1, 2019);
    for (const wanted of ['0c01d2bb', '0c01b6fe']) {
      const frame = await heard(terminal);
      expect([frame.id, frame.is2019, frame.body.toString('hex')]).toEqual([0x8300, true, wanted]);
      reply(terminal, frame);
    }
    for (const command of [first, second])
      expect((await ended(dispatcher, command)).state).toBe('answered');
    expect((await ended(dispatcher, taken)).state).toBe('cancelled');
    const again = await dispatcher(`/api/v1/vehicles/v1/commands/${first.id}`, undefined, 'DELETE');
    expect(again.status).toBe(409);
    expect(terminal.waiting()).toBe(0);
  });

  test('who may ask for what', async () => {
    const [admin, dispatcher, fitter, viewer, stranger] = await Promise.all(
      ['admin', 'dispatcher', 'fitter', 'viewer', 'stranger'].map(as),
    );
    if (!(admin && dispatcher && fitter && viewer && stranger)) throw new Error('all sign in');
    const statusOf = async (asker: Asker, kind: string, params: object = {}) =>
      (await asker('/api/v1/vehicles/v2/commands', { kind, params })).status;
    const driving = [
      ['locate', {}],
      ['track', { intervalS: 0 }],
      ['text', { text: 'x' }],
      ['confirm-alarm', { alarms: ['danger'] }],
    ] as const;
    const fitting = [
      ['read-parameters', {}],
      ['set-parameters', { values: { intervalS: 10 } }],
      ['read-attributes', {}],
      ['restart', { confirm: true }],
    ] as const;
    for (const [kind, params] of [...driving, ...fitting]) {
      const isDriving = driving.some(([one]) => one === kind);
      const of = (asker: Asker) => statusOf(asker, kind, params);
      expect([kind, await of(admin), await of(dispatcher), await of(fitter)]).toEqual([
        kind,
        201,
        isDriving ? 201 : 403,
        isDriving ? 403 : 201,
      ]);
      expect([kind, await of(viewer), await of(stranger)]).toEqual([kind, 403, 404]);
    }
    const paths = ['commands', 'frames'];
    for (const path of paths) {
      expect((await viewer(`/api/v1/vehicles/v2/${path}`)).status).toBe(403);
      expect((await stranger(`/api/v1/vehicles/v2/${path}`)).status).toBe(404);
      expect((await fitter(`/api/v1/vehicles/v2/${path}`)).status).toBe(200);
    }
    expect(await statusOf(fitter, 'cut-fuel')).toBe(422);
    const { body } = await fitter('/api/v1/vehicles/v2/commands', {
      kind: 'set-parameters',
      params: { values: { server: 'example.org' } },
    });
    expect(body).toMatchObject({ code: 'INPUT_INVALID', errors: [{ path: 'params.confirm' }] });
  });

  test('the last frames are told field by field, without the code', async () => {
    const { terminal, code } = await enter(guanjia, 3);
    terminal.send(0x0200, location({ at: Date.now(), lat: 36.4, lon: 115.9, speedKmh: 12.5 }));
    await terminal.general();
    const fitter = await as('fitter');
    const { body } = await fitter('/api/v1/vehicles/v3/frames?limit=50');
    const { items } = body as unknown as Page<FrameView>;
    expect(items.map(({ direction, message }) => `${direction} ${message?.id}`).reverse()).toEqual([
      'in 0x0100',
      'out 0x8100',
      'in 0x0102',
      'out 0x8001',
      'in 0x0200',
      'out 0x8001',
    ]);
    const text = JSON.stringify(items);
    expect(text).toContain('12.5');
    expect(text).not.toContain(code);
    expect(text).not.toContain(Buffer.from(code).toString('hex'));
  });
});
