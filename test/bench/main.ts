/**
 * `npm run bench`: what the parts reach here, side by side in one run; over an hour with what it does by itself.
 * `npm run bench -- doors path peers latency catch-up memory codecs consumption year terminals fleet vehicles meters energy --seconds 5 --rounds 3 --meters 1000 --from 0 --terminals 10000 --vehicles 200 --institutions 100 --kinds water.leak --verbose --write`: some of it, for how long and how
 * often, and into docs/benchmarks.md, where the other sections stay as they are.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchCatchUp } from './catch-up.ts';
import { benchCodecs } from './codecs.ts';
import { benchConsumption } from './consumption.ts';
import { benchDoors } from './doors.ts';
import { benchEnergy } from './energy.ts';
import { benchFleet } from './fleet.ts';
import { benchLatency } from './latency.ts';
import { benchMemory } from './memory.ts';
import { benchMeters } from './meters.ts';
import { benchPath } from './path.ts';
import { benchPeers } from './peers.ts';
import {
  type How,
  machine,
  type Section,
  versions,
  watchNeighbours,
  writeSections,
} from './report.ts';
import { benchTerminals } from './terminals.ts';
import { benchVehicles } from './vehicles.ts';
import { benchYear } from './year.ts';

const benches: Readonly<Record<string, (how: How) => Promise<readonly Section[]>>> = {
  doors: benchDoors,
  path: benchPath,
  peers: benchPeers,
  latency: benchLatency,
  'catch-up': benchCatchUp,
  memory: benchMemory,
  codecs: benchCodecs,
  consumption: benchConsumption,
  year: benchYear,
  terminals: benchTerminals,
  fleet: benchFleet,
  vehicles: benchVehicles,
  meters: benchMeters,
  energy: benchEnergy,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    meters: { type: 'string', default: '1000' },
    from: { type: 'string', default: '0' },
    terminals: { type: 'string', default: '10000' },
    vehicles: { type: 'string', default: '200' },
    institutions: { type: 'string', default: '100' },
    kinds: { type: 'string', default: '' },
    verbose: { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => !(name in benches));
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const meters = Number(values.meters);
const from = Number(values.from);
const terminals = Number(values.terminals);
const vehicles = Number(values.vehicles);
const institutions = Number(values.institutions);
const kinds = values.kinds.split(',').filter(Boolean);
const isAsked =
  seconds > 0 && rounds >= 1 && meters >= 1 && terminals >= 1 && vehicles >= 1 && institutions >= 1;
if (unknown.length > 0 || !isAsked || !Number.isInteger(from) || from < 0) {
  process.stderr.write(
    `Want any of ${Object.keys(benches).join(', ')}, --seconds above 0, --rounds, --meters, --terminals, --vehicles and --institutions from 1 on, --from 0 or more.\n`,
  );
  process.exit(2);
}

const asked = (name: string): string => {
  if (name === 'year') return ` --meters ${meters} --from ${from}`;
  if (name === 'energy') return ` --institutions ${institutions} --from ${from}`;
  return name === 'fleet' ? ` --vehicles ${vehicles} --from ${from}` : '';
};

const began = performance.now();
const tell = (line: string) =>
  process.stderr.write(`${((performance.now() - began) / 60_000).toFixed(1)} min  ${line}\n`);
for (const name of positionals.length > 0 ? positionals : Object.keys(benches)) {
  const neighbours = watchNeighbours();
  const sections = await benches[name]?.({
    seconds,
    rounds,
    meters,
    from,
    terminals,
    vehicles,
    institutions,
    kinds,
    verbose: values.verbose,
    tell,
  });
  const origin = `\`npm run bench -- ${name} --seconds ${seconds} --rounds ${rounds}${asked(name)}\` on ${new Date().toISOString().slice(0, 10)}: ${machine()}; ${versions()}.${['fleet', 'energy'].includes(name) ? '' : ' Medians of the rounds.'}${neighbours()}`;
  const told = (sections ?? []).map(({ title, text }) => ({ title, text: `${text}\n\n${origin}` }));
  for (const { title, text } of told) process.stdout.write(`## ${title}\n\n${text}\n\n`);
  // Section by section, so that a run that is broken off leaves what it has measured.
  if (values.write)
    writeSections(join(import.meta.dirname, '..', '..', 'docs', 'benchmarks.md'), told);
}
process.exit();
