import { record } from '../field.ts';
import { choice, u8, u16 } from '../fields.ts';
import { message } from '../message.ts';

/** What a terminal's cameras and microphones can do; codes are those of the standard's table of codecs. */
export const videoAttributes = message(
  {
    id: 0x1003,
    name: { zh: '终端上传音视频属性', en: 'video attributes' },
    clause: 'JT/T 1078-2016',
  },
  record({
    audioCodec: { zh: '输入音频编码方式', en: 'audio codec', is: u8() },
    audioTracks: { zh: '输入音频声道数', en: 'audio tracks', is: u8() },
    audioRate: {
      zh: '输入音频采样率',
      en: 'audio rate',
      is: choice(1, {
        0: { zh: '8 kHz', en: '8 kHz' },
        1: { zh: '22.05 kHz', en: '22.05 kHz' },
        2: { zh: '44.1 kHz', en: '44.1 kHz' },
        3: { zh: '48 kHz', en: '48 kHz' },
      }),
    },
    audioBits: {
      zh: '输入音频采样位数',
      en: 'audio bits',
      is: choice(1, {
        0: { zh: '8 位', en: '8' },
        1: { zh: '16 位', en: '16' },
        2: { zh: '32 位', en: '32' },
      }),
    },
    audioFrame: { zh: '音频帧长度', en: 'audio frame', is: u16() },
    speaks: {
      zh: '是否支持音频输出',
      en: 'plays sound',
      is: choice(1, { 0: { zh: '不支持', en: 'no' }, 1: { zh: '支持', en: 'yes' } }),
    },
    videoCodec: { zh: '视频编码方式', en: 'video codec', is: u8() },
    audioChannels: { zh: '最大音频物理通道数量', en: 'audio channels', is: u8() },
    videoChannels: { zh: '最大视频物理通道数量', en: 'video channels', is: u8() },
  }),
);
