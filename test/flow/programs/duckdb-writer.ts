/** Writes numbered batches to a telemetry file, tidying now and then, until it is killed. Arguments: file, observations in a batch. */
import { quiet } from '../../../model/context.ts';
import { dayMs } from '../../../model/time.ts';
import { openDuckDbStore } from '../../../stores/duckdb.ts';
import { dayStart, numbered } from '../../stores/observations.ts';

const [file = '', size = '500'] = process.argv.slice(2);
const store = await openDuckDbStore(file, {}, quiet);
const count = Number(size);
let tidying = Promise.resolve();
for (let after = await store.position(); ; after += count) {
  const observations = Array.from({ length: count }, (_, i) => numbered(after + i + 1));
  await store.write({ after, upTo: after + count, observations });
  if ((after / count) % 4 === 0) {
    await tidying;
    tidying = store.tidy(dayStart + 100 * dayMs);
  }
  process.stdout.write(`${after + count}\n`);
}
