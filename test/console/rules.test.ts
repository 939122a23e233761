import { expect, test } from 'vitest';
import { z } from 'zod';
import { ApiError } from '../../console/lib/api.ts';
import { nameOf } from '../../console/lib/evidence.ts';
import {
  digitsIn,
  familyOf,
  freshRuleId,
  limitRows,
  limitsText,
  paramsOf,
  readParams,
  scopeParts,
  scopesFor,
} from '../../console/lib/rules.ts';
import { texts } from '../../console/texts/index.ts';
import { ruleKinds } from '../../rules/index.ts';

const kindOf = (name: string) => {
  const kind = ruleKinds.find((known) => known.kind === name);
  if (!kind) throw new Error(name);
  return {
    params: z.toJSONSchema(kind.params, { io: 'input', unrepresentable: 'any' }),
    defaults: z.record(z.string(), z.unknown()).parse(kind.params.parse({})),
  };
};

const formOf = (fields: Readonly<Record<string, string | readonly string[]>>): FormData => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields))
    for (const each of [value].flat()) form.append(name, each);
  return form;
};

test('every parameter of every kind has a field, with its default', () => {
  for (const kind of ruleKinds) {
    const view = kindOf(kind.kind);
    const params = paramsOf(view);
    expect(params.map(({ name }) => name).sort(), kind.kind).toEqual(
      Object.keys(view.defaults).sort(),
    );
    for (const param of params)
      expect(param.initial, param.name).toEqual(view.defaults[param.name]);
  }
});

test('an untouched form changes nothing, whatever the kind', () => {
  for (const kind of ruleKinds) {
    const params = paramsOf(kindOf(kind.kind));
    const fields = params.flatMap(({ name, input, initial }): [string, string | string[]][] => {
      if (input === 'flag') return initial === true ? [[name, 'on']] : [];
      if (input === 'classes') return [[name, (initial as unknown[]).map(String)]];
      if (input === 'choice') return [[name, String(initial)]];
      return [[name, '']];
    });
    expect(readParams(params, formOf(Object.fromEntries(fields))), kind.kind).toEqual({});
  }
});

test('what is filled in is read as what it is, and only where it is not the default', () => {
  const area = paramsOf(kindOf('vehicle.out-of-area'));
  const read = readParams(
    area,
    formOf({
      stayIn: 'city west',
      enterS: '120',
      minKm: '2.5',
      exemptClasses: ['emergency'],
    }),
  );
  expect(read).toEqual({
    stayIn: ['city', 'west'],
    minKm: 2.5,
    exemptClasses: ['emergency'],
    orderAllows: false,
  });
  const speed = paramsOf(kindOf('vehicle.overspeed'));
  expect(readParams(speed, formOf({ limitKmh: '80', places: '{"gate": 20}' }))).toEqual({
    limitKmh: 80,
    places: { gate: 20 },
  });
  expect(() => readParams(speed, formOf({ places: 'gate: 20' }))).toThrow(ApiError);
});

test('every parameter of every kind has a field of its own kind and a name in both languages', () => {
  for (const { kind } of ruleKinds)
    for (const { name, input, min, max, options } of paramsOf(kindOf(kind))) {
      expect(input, `${kind} ${name}`).not.toBe('json');
      if (['number', 'limits', 'stretches'].includes(input))
        expect([typeof min, typeof max], `${kind} ${name}`).toEqual(['number', 'number']);
      const label = ({ evidenceWords, evidenceParams, ruleParams }: typeof texts.zh) =>
        nameOf(name, { ...evidenceWords, ...evidenceParams, ...ruleParams }).label;
      expect(label(texts.zh), `${kind} ${name}`).toMatch(/\p{Script=Han}/u);
      const { evidenceParams, ruleParams } = texts.en;
      const told = Object.keys({ ...evidenceParams, ...ruleParams }).map((word) => [word, '✓']);
      expect(nameOf(name, Object.fromEntries(told)).label, `${kind} ${name}`).toBe('✓');
      for (const option of options)
        expect([texts.zh, texts.en].every(({ ruleOptions }) => option in ruleOptions)).toBe(true);
    }
});

