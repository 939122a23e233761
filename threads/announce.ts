import type { Settings } from '../config.ts';

export interface Ports {
  readonly http: number;
  readonly mqtt: number;
  readonly jt808: number;
  /** Absent: no such door. */
  readonly nmea?: number;
  /** Absent: no such door. */
  readonly dtu?: number;
}

/** Where the service is now, for the person who started it. A password made for the first user is shown this once. */
export function announce(
  { bind, tlsCert, publicUrl }: Settings,
  ports: Ports,
  password: string | undefined,
): void {
  const host = bind === '0.0.0.0' || bind === '::' ? '127.0.0.1' : bind;
  const secure = tlsCert ? 's' : '';
  const lines = [
    'Guanjia is ready. 管家已就绪。',
    `  console 控制台  ${publicUrl ?? `http${secure}://${host}:${ports.http}`}`,
    `  MQTT            mqtt${secure}://${host}:${ports.mqtt}`,
    `  JT/T 808        tcp${secure}://${host}:${ports.jt808}`,
  ];
  if (ports.nmea !== undefined)
    lines.push(`  NMEA            tcp${secure}://${host}:${ports.nmea}`);
  if (ports.dtu !== undefined) lines.push(`  DTU             tcp://${host}:${ports.dtu}`);
  if (password !== undefined) {
    lines.push(`  login 登录       admin / ${password}   (shown only this once 仅显示一次)`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}
