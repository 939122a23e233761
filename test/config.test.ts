import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadSettings } from '../config.ts';
import { isAppError } from '../model/errors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guanjia-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function faultsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadSettings(environment, folder);
    return [];
  } catch (error) {
    if (!isAppError(error)) throw error;
    expect(error.code).toBe('SETTINGS_INVALID');
    return error.faults.map(({ path }) => path);
  }
}

test('defaults are those of the contract', () => {
  expect(loadSettings({}, folder)).toMatchObject({
    httpPort: 8080,
    mqttPort: 1883,
    jt808Port: 8808,
    bind: '127.0.0.1',
    journalDays: 7,
  });
});

test('the environment stands over the file', () => {
  writeFileSync(join(folder, 'guanjia.yaml'), 'httpPort: 1\nmqttPort: 2\n');
  expect(loadSettings({ GUANJIA_HTTP_PORT: '3' }, folder)).toMatchObject({
    httpPort: 3,
    mqttPort: 2,
  });
});

test('every fault is told at once, by the name it was given under', () => {
  writeFileSync(join(folder, 'guanjia.yaml'), 'httpPort: many\nunknown: 1\n');
  const faults = faultsOf({
    GUANJIA_MQTT_PORT: '70000',
    GUANJIA_INFLUX_VERSION: '4',
    GUANJIA_NONSENSE: '1',
  });
  expect(faults).toEqual(
    expect.arrayContaining([
      'httpPort',
      'GUANJIA_MQTT_PORT',
      'GUANJIA_INFLUX_VERSION',
      'GUANJIA_NONSENSE',
    ]),
  );
  expect(faults.length).toBe(5);
});

test('a plain-text door on an open address is refused unless it is wanted', () => {
  expect(faultsOf({ GUANJIA_BIND: '0.0.0.0' })).toEqual(['bind']);
  expect(faultsOf({ GUANJIA_BIND: '0.0.0.0', GUANJIA_ALLOW_PLAINTEXT: '1' })).toEqual([]);
  expect(faultsOf({ GUANJIA_BIND: '127.0.0.2' })).toEqual([]);
});

test('there is a door for DTUs only where it is asked for, and its plain text only where it is wanted', () => {
  for (const port of ['', undefined])
    expect(loadSettings({ GUANJIA_DTU_PORT: port }, folder).dtuPort).toBeUndefined();
  writeFileSync(join(folder, 'guanjia.yaml'), 'dtuPort: null\n');
  expect(loadSettings({}, folder).dtuPort).toBeUndefined();
  expect(loadSettings({ GUANJIA_DTU_PORT: '0' }, folder).dtuPort).toBe(0);
  expect(faultsOf({ GUANJIA_DTU_PORT: '8080' })).toEqual(['httpPort']);
  const [tlsCert, tlsKey] = ['cert.pem', 'key.pem'].map((name) => join(folder, name));
  for (const file of [tlsCert, tlsKey]) writeFileSync(file ?? '', '');
  const open = { GUANJIA_BIND: '0.0.0.0', GUANJIA_TLS_CERT: tlsCert, GUANJIA_TLS_KEY: tlsKey };
  expect(faultsOf(open)).toEqual([]);
  expect(faultsOf({ ...open, GUANJIA_DTU_PORT: '9000' })).toEqual(['dtuPort']);
  expect(faultsOf({ ...open, GUANJIA_DTU_PORT: '9000', GUANJIA_ALLOW_PLAINTEXT: '1' })).toEqual([]);
});

test('files that are not there and half a pair of TLS files are faults', () => {
  expect(faultsOf({ GUANJIA_TLS_CERT: join(folder, 'none.pem') })).toEqual(['tlsCert', 'tlsCert']);
  expect(faultsOf({ GUANJIA_INVENTORY: join(folder, 'none.yaml') })).toEqual(['inventory']);
  expect(() => loadSettings({ GUANJIA_CONFIG: 'none.yaml' }, folder)).toThrow(/there is no file/);
});

test('two doors cannot share a port, but 0 is any', () => {
  expect(faultsOf({ GUANJIA_HTTP_PORT: '1883' })).toEqual(['httpPort']);
  expect(
    faultsOf({ GUANJIA_HTTP_PORT: '0', GUANJIA_MQTT_PORT: '0', GUANJIA_JT808_PORT: '0' }),
  ).toEqual([]);
});

test('readings and fixes are kept as long as late data may need them, or for ever', () => {
  expect(faultsOf({ GUANJIA_READINGS_DAYS: '59' })).toEqual(['GUANJIA_READINGS_DAYS']);
  expect(faultsOf({ GUANJIA_POSITIONS_DAYS: '45' })).toEqual(['GUANJIA_POSITIONS_DAYS']);
  expect(faultsOf({ GUANJIA_READINGS_DAYS: '60', GUANJIA_POSITIONS_DAYS: '0' })).toEqual([]);
  expect(faultsOf({ GUANJIA_READINGS_DAYS: '400', GUANJIA_ROLLUPS_DAYS: '399' })).toEqual([
    'rollupsDays',
  ]);
  expect(faultsOf({ GUANJIA_READINGS_DAYS: '0' })).toEqual(['rollupsDays']);
  expect(faultsOf({ GUANJIA_READINGS_DAYS: '0', GUANJIA_ROLLUPS_DAYS: '0' })).toEqual([]);
});
