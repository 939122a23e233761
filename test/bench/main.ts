/**
 * `npm run bench`: what the parts reach here, side by side in one run. Machines differ and neighbours make noise: compare ratios of one run.
 * `-- --write` also writes docs/benchmarks.md; `-- --seconds n` and `-- --rounds n` say how long.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchCodecs } from './codecs.ts';
import { benchDoors } from './doors.ts';
import { benchPath } from './path.ts';

const { values } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
  },
});
const how = { seconds: Number(values.seconds), rounds: Number(values.rounds) };

export interface How {
  readonly seconds: number;
  readonly rounds: number;
}

const version = (program: string, ...args: readonly string[]): string => {
  try {
    return (
      execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split(
        '\n',
      )[0] ?? ''
    );
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout ?? '').split('\n')[0] || 'not found';
  }
};

const sections: string[] = [];
function tell(text: string): void {
  process.stdout.write(`${text}\n`);
  sections.push(text);
}

tell(`# Benchmarks

\`npm run bench -- --seconds ${how.seconds} --rounds ${how.rounds}\` on ${new Date().toISOString().slice(0, 10)}: ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'},
${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.version}, ${version('mosquitto', '-h')}. The load generator runs on the same processors. Medians of the rounds; compare the
ratios of one run, not figures of two.
`);
tell(await benchDoors(how));
tell(await benchPath(how));
tell(await benchCodecs());
if (values.write) {
  const file = join(import.meta.dirname, '..', '..', 'docs', 'benchmarks.md');
  // What tests print is written by hand and stays.
  const [, byHand = ''] = readFileSync(file, 'utf8').split(/^(?=## Measured in tests)/m);
  writeFileSync(file, `${sections.join('\n')}\n${byHand}`);
}
process.exit(0);
