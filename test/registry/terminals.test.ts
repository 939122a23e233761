import { expect, test } from 'vitest';
import { openDirectory } from '../../registry/directory.ts';
import type { TerminalFacts } from '../../registry/registry.ts';
import { terminalCode } from '../../registry/terminal-code.ts';
import { actor, faultsOf, mustImport, serverKey, testRegistry } from './city.ts';

const inventory = `institutions: [{ id: a, name: 甲, level: municipal }]
vehicles:
  - { id: v1, institution: a, plate: 鲁P12345, class: courier, fuel: gasoline, jt808: { phone: "013900000001" } }
  - { id: v2, institution: a, plate: 鲁P·22222, class: courier, fuel: gasoline, jt808: { phone: "13900000002", edition: 2019, utcOffsetMinutes: 0, datum: gcj02 } }
`;

const facts = (more: Partial<TerminalFacts> = {}): TerminalFacts => ({
  maker: 'MAKER',
  model: 'T1',
  terminal: 'T000001',
  plate: '鲁P12345',
  plateColour: 1,
  edition: 2013,
  ...more,
});
const phone1 = '013900000001';
const phone2 = '00000000013900000002';
const second = facts({ terminal: 'T2', plate: '鲁p 22222' });

async function fleet() {
  const { registry, clock, file } = testRegistry();
  await mustImport(registry, inventory);
  const resultOf = async (phone: string, said: TerminalFacts, open = false) =>
    (await registry.registerTerminal({ phone, facts: said, open })).result;
  return { registry, clock, file, resultOf };
}

test('a phone is known with its zeros and without', async () => {
  const { registry } = await fleet();
  const directory = registry.directory();
  for (const phone of ['13900000001', phone1, '00000000013900000001'])
    expect(directory.vehicleOfPhone(phone)?.id).toBe('v1');
  expect(directory.vehicleOfPhone('139000000010')).toBeUndefined();
  expect(directory.vehicleOfPhone(phone2)?.jt808).toEqual({
    phone: '13900000002',
    edition: 2019,
    utcOffsetMinutes: 0,
    datum: 'gcj02',
  });
});

test('the first terminal gets the place; every other is told what keeps it from it', async () => {
  const { resultOf } = await fleet();
  expect(await resultOf(phone1, facts())).toBe(0);
  expect(await resultOf(phone1, facts())).toBe(0);
  expect(await resultOf(phone1, facts({ terminal: 'OTHER' }))).toBe(1);
  expect(await resultOf(phone1, facts({ maker: 'OTHER' }))).toBe(1);
  expect(await resultOf(phone2, facts({ terminal: 'T2' }))).toBe(2);
  expect(await resultOf(phone2, facts({ plate: '鲁P22222' }))).toBe(3);
  expect(await resultOf('139', facts())).toBe(4);
  expect(await resultOf(phone2, second)).toBe(0);
});

test('what a terminal says of itself is kept anew once an hour at most, and lets it in all the same', async () => {
  const { registry, clock, resultOf } = await fleet();
  const modelNow = () => registry.directory().terminal('v1')?.facts?.model;
  expect(await resultOf(phone1, facts())).toBe(0);
  const before = registry.directory().version;
  const code = terminalCode(phone1, { epoch: 1, facts: facts() }, serverKey);
  for (let n = 0; n < 10; n++) {
    const { result, ...more } = await registry.registerTerminal({
      phone: phone1,
      facts: facts({ model: `T${n + 2}` }),
    });
    expect(result).toBe(0);
    if (!('registration' in more)) throw new Error('without a place');
    expect(terminalCode(phone1, more.registration, serverKey)).toBe(code);
  }
  expect(registry.directory().version).toBe(before);
  expect(modelNow()).toBe('T1');
  clock.now += 3_600_000;
  expect(await resultOf(phone1, facts({ model: 'T2' }))).toBe(0);
  expect(modelNow()).toBe('T2');
  const actions = registry.audit({ limit: 3 }).map(({ action }) => action);
  expect(actions).toEqual(['register-terminal', 'register-terminal', 'import']);
});

