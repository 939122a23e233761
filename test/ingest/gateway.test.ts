import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPipeline } from '../../ingest/pipeline.ts';
import type { Meter } from '../../model/entities.ts';
import type { Entry } from '../../model/envelope.ts';
import { loadMappings } from '../../protocols/mapping.ts';
import { createMqttMapping } from '../../protocols/mqtt-mapping/index.ts';
import type { Directory, GatewayDevice } from '../../registry/registry.ts';
import { entryOf, noon, nothing, openAt, stored, today } from './ledger-kit.ts';

/** Messages of a gateway are its own, what they say is of its meters. */

const gateway: GatewayDevice = {
  type: 'gateway',
  gateway: { id: 'g1', devices: ['m1', 'm2'], mqtt: { mapping: 'neuron' } },
  meter: (name) => (['m1', 'm2'].includes(name) ? ({ id: name } as Meter) : undefined),
};
const directory = {
  device: () => undefined,
  gateway: (id: string) => (id === 'g1' ? gateway : undefined),
} as unknown as Directory;

const createLine = () =>
  createPipeline({
    protocols: new Map([['mqtt-mapping', createMqttMapping(loadMappings())]]),
    directory: () => directory,
    newest: new Map(),
  });

const said = (seq: number, message: unknown, device = 'g1'): Entry =>
  entryOf(seq, {
    protocol: 'mqtt-mapping',
    device,
    bytes: Buffer.from(JSON.stringify(message)),
  });
const values = { power_kw: 1 };

test('each reading goes to its meter, what is of no meter of the gateway goes nowhere', async () => {
  const entries = [
    said(1, { node: 'm1', timestamp: noon, values }),
    said(2, { node: 'm2', timestamp: noon, values }),
    said(3, { node: 'm3', timestamp: noon, values }),
    said(4, { node: 'm1', timestamp: noon, values }, 'g2'),
    said(5, { node: 'm1', timestamp: noon, values }),
  ];
  const { accepted, duplicates, quarantined } = await createLine().pass(entries, async () => []);
  expect(accepted.map(({ device, seq }) => [device, seq])).toEqual([
    ['m1', 1],
    ['m2', 2],
  ]);
  expect(duplicates.map(({ seq }) => seq)).toEqual([5]);
  expect(quarantined.map(({ seq, device, reason }) => [seq, device, reason])).toEqual([
    [3, 'g1', 'unknown-device'],
    [4, 'g2', 'unknown-device'],
  ]);
});

test('readings without a clock of several meters in one message each have their instant', async () => {
  const { accepted } = await createLine().pass(
    [
      said(1, { node: 'm1', values }),
      said(2, { node: 'm2', values }),
      said(3, { node: 'm1', values }),
    ],
    async () => [],
  );
  expect(accepted.map(({ device, at }) => [device, at - noon])).toEqual([
    ['m1', 1],
    ['m2', 2],
    ['m1', 3],
  ]);
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guanjia-gateway-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the ledger counts messages for who sent them and readings for whom they are of', () => {
  const file = join(folder, 'ledger.db');
  const ledger = openAt(file);
  const entries = [said(1, {}), said(2, {}), said(3, {})];
  const [first, second, third] = entries;
  if (!first || !second || !third) throw new Error('no entries');
  const accepted = [
    { ...stored(first), device: 'm1' },
    { ...stored(first), device: 'm2' },
    { ...stored(second), device: 'm1' },
  ];
  ledger.add(3, entries, { ...nothing, accepted, duplicates: [third] });
  const expectAll = (read: ReturnType<typeof openAt>['read']) => {
    expect(read('g1', today, today).days).toMatchObject([
      {
        journalled: 3,
        messages: { stored: 2, duplicate: 1 },
        stored: 0,
        observed: 0,
        duplicate: 1,
      },
    ]);
    expect(read('m1', today, today)).toMatchObject({
      device: { firstAt: first.receivedAt },
      days: [{ journalled: 0, stored: 2, observed: 2, received: 2 }],
    });
    expect(read('m2', today, today).days).toMatchObject([{ stored: 1, observed: 1 }]);
  };
  expectAll(ledger.read);
  ledger.close();
  const again = openAt(file);
  expectAll(again.read);
  again.close();
});
