import { fixedText } from '../fields.ts';

/** Who made a terminal and which it is; the lengths are of the edition. */
export const identity = (makerBytes: number, modelBytes: number, idBytes: number) => ({
  maker: { zh: '制造商 ID', en: 'maker id', is: fixedText(makerBytes) },
  model: { zh: '终端型号', en: 'terminal model', is: fixedText(modelBytes) },
  terminalId: { zh: '终端 ID', en: 'terminal id', is: fixedText(idBytes) },
});
