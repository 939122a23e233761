import { describe, expect, test } from 'vitest';
import { actor, faultsOf, mustImport, testRegistry } from './city.ts';

const secret = '4f1d8a6c0b9e72355ac1e0d97f3b2846';
const house = `institutions: [{ id: i1, name: 局, level: municipal }]
buildings: [{ id: b1, institution: i1, name: 1号楼 }]
`;
const city = `${house}meters:
  - { id: m1, building: b1, medium: electricity, mqtt: { secret: ${secret}, mapping: acrel-adw300, id: "20201998111433" } }
  - { id: m2, building: b1, medium: electricity, mqtt: { id: node-2 } }
  - { id: m3, building: b1, medium: electricity }
gateways:
  - { id: g1, devices: [m2, m3], mqtt: { secret: ${secret}, mapping: neuron } }
  - { id: g2, secret: ${secret}, devices: [m1] }
`;

test('mapping and name are kept, the secret is not among them', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, city);
  expect(registry.get('meters', 'm1')?.mqtt).toEqual({
    mapping: 'acrel-adw300',
    id: '20201998111433',
  });
  expect(registry.get('gateways', 'g1')).toMatchObject({ mqtt: { mapping: 'neuron' } });
  expect(
    JSON.stringify([
      ...registry.directory().all('meters'),
      ...registry.directory().all('gateways'),
    ]),
  ).not.toContain(secret);
  const again = await mustImport(registry, city);
  expect(new Set(again.map(({ change }) => change))).toEqual(new Set(['unchanged']));
});

test('the door learns whose messages are read by what', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, city);
  const credential = (id: string) => registry.directory().credential(id);
  expect(credential('m1')?.mapped).toEqual([
    { device: 'm1', mapping: 'acrel-adw300', name: '20201998111433' },
  ]);
  expect(credential('g1')?.mapped).toEqual([{ device: 'g1', mapping: 'neuron', name: 'g1' }]);
  expect(credential('g2')?.mapped).toEqual([
    { device: 'm1', mapping: 'acrel-adw300', name: '20201998111433' },
  ]);
  expect(credential('m2')).toBeUndefined();
});

test('a gateway is found with its meters, as they were', async () => {
  const { registry, clock } = testRegistry();
  await mustImport(registry, city);
  const gateway = (at?: number) => registry.directory().gateway('g1', at);
  expect(gateway()?.meter('node-2')?.id).toBe('m2');
  expect(gateway()?.meter('m3')?.id).toBe('m3');
  for (const name of ['m2', 'm1', '__proto__', ''])
    expect(gateway()?.meter(name), name).toBeUndefined();

  const before = clock.now;
  clock.now += 60_000;
  await registry.update('meters', 'm2', { mqtt: { id: 'node-3' } }, actor);
  expect(gateway()?.meter('node-3')?.id).toBe('m2');
  expect(gateway(before + 1)?.meter('node-2')?.id).toBe('m2');
  expect(gateway(before + 1)?.meter('node-3')).toBeUndefined();
  await registry.update('gateways', 'g1', { devices: ['m3'] }, actor);
  clock.now += 60_000;
  expect(gateway(clock.now)?.meter('node-3')).toBeUndefined();
  expect(registry.directory().gateway('g9')).toBeUndefined();
});

test('two meters of one name are none', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, city);
  await registry.update('meters', 'm3', { mqtt: { id: 'node-2' } }, actor);
  expect(registry.directory().gateway('g1')?.meter('node-2')).toBeUndefined();
});

describe('faults', () => {
  const meter = (mqtt: string) =>
    `${house}meters:\n  - { id: m1, building: b1, medium: electricity, mqtt: ${mqtt} }`;
  test.each([
    [
      'a mapping there is not',
      meter('{ mapping: gone }'),
      'meters[0].mqtt.mapping',
      /neuron \| acrel-adw300/,
    ],
    [
      'a name that is no mapping',
      meter('{ mapping: "a/b" }'),
      'meters[0].mqtt.mapping',
      /want the name/,
    ],
    ['a name that no topic has', meter('{ id: "a/b" }'), 'meters[0].mqtt.id', /without/],
    ['a misspelt key', meter('{ maping: neuron }'), 'meters[0].mqtt.maping', /not a known field/],
  ])('%s', async (_, text, path, message) => {
    expect(await faultsOf(text)).toEqual([
      expect.objectContaining({ path, message: expect.stringMatching(message), line: 4 }),
    ]);
  });

  test('a gateway whose messages do not say which meter they are about', async () => {
    const text = 'gateways:\n  - { id: g3, devices: [m1], mqtt: { mapping: acrel-adw300 } }';
    expect(await faultsOf(text, city)).toMatchObject([
      {
        path: 'gateways[0].mqtt.mapping',
        message: expect.stringContaining('name it at the meters'),
      },
    ]);
  });

  test('two secrets of one gateway', async () => {
    const text = `gateways:\n  - { id: g3, secret: ${secret}, devices: [m1], mqtt: { secret: ${secret} } }`;
    expect(await faultsOf(text, city)).toMatchObject([{ path: 'gateways[0].mqtt.secret' }]);
  });

  test('meters of one gateway that are called alike', async () => {
    const text = `meters:
  - { id: m4, building: b1, medium: electricity, mqtt: { id: node-2 } }
gateways:
  - { id: g3, devices: [m2, m4], mqtt: { mapping: neuron } }`;
    expect(await faultsOf(text, city)).toMatchObject([
      { path: 'gateways[0].devices[1]', message: expect.stringContaining('node-2') },
    ]);
  });
});
