import { expect, onTestFinished, test } from 'vitest';
import { actAs } from './field-kit.ts';
import { folderOfTest } from './folders.ts';
import { startGuanjia } from './guanjia.ts';
import { phoneOf } from './jt808-fleet.ts';
import { location, openTerminal, word } from './terminal-kit.ts';
import { ask, ended, enter, heard, inventory, password, portOf, reply } from './terminal-people.ts';

/** What must not be done twice is not, whatever happens to the service. */

test('killed between sending and answer: a text is not sent again, a question is', {
  timeout: 240_000,
}, async () => {
  const folder = folderOfTest();
  const guanjia = await startGuanjia(folder, { inventory: inventory() });
  const { terminal, code } = await enter(guanjia, 0);
  const other = await enter(guanjia, 1);
  const dispatcher = await actAs(guanjia, 'dispatcher', password);
  const text = await ask(dispatcher, 0, 'text', { text: '一次' });
  const behind = await ask(dispatcher, 0, 'track', { intervalS: 0 });
  const question = await ask(dispatcher, 1, 'locate');
  expect((await heard(terminal)).id).toBe(0x8300);
  expect((await heard(other.terminal)).id).toBe(0x8201);
  await guanjia.kill();

  const again = await startGuanjia(folder);
  onTestFinished(() => again.stop().then(() => undefined));
  const back = await openTerminal(portOf(again), phoneOf(0));
  const otherBack = await openTerminal(portOf(again), phoneOf(1));
  onTestFinished(() => {
    back.close();
    otherBack.close();
  });
  expect(await back.authenticate(code)).toBe(0);
  expect(await otherBack.authenticate(other.code)).toBe(0);
  const next = await heard(back);
  expect(next.id).toBe(0x8202);
  reply(back, next);
  const asked = await heard(otherBack);
  expect(asked.id).toBe(0x8201);
  const place = location({ at: Date.now(), lat: 36.4, lon: 115.9 });
  otherBack.send(0x0201, Buffer.concat([word(asked.serial), place]));

  const asker = await actAs(again, 'dispatcher', password);
  expect(await ended(asker, text)).toMatchObject({ state: 'failed', trouble: 'interrupted' });
  expect((await ended(asker, behind)).state).toBe('answered');
  expect(await ended(asker, question)).toMatchObject({ state: 'answered', attempts: 2 });
  expect(back.waiting()).toBe(0);
});
