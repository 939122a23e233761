import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Meter } from '../model/entities.ts';
import { AppError, isAppError, messageOf } from '../model/errors.ts';
import { metrics } from '../model/metrics.ts';
import type { Observation } from '../model/observation.ts';
import { isoInZone } from '../model/time.ts';
import { type Mapping, parseMapping } from '../protocols/mapping.ts';
import { createMqttMapping } from '../protocols/mqtt-mapping/index.ts';
import type { Decoded } from '../protocols/protocol.ts';
import { faultLine, type Print } from '../registry/commands.ts';

const usage = 'mapping check <file> [<payload>]';
const zone = 'Asia/Shanghai';

/**
 * Checks a mapping before it is used, and shows what it makes of a payload.
 * @returns the exit code: 2 where there is a fault
 * @throws AppError `INPUT_INVALID` where it is not told which file
 */
export async function mapping(args: readonly string[], print: Print): Promise<number> {
  const [verb, file, payload, ...rest] = args;
  if (verb !== 'check' || file === undefined || rest.length > 0)
    throw new AppError('INPUT_INVALID', usage);
  const checked = check(readFileSync(file, 'utf8'), file, print);
  if (!checked) return 2;
  if (basename(file) !== `${checked.name}.yaml`)
    print(
      `要使用此映射，文件须名为 ${checked.name}.yaml。 To be used the file must be called ${checked.name}.yaml.`,
    );
  return payload === undefined || tellReading(checked, readFileSync(payload), print) ? 0 : 2;
}

function check(text: string, file: string, print: Print): Mapping | undefined {
  try {
    const { name, title, topics, ...checked } = parseMapping(text);
    print(`${name}：没有错误。${title.zh}。 No faults. ${title.en}.`);
    for (const topic of topics) print(`  ${topic}`);
    return { name, title, topics, ...checked };
  } catch (error) {
    if (!isAppError(error) || error.faults.length === 0) throw error;
    for (const fault of error.faults) print(faultLine(fault));
    const { length } = error.faults;
    print(`${file}：共 ${length} 处错误。 ${length} ${length === 1 ? 'fault' : 'faults'}.`);
    return undefined;
  }
}

const meterOf = (id: string, mapping: string): Meter => ({
  id,
  building: '',
  medium: 'electricity',
  name: id,
  ctRatio: 1,
  ptRatio: 1,
  mqtt: { mapping },
});

/** As from a gateway that speaks for meters of any name, or from a meter where the message names none. */
function read(checked: Mapping, payload: Uint8Array): Decoded {
  const { name } = checked;
  const protocol = createMqttMapping(new Map([[name, checked]]));
  const byMeter = () =>
    protocol.decode(payload, { type: 'meter', meter: meterOf('meter', name) }, Date.now());
  if (!checked.meter) return byMeter();
  const gateway = { id: 'gateway', devices: [], mqtt: { mapping: name } };
  const meter = (id: string) => meterOf(id, name);
  const decoded = protocol.decode(payload, { type: 'gateway', gateway, meter }, Date.now());
  return decoded.observations.length > 0 ? decoded : byMeter();
}

/** @returns whether all of the payload was understood */
function tellReading(checked: Mapping, payload: Uint8Array, print: Print): boolean {
  try {
    const { observations, refused } = read(checked, payload);
    for (const line of observations.flatMap(linesOf)) print(line);
    for (const { reason, detail } of refused) print(`✗ ${reason}: ${detail}`);
    if (observations.length === 0) print('没有读到数值。 Nothing was read.');
    return refused.length === 0 && observations.length > 0;
  } catch (error) {
    print(`✗ ${messageOf(error)}`);
    return false;
  }
}

function linesOf(one: Observation): readonly string[] {
  if (one.type !== 'sample') return [];
  const of = one.timeSource === 'device' ? '' : '（收到的时间 time of receipt）';
  const values = Object.entries(one.values).map(
    ([metric, value]) => `    ${metric} ${value} ${metrics[metric as keyof typeof metrics].unit}`,
  );
  return [`${one.device}  ${isoInZone(one.at, zone)}${of}`, ...values];
}
