/** Area under the ROC curve: the chance that a good applicant scores above a bad one, ties counted half (Mann-Whitney). */
export function auc(scores: readonly number[], good: readonly boolean[]): number {
  const order = scores.map((score, i) => ({ score, good: good[i] === true })).sort((a, b) => a.score - b.score);
  let rankSum = 0;
  let goods = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && order[end]?.score === order[start]?.score) end++;
    const tied = order.slice(start, end).filter((item) => item.good).length;
    rankSum += tied * ((start + 1 + end) / 2);
    goods += tied;
    start = end;
  }
  return (rankSum - (goods * (goods + 1)) / 2) / (goods * (order.length - goods));
}

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sample standard deviation (n - 1). */
export function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return Number.isInteger(half) ? ((sorted[half - 1] as number) + (sorted[half] as number)) / 2 : (sorted[Math.floor(half)] as number);
};

export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));
export const logit = (probability: number): number => Math.log(probability / (1 - probability));
