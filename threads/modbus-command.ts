import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openTcpChannel } from '../gateway/channel.ts';
import { createLine } from '../gateway/line.ts';
import { createModbusLink, type ModbusLink } from '../gateway/modbus-link.ts';
import { createRtuLink } from '../gateway/rtu-link.ts';
import { AppError } from '../model/errors.ts';
import type { Print } from '../registry/commands.ts';
import { readBlocks, type Target } from './modbus-reading.ts';
import { profileView, registersView, type View } from './modbus-views.ts';

const usage = `modbus read <host[:port]> --unit <n> --profile <name or file>
modbus read <host[:port]> --unit <n> --fc 4 --address 0x48 --type f32 [--order ABCD] [--count <n>]

在表计旁读一次 Modbus 从站，打印原始寄存器与各值，异常给出下一步。
Reads a Modbus slave once at the meter: raw registers, every value, and for what goes wrong what to try next.

  <host[:port]>         从站或网关的地址，端口缺省 502
                        the slave or its gateway; port 502 by default
  --unit <n>            从站地址 0–255，缺省 1
                        unit id; default 1
  --profile <p>         型号名或 YAML 文件（另见 profile check）
                        a model by name, or a YAML file (see profile check)
  --ct <n> --pt <n>     互感器变比，只用于型号中标为二次侧的值，缺省 1
                        transformer ratios, for values the model marks as secondary; default 1
  --fc <3|4>            3 保持寄存器，4 输入寄存器；缺省 3
                        3 holding, 4 input registers; default 3
  --address <n>         从 0 起的地址，十进制或 0x 十六进制
                        zero-based address, decimal or 0x hexadecimal
  --type <t>            u16 i16 u32 i32 u64 i64 f32 f64 bcd16 bcd32 bcd48 bcd64 sm16 sm32；缺省 u16
                        default u16
  --order <o>           字序字节序；缺省时列出各种可能
                        word and byte order; without it every one is shown
  --scale <x>           乘数，缺省 1
                        factor; default 1
  --count <n>           连续几个值，缺省 1
                        how many values in a row; default 1
  --framing <tcp|rtu>   tcp 为 Modbus TCP；rtu 为经 DTU 透传的串口帧。缺省 tcp
                        Modbus TCP, or serial frames through a DTU. Default tcp
  --timeout <ms>        等待应答的毫秒数，缺省 1500
                        how long to wait for an answer; default 1500
  --watch               反复读，直到 Ctrl-C
                        reads again and again, until Ctrl-C
  --every <s>           与 --watch 连用，间隔秒数，缺省 2
                        with --watch: seconds between readings; default 2`;

const options = {
  unit: { type: 'string', default: '1' },
  profile: { type: 'string' },
  ct: { type: 'string', default: '1' },
  pt: { type: 'string', default: '1' },
  fc: { type: 'string', default: '3' },
  address: { type: 'string' },
  type: { type: 'string', default: 'u16' },
  order: { type: 'string' },
  scale: { type: 'string', default: '1' },
  count: { type: 'string', default: '1' },
  framing: { type: 'string', default: 'tcp' },
  timeout: { type: 'string', default: '1500' },
  watch: { type: 'boolean', default: false },
  every: { type: 'string', default: '2' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const parse = (args: readonly string[]) =>
  parseArgs({ args: [...args], options, strict: true, allowPositionals: true });

type Values = ReturnType<typeof parse>['values'];

const wrong = (name: string, got: string | undefined, want: string) =>
  new AppError(
    'INPUT_INVALID',
    `${name}：得到 ${got ?? '无'}，应为 ${want}。 got ${got ?? 'nothing'}, want ${want}.`,
  );

/** @throws AppError `INPUT_INVALID` */
function numberOf(name: string, text: string, min: number, max: number): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (number >= min && number <= max) return number;
  throw wrong(name, text, `${min}–${max}`);
}

function wholeOf(name: string, text: string, min: number, max: number): number {
  const number = numberOf(name, text, min, max);
  if (Number.isInteger(number)) return number;
  throw wrong(name, text, `${min}–${max}`);
}

/** `10.0.0.7`, `meter.local:5020`, `[fe80::1]:502`. */
function targetOf(text: string | undefined, { unit, framing }: Values): Target {
  const [, bracketed, plain, port = '502'] =
    /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text ?? '') ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw wrong('<host[:port]>', text, '10.0.0.7:502');
  if (framing !== 'tcp' && framing !== 'rtu') throw wrong('--framing', framing, 'tcp | rtu');
  return {
    host,
    port: wholeOf('<host[:port]>', port, 1, 65_535),
    unit: wholeOf('--unit', unit, 0, 255),
    framing,
  };
}

function viewOf(values: Values): View {
  const { profile, address } = values;
  if ((profile === undefined) === (address === undefined))
    throw wrong('--profile, --address', undefined, '--profile | --address');
  const most = Number.MAX_SAFE_INTEGER;
  if (profile !== undefined) {
    return profileView(profile, {
      ctRatio: numberOf('--ct', values.ct, Number.MIN_VALUE, most),
      ptRatio: numberOf('--pt', values.pt, Number.MIN_VALUE, most),
    });
  }
  return registersView({
    fc: wholeOf('--fc', values.fc, 3, 4) === 3 ? 3 : 4,
    address: wholeOf('--address', address ?? '', 0, 65_535),
    type: values.type,
    order: values.order,
    scale: numberOf('--scale', values.scale, -most, most),
    count: wholeOf('--count', values.count, 1, 125),
  });
}

/** Silence between frames on the slowest of common lines, 1200 baud: 3.5 characters of 11 bits. */
const gapMs = 35;
const connectTimeoutMs = 3_000;

function openLink({ host, port, framing }: Target, timeoutMs: number): ModbusLink {
  const endpoint = { host, port, connectTimeoutMs };
  if (framing === 'tcp') return createModbusLink({ ...endpoint, timeoutMs });
  return createRtuLink(
    createLine({ open: (signal) => openTcpChannel(endpoint, signal), timeoutMs, gapMs }),
  );
}

/**
 * Reads a slave for the person who connects it.
 * @returns the exit code: 1 where not all of it came
 * @throws AppError `INPUT_INVALID` where an argument is wrong
 */
export async function modbus(args: readonly string[], print: Print): Promise<number> {
  const { values, positionals } = parse(args);
  const [verb, host, ...rest] = positionals;
  if (values.help) {
    print(usage);
    return 0;
  }
  if (verb !== 'read' || rest.length > 0)
    throw new AppError('INPUT_INVALID', 'modbus read <host[:port]> …  (modbus read --help)');
  const target = targetOf(host, values);
  const view = viewOf(values);
  const everyMs = numberOf('--every', values.every, 0.1, 86_400) * 1000;
  const link = openLink(target, wholeOf('--timeout', values.timeout, 1, 60_000));
  print(
    `${target.host}:${target.port}，从站 ${target.unit}，${view.title.zh}。 Unit ${target.unit}, ${view.title.en}.`,
  );
  try {
    for (;;) {
      if (values.watch) print(`\n${new Date().toISOString()}`);
      const { answers, isWhole } = await readBlocks(link, target, view, print);
      view.tell(answers, print);
      if (!values.watch) return isWhole ? 0 : 1;
      await wait(everyMs);
    }
  } finally {
    link.close();
  }
}
