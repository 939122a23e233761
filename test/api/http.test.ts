import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemShape } from '../../api/contract.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let consoleDir: string;
beforeAll(async () => {
  consoleDir = mkdtempSync(join(tmpdir(), 'guanjia-console-'));
  world = await openWorld({
    consoleDir,
    mapTiles: 'https://tiles.example.cn/{z}/{x}/{y}.png',
    mapDatum: 'gcj02',
  });
});
afterAll(async () => {
  await world.close();
  rmSync(consoleDir, { recursive: true });
});

const json = { 'content-type': 'application/json' };

describe('problems', () => {
  test.each([
    ['broken JSON', '{"user":', json, 400, 'INPUT_MALFORMED'],
    ['a poisoned prototype', '{"__proto__":{"role":"admin"}}', json, 400, 'INPUT_MALFORMED'],
    ['a wrong type', '{"user":7,"password":"x"}', json, 422, 'INPUT_INVALID'],
    ['another language', '<user/>', { 'content-type': 'text/xml' }, 415, 'INPUT_MALFORMED'],
    [
      'plain text',
      '{"user":"a","password":"b"}',
      { 'content-type': 'text/plain' },
      415,
      'INPUT_MALFORMED',
    ],
    ['too much', `{"user":"${'x'.repeat(10_000)}"}`, json, 413, 'INPUT_TOO_LARGE'],
  ])('%s', async (_, body, headers, status, code) => {
    const answer = await world.as(null).post('/v1/session', body, { headers });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const problem = problemShape.strict().parse(answer.body);
    expect(problem.status).toBe(status);
    expect(problem.type).toMatch(/^urn:guanjia:problem:[a-z-]+$/);
    expect(answer.text).not.toMatch(/at .*\.(ts|js):\d/);
  });

  test('a fault of ours says nothing of our insides, but the log does', async () => {
    const { get } = world.registry;
    world.registry.get = () => {
      throw new Error('SQLITE_CORRUPT in /data/registry.db');
    };
    const answer = await world
      .as(null)
      .get('/v1/session', { headers: { authorization: 'Bearer x' } });
    expect(answer.status).toBe(401);
    world.registry.get = get;
    const { list } = world.registry;
    world.registry.list = () => {
      throw new Error('SQLITE_CORRUPT in /data/registry.db');
    };
    const failed = await world.as('root').get('/v1/meters');
    world.registry.list = list;
    expect([failed.status, failed.body.code]).toEqual([500, 'INTERNAL']);
    expect(failed.text).not.toContain('SQLITE');
    expect(world.log.at(-1)).toBe('error a request failed');
    expect(world.counted).toContain('api_errors');
  });

  test('an unknown route is a problem, an unknown page is the console', async () => {
    const answer = await world.as('root').get('/api/v2/meters');
    expect([answer.status, answer.body.code]).toEqual([404, 'NOT_FOUND']);
    expect((await world.as('root').post('/nothing', {})).status).toBe(404);
    expect((await world.as('root').get('/api')).status).toBe(404);
    expect((await world.as('root').get('/v1/meters/%zz')).status).toBe(400);
  });
});

describe('headers', () => {
  test('no page of others may frame, script or read ours', async () => {
    const { headers } = await world.as(null).get('/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("img-src 'self' data: blob: https://tiles.example.cn;");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['strict-transport-security']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
  });

  test('answers are not kept by anybody on the way', async () => {
    expect((await world.as('root').get('/v1/meters')).headers['cache-control']).toBe('no-store');
  });

  test('only a proxy on this machine says whom it speaks for', async () => {
    const sign = (remoteAddress: string) =>
      world.api.inject({
        method: 'POST',
        url: '/api/v1/session',
        remoteAddress,
        headers: { 'x-forwarded-proto': 'https' },
        payload: { user: 'officer', password: 'correct horse battery' },
      });
    expect(String((await sign('127.0.0.1')).headers['set-cookie'])).toContain('Secure');
    expect(String((await sign('192.0.2.7')).headers['set-cookie'])).not.toContain('Secure');
  });
});

describe('the console', () => {
  test('says so while it is not built, and appears when it is', async () => {
    const before = await world.as(null).get('/');
    expect(before.status).toBe(503);
    expect(before.headers['content-type']).toContain('text/html');
    expect(before.text).toContain('控制台界面尚未生成');
    expect(before.text).toContain('has not been built yet');

    writeFileSync(join(consoleDir, 'index.html'), '<!doctype html><title>管家</title>');
    mkdirSync(join(consoleDir, 'assets'));
    writeFileSync(join(consoleDir, 'assets', 'app-1a2b.js'), 'export {};');
    const index = await world.as(null).get('/');
    expect([index.status, index.headers['cache-control']]).toEqual([200, 'no-cache']);
    expect(index.text).toContain('<title>管家</title>');
    const asset = await world.as(null).get('/assets/app-1a2b.js');
    expect(asset.headers['cache-control']).toContain('immutable');
    expect(asset.headers['content-type']).toContain('javascript');
  });

  test('every screen of it is its index, a file that is not there is none', async () => {
    for (const path of ['/map', '/alerts/al-1', '/set-password']) {
      expect((await world.as(null).get(path)).text).toContain('管家');
    }
    const gone = await world.as(null).get('/assets/gone-0000.js');
    expect(gone.status).toBe(404);
    expect(gone.headers['cache-control']).toBeUndefined();
    expect((await world.as(null).get('//')).text).toContain('管家');
  });

  test('nothing outside its folder', async () => {
    writeFileSync(join(consoleDir, '..', 'guanjia-outside.txt'), 'secret');
    for (const path of [
      '/../guanjia-outside.txt',
      '//../guanjia-outside.txt',
      '/%2e%2e/guanjia-outside.txt',
      '/assets/..%2f..%2fguanjia-outside.txt',
    ]) {
      expect((await world.as(null).get(path)).text).not.toContain('secret');
    }
    rmSync(join(consoleDir, '..', 'guanjia-outside.txt'));
  });

  test('learns where its tiles are', async () => {
    const { body } = await world.as('viewer').get('/v1/settings');
    expect(body.tiles).toEqual({
      url: 'https://tiles.example.cn/{z}/{x}/{y}.png',
      attribution: '',
      datum: 'gcj02',
    });
  });
});

test('the documentation needs nothing from the internet', async () => {
  const page = await world.as(null).get('/api/docs');
  expect(page.status).toBe(200);
  expect(page.text).not.toMatch(/https?:\/\//);
  const script = await world.as(null).get('/api/docs/static/swagger-ui-bundle.js');
  expect(script.status).toBe(200);
  expect(script.text.length).toBeGreaterThan(1_000_000);
});
