import { restBytes } from '../fields.ts';
import { type ItemKind, kind } from '../item.ts';

const anySize = Array.from({ length: 256 }, (_, size) => size);

/** Items of the Jiangsu text on driver assistance (苏标); their bodies stay bytes. */
export const adas: readonly ItemKind<unknown>[] = [
  kind(0x64, anySize, '高级驾驶辅助报警 (苏标)', 'driver assistance alarm (Su-biao)', restBytes),
  kind(0x65, anySize, '驾驶员状态监测报警 (苏标)', 'driver monitoring alarm (Su-biao)', restBytes),
  kind(0x66, anySize, '胎压监测报警 (苏标)', 'tyre pressure alarm (Su-biao)', restBytes),
  kind(0x67, anySize, '盲区监测报警 (苏标)', 'blind area alarm (Su-biao)', restBytes),
];
