// `npm run demo`: on a clean clone with nothing but Node 20 and npm.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, environment, node, root } from './setup.mjs';

const help = `npm run demo [-- --influx]

启动服务与一座模拟城市，打印控制台地址与登录名；Ctrl-C 结束，再次运行则接着上次继续。
Starts the service and a simulated city, and prints the address of the console and a login. Ctrl-C ends; the next run goes on from there.

  --influx   同时启动 InfluxDB（须已安装 influxd） / an InfluxDB beside it, where influxd is installed
  --help     显示本说明 / this text

GUANJIA_DATA_DIR: 数据目录 / folder of its data (data/demo)
GUANJIA_HTTP_PORT, GUANJIA_MQTT_PORT, GUANJIA_JT808_PORT: 端口 / ports (8080, 1883, 8808; 被占用时任选 / any other where taken)
`;

const asked = process.argv.slice(2);
if (asked.includes('--help') || asked.includes('-h')) {
  process.stdout.write(help);
  process.exit(0);
}
const unknown = asked.filter((argument) => argument !== '--influx');
if (unknown.length > 0) {
  process.stderr.write(
    `不认识的选项 unknown option: ${unknown.join(' ')}; npm run demo -- --help\n`,
  );
  process.exit(2);
}

ensureInstalled();
const child = spawn(node, [join(root, 'scripts', 'demo.ts'), ...asked], {
  cwd: root,
  stdio: 'inherit',
  env: environment,
});
// Ctrl-C reaches the child by itself; this process waits for it to have stopped.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
