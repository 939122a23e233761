import { expect, test } from 'vitest';
import type { FrameFieldView, ParameterInfoView } from '../../api/contract.ts';
import {
  commandKinds,
  commandStates,
  confirmableAlarms,
  textMostBytes,
  troubles,
} from '../../commands/commands.ts';
import * as terminal from '../../console/lib/terminal.ts';
import { texts } from '../../console/texts/index.ts';
import { encodeText } from '../../protocols/jt808/gbk.ts';

test('a text is counted as it is sent, and held to the same limit', () => {
  for (const text of ['', 'abc', '请速回单位', '鲁P12345 到 3 号门。\n谢谢'])
    expect(terminal.gbkBytes(text)).toBe(encodeText(text).length);
  expect(terminal.textMostBytes).toBe(textMostBytes);
});

test('there is a word for everything a command can be', () => {
  for (const { terminal: words } of Object.values(texts)) {
    expect(Object.keys(words.kinds)).toEqual(commandKinds);
    expect(Object.keys(words.states)).toEqual(commandStates);
    expect(Object.keys(words.troubles)).toEqual(troubles);
    expect(Object.keys(words.alarms)).toEqual(Object.keys(confirmableAlarms));
  }
});

test('a value is told in the language of the page, with its unit', () => {
  expect(terminal.said(30, 's', 'zh')).toBe('30 s');
  expect(terminal.said({ zh: '空车', en: 'empty' }, null, 'en')).toBe('empty');
  expect(terminal.said(null, 's', 'zh')).toBe('');
  expect(terminal.spaced('7e0200', 2)).toBe('7e 02 …');
  expect(terminal.spaced('7e02')).toBe('7e 02');
});

test('a tree of fields is told line by line', () => {
  const field = (en: string, children: readonly FrameFieldView[] = []) =>
    ({ name: { zh: '', en }, children }) as unknown as FrameFieldView;
  const tree = [field('a', [field('b', [field('c')])]), field('d')];
  const lines = terminal.linesOf(tree).map(({ depth, field: { name } }) => [depth, name.en]);
  expect(lines).toEqual([
    [0, 'a'],
    [1, 'b'],
    [2, 'c'],
    [0, 'd'],
  ]);
  expect(new Set(terminal.linesOf(tree).map(({ key }) => key)).size).toBe(4);
});

test('what was typed becomes what the parameter takes', () => {
  const of = (type: string) => ({ type }) as ParameterInfoView;
  expect(terminal.valueTyped(of('number'), '10')).toBe(10);
  expect(terminal.valueTyped(of('choice'), '2')).toBe(2);
  expect(terminal.valueTyped(of('text'), ' a ')).toBe('a');
});
