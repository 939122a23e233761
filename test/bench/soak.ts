/**
 * `npm run soak -- --minutes 60 --rate 15000`: devices that never give up a message against the service as its user runs it, killed every
 * five minutes, with InfluxDB away for ten; ends with ledger = journal = store, or tells what differs. Exit code 1 where anything does.
 */
import { parseArgs } from 'node:util';
import { makeFolder, removeFolder } from '../flow/guanjia.ts';
import { hasInfluxd } from '../flow/servers/influxd.ts';
import { runSoak } from './soak-run.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string', default: '15000' },
    clients: { type: 'string', default: '500' },
    'kill-every': { type: 'string', default: '5' },
    outage: { type: 'string', default: '10' },
  },
});
const seconds = Number(values.minutes) * 60;
const killEveryS = Number(values['kill-every']) * 60;
const outageS = Number(values.outage) * 60;
const rate = Number(values.rate);
const clients = Number(values.clients);
if (![seconds, killEveryS, rate, clients].every((value) => value > 0) || !(outageS >= 0)) {
  process.stderr.write('--minutes, --rate, --clients and --kill-every want numbers above 0.\n');
  process.exit(2);
}
/** The last quarter may differ from the second by so much. */
const memoryTolerance = 0.05;

const tell = (line: string) =>
  process.stdout.write(`${new Date().toISOString().slice(11, 19)}  ${line}\n`);
const withInflux = outageS > 0 && hasInfluxd();
if (outageS > 0 && !withInflux) tell('influxd is not installed: no outage of a store');

const folder = makeFolder();
const outcome = await runSoak({
  folder,
  seconds,
  rate,
  clients,
  killEveryS,
  ...(withInflux && { outage: { fromS: 0.5 * seconds, seconds: outageS } }),
  sampleEveryS: 5,
  tellEveryS: 60,
  tell,
  patienceS: 1_800,
});
const { unequal, memory, ...counts } = outcome;
tell(JSON.stringify(counts));
tell(
  `memory: ${memory.secondMb.toFixed(0)} MB in the second quarter, ${memory.lastMb.toFixed(0)} MB in the last, × ${memory.ratio.toFixed(3)}`,
);
for (const line of unequal.slice(0, 20)) tell(`not equal: ${line}`);
const faults = [
  outcome.lost > 0 && `${outcome.lost} acknowledged and lost`,
  outcome.twice > 0 && `${outcome.twice} stored twice`,
  outcome.foreign > 0 && `${outcome.foreign} stored and never sent`,
  outcome.quarantined > 0 && `${outcome.quarantined} in quarantine`,
  unequal.length > 0 && `ledger, journal and store differ for ${unequal.length} meters`,
  !(memory.ratio <= 1 + memoryTolerance) &&
    `memory is not flat (or was not seen at the same age in both quarters)`,
].filter((fault) => fault !== false);
if (faults.length === 0) removeFolder(folder);
else tell(`the data stay in ${folder}`);
tell(faults.length > 0 ? `FAILED: ${faults.join('; ')}` : 'passed: ledger = journal = store');
process.exit(faults.length > 0 ? 1 : 0);
