import { randomBytes } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { openDirectory } from '../../registry/directory.ts';
import { actor, mustImport, serverKey, testRegistry } from '../registry/city.ts';

const meters = 10_000;

const inventory = (
  secret: () => string,
  ratedKw: number,
) => `institutions: [{ id: a, name: 甲, level: municipal }]
buildings: [{ id: b1, institution: a, name: 一号楼 }]
meters:
${Array.from({ length: meters }, (_, i) => `  - { id: m${i}, building: b1, medium: electricity, name: 总表${i}, ratedKw: ${ratedKw}, everyS: 60, mqtt: { secret: "${secret()}" } }`).join('\n')}
`;

const timed = async <T>(work: () => T | Promise<T>): Promise<[ms: number, value: T]> => {
  const start = performance.now();
  const value = await work();
  return [performance.now() - start, value];
};

test('10,000 meters with random secrets: imported in seconds, others meanwhile have their turn, and looked up at once', {
  timeout: 180_000,
}, async () => {
  const { registry, clock, file } = testRegistry();
  const text = inventory(() => randomBytes(16).toString('hex'), 400);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const [importMs] = await timed(() => mustImport(registry, text));
  delay.disable();
  clock.now += 1000;
  await mustImport(registry, inventory(() => '', 500).replaceAll('{ secret: "" }', '{}'));
  const [openMs, followed] = await timed(() => openDirectory(file, serverKey));
  const directory = followed.directory();
  const [devicesMs, devices] = await timed(() => directory.devices());
  expect(devices).toHaveLength(meters);
  const [pastMs, past] = await timed(() =>
    Array.from({ length: meters }, (_, i) => directory.device(`m${i}`, clock.now - 500)),
  );
  expect(past.every((device) => device?.type === 'meter' && device.meter.ratedKw === 400)).toBe(
    true,
  );
  const [warmMs] = await timed(() =>
    Array.from({ length: meters }, (_, i) => directory.device(`m${i}`, clock.now - 500)),
  );
  await registry.update('meters', 'm5', { ratedKw: 1 }, actor);
  const [reloadMs] = await timed(() => followed.reload());
  const [updateMs] = await timed(() => registry.update('meters', 'm6', { ratedKw: 1 }, actor));
  followed.close();
  const figures = {
    importMs,
    longestStallMs: delay.max / 1e6,
    openMs,
    devicesMs,
    pastMs,
    warmMs,
    reloadMs,
    updateMs,
  };
  console.log(
    Object.entries(figures)
      .map(([name, ms]) => `${name} ${ms.toFixed(1)}`)
      .join(', '),
  );
  // Bounds are generous, since machines are busy; what matters is the order of size.
  expect(importMs).toBeLessThan(30_000);
  expect(openMs).toBeLessThan(1500);
  expect(warmMs).toBeLessThan(200);
});
