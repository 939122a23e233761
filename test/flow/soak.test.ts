import { expect, test } from 'vitest';
import { runSoak } from '../bench/soak-run.ts';
import { folderOfTest } from './folders.ts';
import { hasInfluxd } from './servers/influxd.ts';

/** Promises P1 and P2 over kills and an outage of a store: two minutes of what `npm run soak` does in an hour. */

const able = hasInfluxd();
if (!able)
  console.log('SKIPPED 1: influxd is not installed: the soak goes without an outage of InfluxDB');

/** Its growth up to its bound, which lives of twenty seconds reach or not, would hide what leaks. */
const smallYoungGeneration = { NODE_OPTIONS: '--max-semi-space-size=8' };
/** In so short a life memory is still on its way up; what leaks with the load shows all the same. */
const memoryTolerance = 0.25;

test('killed every twenty seconds under load, with InfluxDB away: ledger = journal = store', {
  timeout: 400_000,
}, async () => {
  const outcome = await runSoak({
    folder: folderOfTest(),
    seconds: 120,
    rate: 1_000,
    clients: 20,
    killEveryS: 20,
    // Caught up in the third quarter: the second and the last, which are compared, have the same to do.
    ...(able && { outage: { fromS: 42, seconds: 20 } }),
    settings: smallYoungGeneration,
    sampleEveryS: 1,
    tellEveryS: 30,
    tell: (line) => console.log(line),
    patienceS: 120,
  });
  expect(outcome.unequal).toEqual([]);
  expect(outcome).toMatchObject({ lost: 0, twice: 0, foreign: 0, quarantined: 0, kills: 5 });
  expect(outcome.rows).toBe(outcome.ledger.stored);
  expect(outcome.journalled).toBe(outcome.ledger.received);
  // The test is worth something only where there was much to lose, and messages were sent again.
  expect(outcome.acknowledged).toBeGreaterThan(10_000);
  expect(outcome.broken).toBeGreaterThanOrEqual(5 * 20);
  const { ratio, secondMb, lastMb } = outcome.memory;
  console.log(`memory: ${secondMb.toFixed(0)} MB, then ${lastMb.toFixed(0)} MB`);
  if (Number.isNaN(ratio)) console.log('memory was not compared: starts took too long here');
  else expect(ratio).toBeLessThan(1 + memoryTolerance);
});