test('a chassis number or an empty plate is not held against it; in the open mode nothing is', async () => {
  const { resultOf } = await fleet();
  expect(await resultOf(phone1, facts({ plate: 'LFV2A21K8F4000001', plateColour: 0 }))).toBe(0);
  expect(await resultOf(phone2, facts({ plate: '', terminal: '' }))).toBe(0);
  expect(await resultOf(phone2, facts({ plate: '京A00000' }), true)).toBe(0);
  expect(await resultOf('139', facts(), true)).toBe(4);
});

test('of two that register for the same at the same time one gets it', async () => {
  const { registry, resultOf } = await fleet();
  const version = registry.directory().version;
  const results = await Promise.all([
    resultOf(phone1, facts({ terminal: 'A' })),
    resultOf(phone1, facts({ terminal: 'B' })),
    resultOf(phone2, facts({ terminal: 'A', plate: '鲁P22222' })),
    resultOf(phone2, second),
  ]);
  expect(results).toEqual([0, 1, 3, 0]);
  expect(registry.directory().version).toBe(version + 1);
});

test('other threads see who has registered, and a restart does', async () => {
  const { registry, file, clock } = await fleet();
  const followed = openDirectory(file, serverKey);
  await registry.registerTerminal({ phone: phone1, facts: facts() });
  expect(followed.directory().terminal('v1')).toBeUndefined();
  followed.reload();
  expect(followed.directory().terminal('v1')).toEqual({
    vehicle: 'v1',
    epoch: 1,
    facts: facts(),
    registeredAt: clock.now,
  });
  followed.close();
});

test('a reset makes the place free and the code worthless; so does removing the vehicle', async () => {
  const { registry, resultOf } = await fleet();
  expect(await registry.resetTerminal('v1', actor)).toBe(false);
  await resultOf(phone1, facts());
  const codeNow = () => {
    const place = registry.directory().terminal('v1');
    return place && terminalCode(phone1, place, serverKey);
  };
  const before = codeNow();
  expect(before).toMatch(/^[A-Z2-7]{16}$/);
  expect(terminalCode('13900000001', { epoch: 1, facts: facts() }, serverKey)).toBe(before);
  expect(terminalCode(phone2, { epoch: 1, facts: facts() }, serverKey)).not.toBe(before);
  expect(terminalCode(phone1, { epoch: 1, facts: facts() }, Buffer.alloc(32, 8))).not.toBe(before);
  expect(await registry.resetTerminal('v1', actor)).toBe(true);
  expect(registry.directory().terminal('v1')).toMatchObject({ epoch: 2, facts: null });
  expect(await resultOf(phone1, facts())).toBe(0);
  expect(codeNow()).not.toBe(before);
  await expect(registry.resetTerminal('v9', actor)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await registry.remove('vehicles', 'v1', actor);
  expect(registry.directory().terminal('v1')).toMatchObject({ epoch: 3, facts: null });
  const actions = registry.audit({ limit: 5 }).map(({ action }) => action);
  expect(actions).toEqual([
    'remove',
    'register-terminal',
    'reset-terminal',
    'register-terminal',
    'import',
  ]);
});

test('faults of the inventory are told where they stand', async () => {
  const faults = await faultsOf(`institutions: [{ id: a, name: 甲, level: municipal }]
vehicles:
  - { id: v1, institution: a, plate: 鲁P1, class: courier, fuel: gasoline, jt808: { phone: "1", edition: 2015, datum: bd09, utcOffsetMinutes: 1000, profile: nobody } }
`);
  expect(faults.map(({ path }) => path)).toEqual([
    'vehicles[0].jt808.edition',
    'vehicles[0].jt808.utcOffsetMinutes',
    'vehicles[0].jt808.datum',
    'vehicles[0].jt808.profile',
  ]);
});
