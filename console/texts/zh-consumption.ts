/** Words of a meter's consumption. */
export const zhConsumption = {
  consumption: {
    title: '用量',
    by: { quarter: '15 分钟', hour: '小时', day: '日', month: '月' },
    value: '用量',
    known: '已知部分',
    total: '合计',
    from: '起始时间',
    bounds: '界限',
    quality: '数据质量',
    notes: '说明',
    revision: '更正',
    revised: (n: number) => `${n} 次`,
    none: '这段时间没有用量。',
    details: '逐项数据',
    hint: '浅色为估算：缺口按前后示数之差平均分摊，合计准确。黄色表示表计曾清零、更换或数据不全，只计已知部分。',
    note: {
      rollover: '计数器翻转',
      reset: '示数清零',
      replaced: '疑似换表',
      backwards: '示数倒走',
      'swap-recorded': '已登记换表',
      'ratio-changed': '倍率变更',
      'wrong-reading': '剔除错误示数',
      'export-only': '仅反向电能走字（互感器可能接反）',
    },
  },
};
