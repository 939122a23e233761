import { AppError } from '../../model/errors.ts';
import type { Frame } from '../../protocols/jt808/frame.ts';
import { generalReplyOfTerminal } from '../../protocols/jt808/messages/t-0001-general-reply.ts';
import { resendPartsToTerminal } from '../../protocols/jt808/messages/t-0005-resend-parts.ts';
import { flush, resend, result, sendMessage } from './answers.ts';
import type { Asked, Link, LinkDoor } from './connection.ts';
import type { TerminalAnswer } from './door.ts';
import { answerTo } from './kinds.ts';
import type { Whole } from './packets.ts';

/** Terminal attributes: their answer does not say to which question. JT/T 808-2013 8.15. */
const unnumberedAnswers = new Set([0x0107]);

/** Sends a message to the terminal. @returns what answers it */
export function ask(
  door: LinkDoor,
  link: Link,
  id: number,
  body: Uint8Array,
): Promise<TerminalAnswer> {
  link.asked ??= new Map();
  const { asked } = link;
  if (asked.size >= door.limits.asked) {
    const message = `${asked.size} messages wait for an answer of the terminal already`;
    return Promise.reject(new AppError('SERVICE_BUSY', message, { retryable: true }));
  }
  const { answerMs } = door.limits;
  const { promise, resolve, reject } = Promise.withResolvers<TerminalAnswer>();
  const { first, frames } = sendMessage(door, link, id, body);
  const timer = setTimeout(() => {
    asked.delete(first);
    const message = `the terminal did not answer within ${answerMs / 1000} s`;
    reject(new AppError('DEVICE_UNANSWERED', message, { retryable: true }));
  }, answerMs).unref();
  const last = (first + frames.length - 1) & 0xffff;
  asked.set(first, { id, first, last, frames, timer, resolve, reject });
  flush(link);
  return promise;
}

/** It has ended: nothing that was sent on it will be answered. */
export function forgetAsked({ asked }: Link): void {
  for (const { timer, reject } of asked?.values() ?? []) {
    clearTimeout(timer);
    reject(
      new AppError('DEVICE_UNANSWERED', 'the terminal went before it answered', {
        retryable: true,
      }),
    );
  }
  asked?.clear();
}

const word = (bytes: Uint8Array): number => ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);

const span = ({ first, last }: Asked): number => (last - first) & 0xffff;

/** Of a message in several frames a terminal may name any. */
const isOf = (asked: Asked, serial: number): boolean =>
  ((serial - asked.first) & 0xffff) <= span(asked);

function find(link: Link, holds: (asked: Asked) => boolean): Asked | undefined {
  for (const asked of link.asked?.values() ?? []) if (holds(asked)) return asked;
  return undefined;
}

/** Something has come that answers; what it answers may have been given up, or never have been asked. */
export function hearAnswer(door: LinkDoor, link: Link, { header: { id }, body }: Whole): void {
  if (!link.asked?.size) return;
  if (id === generalReplyOfTerminal.id) {
    hearGeneralReply(door, link, body);
    return;
  }
  const asked = find(
    link,
    (one) => answerTo(one.id) === id && (unnumberedAnswers.has(id) || isOf(one, word(body))),
  );
  if (asked) settle(door, link, asked, { id, body });
}

function hearGeneralReply(door: LinkDoor, link: Link, body: Uint8Array): void {
  const said = generalReplyOfTerminal.decode(body, 2019);
  const asked = find(link, (one) => one.id === said.id && isOf(one, said.serial));
  if (!asked) return;
  // That it was understood is not what was asked for.
  const isAnnounced = answerTo(asked.id) !== generalReplyOfTerminal.id;
  if (isAnnounced && said.result === result.done) return;
  settle(door, link, asked, { id: generalReplyOfTerminal.id, body, result: said.result });
}

function settle(
  { context }: LinkDoor,
  { asked: all }: Link,
  { first, timer, resolve }: Asked,
  answer: Omit<TerminalAnswer, 'at'>,
): void {
  all?.delete(first);
  clearTimeout(timer);
  resolve({ ...answer, at: context.now() });
}

/** Sends parts of a long message once more. JT/T 808-2019 8.7. */
export function hearResendRequest(door: LinkDoor, link: Link, { body }: Frame): void {
  const { firstSerial, parts } = resendPartsToTerminal.decode(body, 2019);
  const frames = link.asked?.get(firstSerial)?.frames ?? [];
  for (const part of new Set(parts)) {
    const frame = frames[part - 1];
    if (frame) resend(door, link, frame);
  }
}
