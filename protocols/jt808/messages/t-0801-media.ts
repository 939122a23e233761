import { type Field, record } from '../field.ts';
import { byEdition, restBytes } from '../fields.ts';
import { fixedLocation, type Location } from '../location.ts';
import { message, unverified2011 } from '../message.ts';
import { media } from './media.ts';

/** A picture, sound or film; kept nowhere, answered so that the terminal stops sending it. */
export interface Media {
  readonly id: number;
  readonly kind: number;
  readonly format: number;
  readonly event: number;
  readonly channel: number;
  /** Fixed part of a location report. Not in 2011. */
  readonly location?: Location | undefined;
  readonly data: Uint8Array;
}

const data = { zh: '多媒体数据包', en: 'data', is: restBytes };
const of2011: Field<Media> = record({ ...media, data });
const since2013: Field<Media> = record({
  ...media,
  location: { zh: '位置信息汇报', en: 'location', is: fixedLocation },
  data,
});

export const mediaData = message(
  {
    id: 0x0801,
    name: { zh: '多媒体数据上传', en: 'media' },
    clause: 'JT/T 808-2013 8.52',
    clauses: unverified2011,
  },
  byEdition((edition) => (edition === 2011 ? of2011 : since2013)),
);