test('a schema says which field a parameter gets, and what no field fits is told as JSON', () => {
  const inputs = (name: string, schema: object) =>
    paramsOf({ params: { properties: { [name]: schema } }, defaults: {} })[0]?.input;
  const number = { type: 'number', minimum: 5, maximum: 200 };
  const digits = { type: 'array', items: { type: 'integer', minimum: 0, maximum: 9 } };
  expect(inputs('places', { type: 'object', additionalProperties: number })).toBe('limits');
  expect(
    inputs('routes', { type: 'object', additionalProperties: { type: 'array', items: number } }),
  ).toBe('stretches');
  expect(inputs('odd', { type: 'object', additionalProperties: number })).toBe('json');
  expect(inputs('days', { type: 'array', prefixItems: [digits, digits] })).toBe('digits');
  expect(inputs('days', { type: 'array', prefixItems: [number] })).toBe('json');
  expect(inputs('tags', { type: 'array', items: { type: 'string' } })).toBe('words');
  expect(inputs('plate', { type: 'string', pattern: '^[A-Z]+$' })).toBe('text');
  expect(inputs('from', { type: 'string', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' })).toBe('time');
  const [limits] = paramsOf({
    params: { properties: { places: { type: 'object', additionalProperties: number } } },
    defaults: {},
  });
  expect(limits).toMatchObject({ min: 5, max: 200, isWhole: false });
});

test('what is typed for places, stretches and days is what the rule gets', () => {
  const speed = paramsOf(kindOf('vehicle.overspeed'));
  const rows = limitRows({ gate: 20, yard: 15 });
  expect(rows).toEqual([
    { id: 'gate', text: '20' },
    { id: 'yard', text: '15' },
  ]);
  expect(
    readParams(
      speed,
      formOf({
        places: limitsText('limits', [{ id: 'gate', text: ' 22.5 ' }]),
        routes: limitsText('stretches', [{ id: 'r', text: '60 80，40' }]),
      }),
    ),
  ).toEqual({ places: { gate: 22.5 }, routes: { r: [60, 80, 40] } });
  expect(readParams(speed, formOf({ places: limitsText('limits', []) }))).toEqual({});
  expect(limitsText('limits', [{ id: 'gate', text: '' }])).toBe('{"gate":null}');
  const tail = paramsOf(kindOf('vehicle.tail-number'));
  const days = ['1 6', '2、7', '38', '', '５'].map(digitsIn);
  expect(days).toEqual([[1, 6], [2, 7], [3, 8], [], [5]]);
  expect(
    readParams(
      tail,
      formOf({ weekdays: JSON.stringify(days), exemptClasses: ['courier'], letterAs: 'zero' }),
    ),
  ).toMatchObject({ weekdays: days, letterAs: 'zero' });
  expect(
    readParams(tail, formOf({ weekdays: '[[1,6],[2,7],[3,8],[4,9],[5,0]]' })),
  ).not.toHaveProperty('weekdays');
});

test('each sees where he may set a kind', () => {
  const fleet = { role: 'fleet-manager', institution: 'west' } as const;
  const officer = { role: 'energy-officer', institution: 'west' } as const;
  const fitter = { role: 'integrator', institution: 'west' } as const;
  expect(scopesFor('vehicle.off-route', fleet)).toEqual(['institution', 'vehicle']);
  expect(scopesFor('energy.consumption-anomaly', fleet)).toEqual([]);
  expect(scopesFor('device.silent', fleet)).toEqual(['vehicle']);
  expect(scopesFor('device.silent', officer)).toEqual(['building', 'meter']);
  expect(scopesFor('vehicle.off-route', officer)).toEqual([]);
  expect(scopesFor('vehicle.off-route', fitter)).toEqual([]);
  expect(scopesFor('vehicle.offline', fitter)).toEqual(['institution', 'vehicle']);
});

test('kinds by family, and where each may be set', () => {
  expect(familyOf('vehicle.off-route')).toBe('vehicle');
  expect(familyOf('vehicle.terminal-fatigue')).toBe('terminal');
  expect(familyOf('energy.consumption-anomaly')).toBe('energy');
  const everywhere = { role: 'admin', institution: null } as const;
  const within = { role: 'admin', institution: 'west' } as const;
  expect(scopesFor('vehicle.off-route', everywhere)).toEqual([
    'everything',
    'institution',
    'vehicle',
  ]);
  expect(scopesFor('meter.stuck', within)).toEqual(['institution', 'building', 'meter']);
  expect(scopeParts({})).toEqual(['everything', '']);
  expect(scopeParts({ vehicle: 'v' })).toEqual(['vehicle', 'v']);
  expect(freshRuleId('vehicle.off-route', () => 0)).toBe('off-route-000000');
});
