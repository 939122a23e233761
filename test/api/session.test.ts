import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sessionShape } from '../../api/contract.ts';
import { openSessions } from '../../api/sessions.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { openWorld, password, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const wrong = { user: 'officer', password: 'wrong horse battery' };
const right = { user: 'officer', password };

const signIn = async () => {
  const answer = await world.as(null).post('/v1/session', right);
  return { answer, bearer: { authorization: `Bearer ${answer.body.token}` } };
};

test('a password opens a session, a bearer token proves it', async () => {
  const { answer, bearer } = await signIn();
  expect(answer.status).toBe(200);
  const session = sessionShape.parse(answer.body);
  expect(session.expiresAt).toBe('2026-11-30T08:00:00+08:00');
  const me = await world.as(null).get('/v1/session', { headers: bearer });
  expect(me.body).toEqual({
    id: 'officer',
    name: '李四',
    role: 'energy-officer',
    institution: 'west',
    timeZone: 'Asia/Shanghai',
    writes: [
      'buildings',
      'meters',
      'rules',
      'replacements',
      'tariffs',
      'targets',
      'caps',
      'corrections',
      'weather',
    ],
    commands: [],
  });
});

test('a wrong password and an unknown user are refused alike', async () => {
  const one = await world.as(null).post('/v1/session', wrong);
  const other = await world.as(null).post('/v1/session', { ...wrong, user: 'nobody' });
  expect(one.status).toBe(401);
  expect(one.body).toMatchObject({ code: 'NOT_AUTHENTICATED', status: 401 });
  expect(one.headers['content-type']).toContain('application/problem+json');
  expect(one.headers['www-authenticate']).toContain('Bearer');
  expect(other.body).toEqual(one.body);
});

test('signing out ends the session', async () => {
  const { bearer } = await signIn();
  const out = await world.as(null).remove('/v1/session', { headers: bearer });
  expect(out.status).toBe(204);
  expect((await world.as(null).get('/v1/session', { headers: bearer })).status).toBe(401);
});

test('a session ends after twelve idle hours, and after a week in any case', async () => {
  const { bearer } = await signIn();
  const ask = async () => (await world.as(null).get('/v1/session', { headers: bearer })).status;
  world.clock.at += 11 * hourMs;
  expect(await ask()).toBe(200);
  world.clock.at += 11 * hourMs;
  expect(await ask()).toBe(200);
  world.clock.at += 12 * hourMs;
  expect(await ask()).toBe(401);

  const { bearer: second } = await signIn();
  const until = world.clock.at + 7 * dayMs;
  while (world.clock.at + 10 * hourMs < until) {
    world.clock.at += 10 * hourMs;
    expect((await world.as(null).get('/v1/session', { headers: second })).status).toBe(200);
  }
  world.clock.at = until;
  expect((await world.as(null).get('/v1/session', { headers: second })).status).toBe(401);
});

test('five wrong passwords in a minute make user and address wait, and nobody else', async () => {
  for (let n = 0; n < 5; n++) {
    expect((await world.as(null).post('/v1/session', wrong)).status).toBe(401);
  }
  world.clock.at += 20_000;
  const refused = await world.as(null).post('/v1/session', right);
  expect(refused.status).toBe(429);
  expect(refused.headers['retry-after']).toBe('40');
  expect(refused.body.code).toBe('RATE_LIMITED');
  const other = await world.as(null).post('/v1/session', { ...wrong, user: 'viewer' });
  expect(other.status).toBe(401);
  world.clock.at += 40_000;
  expect((await world.as(null).post('/v1/session', right)).status).toBe(200);
});

test('guesses sent all at once do not get past the limit', async () => {
  const guesses = Array.from({ length: 20 }, () => world.as(null).post('/v1/session', wrong));
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(5);
  expect(statuses.filter((status) => status === 429)).toHaveLength(15);
});

test('right passwords are not counted', async () => {
  for (let n = 0; n < 8; n++) expect((await signIn()).answer.status).toBe(200);
});

