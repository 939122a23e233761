import type { Settings } from '../config.ts';

export interface Ports {
  readonly http: number;
  readonly mqtt: number;
  /** 0: no such door. */
  readonly jt808: number;
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
  ];
  if (password !== undefined) {
    lines.push(`  login 登录       admin / ${password}   (shown only this once 仅显示一次)`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}
