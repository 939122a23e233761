import { expect } from 'vitest';
import { actAs } from './field-kit.ts';
import { adminPassword, cityOf, type Guanjia, secretOf } from './guanjia.ts';

/** Institutions above, below and beside each other, with people in each, and how an answer is looked at. */

export const password = 'a password for tests';
const city = cityOf({ meters: 3, vehicles: 1 });
export const inventory = {
  ...city,
  institutions: [
    ...city.institutions,
    { id: 'sub', name: '下级单位', level: 'unit', parent: 'hq', timeZone: 'Asia/Shanghai' },
    { id: 'far', name: '别处', level: 'county', timeZone: 'Asia/Shanghai' },
  ],
  buildings: [
    ...city.buildings,
    { id: 'b2', institution: 'sub', name: '2号楼' },
    { id: 'b3', institution: 'far', name: '3号楼' },
  ],
  meters: [
    ...city.meters,
    { id: 'ms', building: 'b2', medium: 'water', name: '水表', mqtt: { secret: secretOf('ms') } },
    { id: 'mf', building: 'b3', medium: 'water', name: '水表', mqtt: { secret: secretOf('mf') } },
  ],
  users: [
    { id: 'officer', name: '李四', role: 'energy-officer', institution: 'hq', password },
    { id: 'subviewer', name: '赵六', role: 'viewer', institution: 'sub', password },
    { id: 'faradmin', name: '周八', role: 'admin', institution: 'far', password },
    { id: 'fitter', name: '吴九', role: 'integrator', institution: 'hq', password },
    { id: 'victim', name: '郑十', role: 'viewer', institution: 'hq', password },
  ],
};

export type Actor = Awaited<ReturnType<typeof actAs>>;

/** Everybody who asks in these tests. */
export async function signInAll(guanjia: Guanjia) {
  const as = (user: string) => actAs(guanjia, user, password);
  return {
    admin: await actAs(guanjia, 'admin', adminPassword),
    officer: await as('officer'),
    subviewer: await as('subviewer'),
    faradmin: await as('faradmin'),
    fitter: await as('fitter'),
  };
}

export const expectProblem = (
  answer: Awaited<ReturnType<Actor>>,
  status: number,
  path?: string | RegExp,
): void => {
  expect(answer.status, JSON.stringify(answer.body)).toBe(status);
  expect(answer.type).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({
    type: expect.any(String),
    title: expect.any(String),
    status,
    detail: expect.any(String),
    code: expect.stringMatching(/^[A-Z_]+$/),
  });
  if (path === undefined) return;
  const paths: string[] = answer.body.errors.map((each: { path: string }) => each.path);
  expect(paths).toContainEqual(expect.stringMatching(path));
  for (const { message } of answer.body.errors) expect(message.length).toBeGreaterThan(3);
};
