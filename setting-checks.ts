import { existsSync } from 'node:fs';
import type { Settings } from './config.ts';
import type { Fault } from './model/errors.ts';

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);

function missingFiles({ tlsCert, tlsKey, inventory }: Settings): readonly Fault[] {
  return Object.entries({ tlsCert, tlsKey, inventory })
    .filter(([, file]) => file !== undefined && !existsSync(file))
    .map(([path, file]) => ({ path, message: `there is no file ${file}` }));
}

const keptLonger = (days: number, other: number): boolean => days === 0 || days > other;

/** Faults that only show when settings are seen together. */
export function together(settings: Settings): readonly Fault[] {
  const { tlsCert, tlsKey, bind, allowPlaintext } = settings;
  const faults = [...missingFiles(settings)];
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    faults.push({ path: 'tlsCert', message: 'want tlsCert and tlsKey together' });
  }
  if (!(isLoopback(bind) || tlsCert || allowPlaintext)) {
    const message = `plain-text doors on ${bind} would send passwords in clear: set tlsCert and tlsKey, or GUANJIA_ALLOW_PLAINTEXT=1 where the network is trusted`;
    faults.push({ path: 'bind', message });
  }
  if (settings.dtuPort !== undefined && !(isLoopback(bind) || allowPlaintext)) {
    const message = `DTUs speak plain text, on ${bind} too: set GUANJIA_ALLOW_PLAINTEXT=1 where the network is trusted`;
    faults.push({ path: 'dtuPort', message });
  }
  if (settings.rollupsDays !== 0 && keptLonger(settings.readingsDays, settings.rollupsDays)) {
    const message = 'rollupsDays must not be less than readingsDays';
    faults.push({ path: 'rollupsDays', message });
  }
  const ports = [
    settings.httpPort,
    settings.mqttPort,
    settings.jt808Port,
    settings.nmeaPort,
    settings.dtuPort,
  ];
  const fixed = ports.filter((number) => number !== undefined && number !== 0);
  if (new Set(fixed).size < fixed.length) {
    faults.push({
      path: 'httpPort',
      message: 'httpPort, mqttPort, jt808Port, nmeaPort and dtuPort must differ',
    });
  }
  return faults;
}
