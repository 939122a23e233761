import type { Message } from '../message.ts';
import { generalReply } from './p-8001-general-reply.ts';
import { resendParts } from './p-8003-resend-parts.ts';
import { serverTime } from './p-8004-time.ts';
import { registered } from './p-8100-registered.ts';
import { setParameters } from './p-8103-set-parameters.ts';
import { queryParameters } from './p-8104-query-parameters.ts';
import { control } from './p-8105-control.ts';
import { querySomeParameters } from './p-8106-query-some-parameters.ts';
import { queryAttributes } from './p-8107-query-attributes.ts';
import { queryLocation } from './p-8201-query-location.ts';
import { track } from './p-8202-track.ts';
import { confirmAlarm } from './p-8203-confirm-alarm.ts';
import { checkLink } from './p-8204-check-link.ts';
import { driverText } from './p-8300-text.ts';
import { queryDriver } from './p-8702-query-driver.ts';
import { mediaReceived } from './p-8800-media-received.ts';
import { passedDown } from './p-8900-passed-down.ts';
import { fileReceived } from './p-9212-file-received.ts';
import { generalReplyOfTerminal } from './t-0001-general-reply.ts';
import { heartbeat } from './t-0002-heartbeat.ts';
import { logout } from './t-0003-logout.ts';
import { queryTime } from './t-0004-query-time.ts';
import { resendPartsToTerminal } from './t-0005-resend-parts.ts';
import { register } from './t-0100-register.ts';
import { authenticate } from './t-0102-authenticate.ts';
import { parametersAnswered } from './t-0104-parameters.ts';
import { attributes } from './t-0107-attributes.ts';
import { locationReport } from './t-0200-location.ts';
import { locationAsked } from './t-0201-location-asked.ts';
import { driver } from './t-0702-driver.ts';
import { locationBatch } from './t-0704-batch.ts';
import { canData } from './t-0705-can.ts';
import { mediaEvent } from './t-0800-media-event.ts';
import { mediaData } from './t-0801-media.ts';
import { passedUp } from './t-0900-passed-up.ts';
import { videoAttributes } from './t-1003-video.ts';
import { fileComing } from './t-1211-file.ts';
import { fileSent } from './t-1212-file-sent.ts';

/** Every message we read and write, by id. */
export const messages: readonly Message<unknown>[] = [
  generalReplyOfTerminal,
  heartbeat,
  logout,
  queryTime,
  resendPartsToTerminal,
  register,
  authenticate,
  parametersAnswered,
  attributes,
  locationReport,
  locationAsked,
  driver,
  locationBatch,
  canData,
  mediaEvent,
  mediaData,
  passedUp,
  videoAttributes,
  fileComing,
  fileSent,
  generalReply,
  resendParts,
  serverTime,
  registered,
  setParameters,
  queryParameters,
  control,
  querySomeParameters,
  queryAttributes,
  queryLocation,
  track,
  confirmAlarm,
  checkLink,
  driverText,
  queryDriver,
  mediaReceived,
  passedDown,
  fileReceived,
];

const byId = new Map(messages.map((message) => [message.id, message]));

/** The message of that id; undefined for one we do not know. */
export const messageOf = (id: number): Message<unknown> | undefined => byId.get(id);