test('the cookie is for the console alone: not for scripts, not for other sites', async () => {
  const { answer } = await signIn();
  const header = String(answer.headers['set-cookie']);
  expect(header).toMatch(/^guanjia_session=[\w-]{43}; /);
  expect(header).toContain('HttpOnly');
  expect(header).toContain('SameSite=Strict');
  expect(header).toContain('Path=/');
  expect(header).not.toContain('Secure');

  const cookie = header.split(';')[0] ?? '';
  const call = (headers: Record<string, string>) =>
    world.as(null).patch('/v1/meters/west-m', { name: '新' }, { headers: { cookie, ...headers } });
  expect((await world.as(null).get('/v1/session', { headers: { cookie } })).status).toBe(200);
  expect((await call({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  expect((await call({ origin: 'http://localhost:80', host: 'localhost:80' })).status).toBe(200);
  expect((await call({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await call({ 'sec-fetch-site': 'same-site' })).status).toBe(403);
  expect((await call({ origin: 'https://evil.example' })).status).toBe(403);
  expect((await call({ origin: 'null' })).status).toBe(403);
  expect((await call({})).status).toBe(403);
});

test('another site cannot sign anybody in', async () => {
  const headers = { 'sec-fetch-site': 'cross-site' };
  expect((await world.as(null).post('/v1/session', right, { headers })).status).toBe(403);
});

test('behind TLS the cookie stays on TLS', async () => {
  const headers = { 'x-forwarded-proto': 'https' };
  const answer = await world.as(null).post('/v1/session', right, { headers });
  expect(String(answer.headers['set-cookie'])).toContain('Secure');
  expect(answer.headers['strict-transport-security']).toBeDefined();
});

test('who changes the password stays, his other sessions end', async () => {
  const { bearer } = await signIn();
  const { bearer: elsewhere } = await signIn();
  const body = { current: password, password: 'a new horse battery' };
  const anonymous = world.as(null);
  const tooShort = { ...body, password: 'short' };
  expect((await anonymous.put('/v1/session/password', tooShort, { headers: bearer })).status).toBe(
    422,
  );
  const notHis = { ...body, current: 'something else' };
  expect((await anonymous.put('/v1/session/password', notHis, { headers: bearer })).status).toBe(
    401,
  );
  expect((await anonymous.put('/v1/session/password', body, { headers: bearer })).status).toBe(204);
  expect((await anonymous.get('/v1/session', { headers: bearer })).status).toBe(200);
  expect((await anonymous.get('/v1/session', { headers: elsewhere })).status).toBe(401);
  expect((await anonymous.post('/v1/session', right)).status).toBe(401);
  expect((await anonymous.post('/v1/session', { ...right, password: body.password })).status).toBe(
    200,
  );
});

test('a link sets a password once', async () => {
  const made = await world.as('west-admin').post('/v1/users/viewer/invitation');
  expect(made.status).toBe(201);
  const { token, url } = made.body;
  expect(url).toBe(`http://localhost:80/set-password#${token}`);
  const redeem = (body: object) => world.as(null).post('/v1/session/redeem', body);
  expect((await redeem({ token, password: 'short' })).status).toBe(422);
  expect((await redeem({ token: 'no-such-token', password })).status).toBe(401);
  const redeemed = await redeem({ token, password });
  expect(redeemed.body.user.id).toBe('viewer');
  expect((await redeem({ token, password })).status).toBe(401);
  expect((await world.as(null).post('/v1/session', { user: 'viewer', password })).status).toBe(200);
});

test('nobody invites a user of another institution', async () => {
  expect((await world.as('west-admin').post('/v1/users/east-officer/invitation')).status).toBe(404);
  expect((await world.as('west-admin').post('/v1/users/root/invitation')).status).toBe(404);
  expect((await world.as('officer').post('/v1/users/viewer/invitation')).status).toBe(403);
});

test('a changed role holds at once, a removed user is out at once', async () => {
  const viewer = world.as('viewer');
  expect((await viewer.get('/v1/audit')).status).toBe(403);
  await world.as('root').patch('/v1/users/viewer', { role: 'admin' });
  expect((await viewer.get('/v1/audit')).status).toBe(200);
  await world.as('root').remove('/v1/users/viewer');
  expect((await viewer.get('/v1/session')).status).toBe(401);
});

test('a password set by an admin ends the sessions', async () => {
  const viewer = world.as('viewer');
  expect((await viewer.get('/v1/session')).status).toBe(200);
  const set = await world
    .as('root')
    .patch('/v1/users/viewer', { password: 'another horse battery' });
  expect(set.status).toBe(200);
  expect(set.text).not.toContain('horse');
  expect((await viewer.get('/v1/session')).status).toBe(401);
});

test('sign-in is noted, with the address and without the password', async () => {
  await signIn();
  const { body } = await world.as('root').get('/v1/audit?limit=1');
  expect(body.items[0]).toMatchObject({
    user: 'officer',
    action: 'sign-in',
    at: '2026-11-23T08:00:00+08:00',
    detail: { address: '127.0.0.1' },
  });
  expect(JSON.stringify(body)).not.toContain(password);
});

test('an attempt counts for its minute only', async () => {
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < 4; n++) {
      expect((await world.as(null).post('/v1/session', wrong)).status).toBe(401);
    }
    world.clock.at += minuteMs;
  }
});

test('sessions survive a restart, as a hash of their token', () => {
  const database = new DatabaseSync(':memory:');
  const { token } = openSessions(database, world.context).start('officer');
  const again = openSessions(database, world.context);
  expect(again.find(token)?.user).toBe('officer');
  expect(JSON.stringify(database.prepare('SELECT * FROM session').all())).not.toContain(token);
});
