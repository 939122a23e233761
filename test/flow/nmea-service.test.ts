import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../broker/harness.ts';
import { lines } from '../protocols/nmea-lines.ts';
import { connectDevice, connectOnce } from './device.ts';
import { cityOf, secretOf } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';
import { openModem } from './nmea-kit.ts';

/** Cars whose receivers speak NMEA 0183, by MQTT and over plain TCP. */

const guanjia = guanjiaOfSuite({
  inventory: cityOf({ vehicles: 3 }),
  settings: { GUANJIA_NMEA_PORT: '0' },
});

const topic = 'v1/vehicles/v0/nmea';
/** Eight in the morning of a day, at 36 km/h to the north, every ten seconds. */
const day = Date.UTC(2026, 10, 10);
const two = (value: number) => String(value).padStart(2, '0');
function epoch(index: number): readonly [rmc: string, gga: string] {
  const time = `00${two(Math.floor(index / 6))}${two((index % 6) * 10)}.00`;
  const minutes = (27 + (index * 100) / 1852).toFixed(5);
  const place = `36${minutes},N,11558.80000,E`;
  return [
    lines(`GBRMC,${time},A,${place},19.438,0.0,101126,,,A`),
    lines(`GBGGA,${time},${place},1,14,0.8,32.5,M,-6.1,M,,`),
  ];
}

interface Item {
  readonly at: string;
  readonly lat: number;
  readonly speedKmh: number | null;
  readonly quality: string;
}

async function trackOf(vehicle: string): Promise<readonly Item[]> {
  await guanjia.settled();
  const path = `/api/v1/vehicles/${vehicle}/track?from=${day}&to=${day + 3_600_000}`;
  return (await guanjia.get<{ items: Item[] }>(path)).items;
}

const expected = Array.from({ length: 12 }, (_, index) => day + 10_000 * index);
const times = (items: readonly Item[]) => items.map(({ at }) => Date.parse(at));

test('by MQTT, whole instants in a message: a track with speed and quality', async () => {
  const device = await connectDevice(guanjia, 'v0');
  for (let index = 0; index < 12; index += 3) {
    const text = [0, 1, 2].flatMap((more) => epoch(index + more)).join('');
    await device.publishAsync(topic, text, { qos: 1 });
  }
  await device.publishAsync(topic, '$GBRMC,broken*00\r\n', { qos: 1 });
  await device.endAsync();
  const items = await trackOf('v0');
  expect(times(items)).toEqual(expected);
  expect(items.every(({ quality }) => quality === 'good')).toBe(true);
  expect(items[0]?.speedKmh).toBeCloseTo(36, 2);
  expect(items[6]?.lat).toBeCloseTo(36.45 + 600 / 1852 / 60, 6);
  const { items: aside } = await guanjia.get<{ items: { reason: string; detail: string }[] }>(
    '/api/v1/quarantine?device=v0',
  );
  expect(aside).toMatchObject([
    { reason: 'malformed', detail: expect.stringContaining('checksum') },
  ]);
});

test('by MQTT, a sentence in a message: one fix an instant, also over a killed service', async () => {
  const all = Array.from({ length: 12 }, (_, index) => epoch(index)).flat();
  const send = async (texts: readonly string[]) => {
    const device = await connectOnce(guanjia, 'v1');
    for (const text of texts) await device.publishAsync('v1/vehicles/v1/nmea', text, { qos: 1 });
    device.end(true);
  };
  // The kill comes between the two sentences of an instant.
  await send(all.slice(0, 13));
  await guanjia.settled();
  await guanjia.kill();
  await guanjia.start({ settings: { GUANJIA_NMEA_PORT: '0' } });
  await send(all.slice(13));
  expect(times(await trackOf('v1'))).toEqual(expected);
});

test('over plain TCP: who it is, then lines; the port stands in ports.json', async () => {
  const ports = JSON.parse(readFileSync(join(guanjia.folder, 'data', 'ports.json'), 'utf8'));
  expect(guanjia.output()).toContain(`:${ports.nmea}`);
  const stranger = openModem(ports.nmea);
  stranger.socket.write(`$GUANJIA,v2,not-its-secret\r\n${epoch(0).join('')}`);
  await until(() => stranger.closed);
  expect(await trackOf('v2')).toEqual([]);

  const { socket } = openModem(ports.nmea);
  socket.write(`$GUANJIA,v2,${secretOf('v2')}\r\n`);
  for (let index = 0; index < 12; index++) socket.write(epoch(index).join(''));
  const received = async () =>
    /guanjia_stored_total\{door="nmea"\} (\d+)/.exec(
      await (await guanjia.fetch('/metrics')).text(),
    )?.[1];
  const deadline = Date.now() + 30_000;
  while ((await received()) !== '12' && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect(times(await trackOf('v2'))).toEqual(expected);
  socket.destroy();
});
