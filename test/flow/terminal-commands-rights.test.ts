import { expect, test } from 'vitest';
import { actAs } from './field-kit.ts';
import { adminPassword } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';
import { ask, ended, enter, heard, inventory, password, reply } from './terminal-people.ts';

/** A command may wait for days: who asked must still be allowed to when it is sent. */

const guanjia = guanjiaOfSuite(() => ({ inventory: inventory() }));

test('who has left, or has another role or institution, asks for nothing any more', {
  timeout: 60_000,
}, async () => {
  const admin = await actAs(guanjia, 'admin', adminPassword);
  const dispatcher = await actAs(guanjia, 'dispatcher', password);
  const fitter = await actAs(guanjia, 'fitter', password);
  const text = await ask(dispatcher, 0, 'text', { text: '一' });
  const restart = await ask(fitter, 0, 'restart', { confirm: true });
  const stays = await ask(admin, 0, 'text', { text: '二' });
  expect((await admin('/api/v1/users/fitter', undefined, 'DELETE')).status).toBe(204);
  const moved = await admin('/api/v1/users/dispatcher', { institution: 'far' }, 'PATCH');
  expect(moved.status).toBe(200);

  const { terminal } = await enter(guanjia, 0);
  const frame = await heard(terminal);
  expect([frame.id, frame.body.toString('hex')]).toEqual([0x8300, '0cb6fe']);
  reply(terminal, frame);
  expect((await ended(admin, stays)).state).toBe('answered');
  for (const command of [text, restart])
    expect(await ended(admin, command)).toMatchObject({
      state: 'cancelled',
      trouble: 'not-allowed',
      attempts: 0,
    });
  expect(terminal.waiting()).toBe(0);
});
